import { describe, expect, it } from 'vitest';
import {
  defaultVariants,
  variantsOf,
  variantsOfPolicy,
} from '../../../../../projections/recommendation/engine/replay/variants.ts';
import { BadInput } from '../../../../../streams/runtime/errors.ts';

describe('variants', () => {
  it('are all engines by default, or those that are named', () => {
    expect(variantsOf([])).toEqual(defaultVariants());
    expect(variantsOf(['vpa', 'cost']).map(({ name }) => name)).toEqual(['cost 1 d', 'cost 7 d', 'vpa']);
  });

  it('come from a policy', () => {
    const made = variantsOfPolicy({
      balanced: { risk_budget: 0.05 },
      'a week': { engine: 'cost', window_days: 7 },
    });
    expect(made.map(({ name, engine, tunables }) => [name, engine.name, tunables])).toEqual([
      ['balanced', 'balanced', { risk_budget: 0.05 }],
      ['a week', 'cost', { window_days: 7 }],
    ]);
  });

  it.each<[unknown, string, string]>([
    [[], 'BAD_POLICY', 'a policy is an object'],
    [{}, 'BAD_POLICY', 'a policy is an object'],
    [{ cost: 7 }, 'BAD_POLICY', '"cost" must be an object of tunables'],
    [{ cost: { window_days: '7' } }, 'BAD_POLICY', 'window_days of "cost" must be a number; got "7"'],
    [{ cost: { window_days: 99 } }, 'BAD_POLICY', 'window_days of engine cost must be from 1 to 15; got 99'],
    [{ x: { engine: 'krr', risk: 1 } }, 'BAD_POLICY', 'engine krr has no tunable "risk"'],
    [{ best: {} }, 'UNKNOWN_ENGINE', 'there is no engine "best"; there are cost, performance, krr'],
    [{ x: { engine: 3 } }, 'BAD_POLICY', 'engine of "x" must be a text'],
    [{ ['x'.repeat(41)]: { engine: 'krr' } }, 'BAD_POLICY', 'is too long'],
    [
      Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`v${i}`, {}])),
      'BAD_POLICY',
      'at most 32 names',
    ],
  ])('refuse %j', (policy, code, message) => {
    try {
      variantsOfPolicy(policy);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(BadInput);
      expect((error as BadInput).code).toBe(code);
      expect((error as BadInput).message).toContain(message);
    }
  });
});
