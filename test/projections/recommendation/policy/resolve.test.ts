import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, isDue, policyFor } from '../../../../projections/recommendation/policy/resolve.ts';
import type { ScopedPolicy } from '../../../../projections/recommendation/policy/resolve.ts';
import {
  checkScope,
  isWithin,
  narrowness,
  scopeText,
} from '../../../../projections/recommendation/policy/scope.ts';
import type { PolicyScope } from '../../../../projections/recommendation/policy/scope.ts';

const any: PolicyScope = { cluster_id: null, namespace: null, workload: null };
const web = { cluster_id: 'c1', namespace: 'shop', workload: 'web' };
const at = (scope: Partial<PolicyScope>, policy: ScopedPolicy['policy'], sequence = 1): ScopedPolicy => ({
  scope: { ...any, ...scope },
  policy,
  sequence,
});

describe('scopes', () => {
  it('hold what has their names, and a namespace as such is no workload', () => {
    expect(isWithin(any, web)).toBe(true);
    expect(isWithin({ ...any, namespace: 'shop' }, web)).toBe(true);
    expect(isWithin({ ...any, cluster_id: 'c2' }, web)).toBe(false);
    const scope = { cluster_id: null, namespace: 'shop', workload: 'shop' };
    expect(isWithin(scope, { ...web, workload: null })).toBe(false);
  });

  it('have one text each', () => {
    expect(scopeText(any)).toBe('*/*/*');
    expect(scopeText({ cluster_id: 'a b', namespace: 'shop', workload: null })).toBe('a%20b/shop/*');
  });

  it('that hold the same object are never equally narrow, unless they are the same', () => {
    const pick = (name: string) => fc.constantFrom(null, name);
    const scope = fc.record({ cluster_id: pick('c1'), namespace: pick('shop'), workload: pick('web') });
    fc.assert(
      fc.property(scope, scope, (a, b) => {
        expect(narrowness(a) === narrowness(b)).toBe(scopeText(a) === scopeText(b));
      }),
    );
  });

  it.each([
    [{ cluster_id: '' }, /1 to 253 characters/],
    [{ namespace: 'x'.repeat(254) }, /1 to 253 characters/],
    [{ namespace: '*' }, /without \*/],
    [{ namespace: 'a\u0000b' }, /control characters/],
    [{ workload: 'web' }, /of a namespace/],
  ])('%j is refused', (names, message) => {
    expect(() => {
      checkScope({ ...any, ...names });
    }).toThrow(
      expect.objectContaining({
        code: 'BAD_SCOPE',
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });
});

describe('the policy of an object', () => {
  it('is the default where none says anything', () => {
    expect(policyFor([], web)).toEqual({ policy: defaultPolicy, sources: [] });
    expect(policyFor([at({ namespace: 'other' }, { engine: 'vpa' })], web).policy.engine).toBe('cost');
  });

  it('is that of the narrowest scope, whatever the order', () => {
    const policies = [
      at({}, { engine: 'krr' }, 1),
      at({ cluster_id: 'c1' }, { engine: 'krr-limit' }, 2),
      at({ namespace: 'shop' }, { engine: 'vpa' }, 3),
      at({ cluster_id: 'c1', namespace: 'shop' }, { engine: 'performance' }, 4),
      at({ namespace: 'shop', workload: 'web' }, { engine: 'balanced' }, 5),
    ];
    const narrowing = ['balanced', 'performance', 'vpa', 'krr-limit', 'krr'];
    for (let n = policies.length; n > 0; n--) {
      const engine = narrowing[policies.length - n];
      expect(policyFor(policies.slice(0, n), web).policy.engine).toBe(engine);
      expect(policyFor(policies.slice(0, n).reverse(), web).policy.engine).toBe(engine);
    }
    expect(policyFor(policies, web).sources).toEqual([
      ...['*/shop/web@5', 'c1/shop/*@4', '*/shop/*@3', 'c1/*/*@2', '*/*/*@1'],
    ]);
  });

  it('is made field by field, and tunables stay with their engine', () => {
    const policies = [
      at({}, { engine: 'vpa', tunables: { margin: 0.3 }, decide: 'daily', severity: { cpu: [9, 8, 7] } }),
      at({ namespace: 'shop' }, { engine: 'krr', precision: 'compact', severity: { memory: [3, 2, 1] } }),
    ];
    expect(policyFor(policies, web).policy).toEqual({
      engine: 'krr',
      tunables: {},
      risk_budget: null,
      precision: 'compact',
      decide: 'daily',
      severity: { cpu: [9, 8, 7], memory: [3, 2, 1] },
    });
    expect(policyFor(policies, { ...web, namespace: 'other' }).policy.tunables).toEqual({ margin: 0.3 });
  });
});

describe('daily', () => {
  const daily = { ...defaultPolicy, decide: 'daily' as const };
  it.each([
    ['2023-06-03T00:45Z', '2023-06-04T00:45Z', true],
    ['2023-06-03T00:45Z', '2023-06-04T00:30Z', false],
    ['2022-11-30T10:45Z', '2022-12-01T00:15Z', true],
    ['2022-12-01T10:45Z', '2022-12-01T11:45Z', false],
    ['2022-11-29T23:00Z', '2022-11-30T10:00Z', false],
    ['2023-12-31T23:45Z', '2024-01-01T00:00Z', true],
  ])('after %s, %s is due: %s', (latest, end, due) => {
    expect(isDue(daily, () => Date.parse(latest), Date.parse(end))).toBe(due);
    expect(isDue(daily, () => undefined, Date.parse(end))).toBe(true);
    expect(isDue(defaultPolicy, () => Date.parse(latest), Date.parse(end))).toBe(true);
  });
});
