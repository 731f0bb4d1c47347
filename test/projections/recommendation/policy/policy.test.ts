import { describe, expect, it } from 'vitest';
import { MAX_POLICY, policyText, readPolicy } from '../../../../projections/recommendation/policy/policy.ts';
import { requestEngines } from '../../../../projections/recommendation/engine/engines/index.ts';

const whole = {
  engine: 'vpa',
  tunables: { margin: 0.1, half_life_hours: 48 },
  risk_budget: 0.01,
  precision: 'compact',
  decide: 'daily',
  severity: { cpu: [1, 0.5, 0.1], memory: [500, 250, 250] },
};

describe('a policy', () => {
  it('is read as a whole and in each part', () => {
    expect(readPolicy(JSON.stringify(whole))).toEqual(whole);
    for (const part of ['engine', 'risk_budget', 'precision', 'decide', 'severity'] as const)
      expect(readPolicy(JSON.stringify({ [part]: whole[part] }))).toEqual({ [part]: whole[part] });
  });

  it.each(requestEngines.map(({ name }) => name))('may choose %s', (engine) => {
    expect(readPolicy(JSON.stringify({ engine }))).toEqual({ engine });
  });

  it('has one text, in whatever order it was sent', () => {
    const turned = JSON.stringify({
      severity: { memory: [500, 250, 250], cpu: [1, 0.5, 0.1] },
      decide: 'daily',
      precision: 'compact',
      risk_budget: 0.01,
      tunables: { half_life_hours: 48, margin: 0.1 },
      engine: 'vpa',
    });
    expect(policyText(readPolicy(turned))).toBe(policyText(readPolicy(JSON.stringify(whole))));
  });

  it.each([
    ['{"engine": "bogus"}', 'UNKNOWN_ENGINE', /"bogus"; there are cost, .*balanced/],
    ['{"engine": 1}', 'BAD_POLICY', /engine is the name of one/],
    ['{', 'BAD_POLICY', /no JSON/],
    ['[]', 'BAD_POLICY', /is an object/],
    ['{}', 'BAD_POLICY', /says something/],
    ['{"engin": "vpa"}', 'BAD_POLICY', /has no "engin"; it has engine, tunables/],
    ['{"__proto__": 1}', 'BAD_POLICY', /has no "__proto__"/],
    ['{"tunables": {"margin": 0.1}}', 'BAD_POLICY', /name it, too/],
    ['{"engine": "vpa", "tunables": {"margin": "a lot"}}', 'BAD_POLICY', /must be a number/],
    ['{"engine": "vpa", "tunables": {"margin": 9}}', 'BAD_POLICY', /must be from 0 to 2; got 9/],
    ['{"engine": "vpa", "tunables": {"risk_budget": 0.1}}', 'BAD_POLICY', /no tunable "risk_budget"/],
    ['{"engine": "vpa", "tunables": []}', 'BAD_POLICY', /tunables are an object/],
    ['{"risk_budget": 0.9}', 'BAD_POLICY', /from 0.0001 to 0.5; got 0.9/],
    ['{"risk_budget": "1 %"}', 'BAD_POLICY', /got "1 %"/],
    [
      '{"engine": "balanced", "tunables": {"risk_budget": 0.1}, "risk_budget": 0.2}',
      'BAD_POLICY',
      /said twice/,
    ],
    ['{"precision": "rough"}', 'BAD_POLICY', /exact or compact/],
    ['{"decide": "hourly"}', 'BAD_POLICY', /at-once or daily/],
    ['{"severity": {"cpu": [0.1, 0.5, 1]}}', 'BAD_POLICY', /severity of cpu/],
    ['{"severity": {"cpu": [1, 0.5]}}', 'BAD_POLICY', /severity of cpu/],
    ['{"severity": {"gpu": [1, 0.5, 0.1]}}', 'BAD_POLICY', /least changes/],
    ['{"severity": {"cpu": [1, 0.5, 0]}}', 'BAD_POLICY', /above 0/],
    ['{"severity": {}}', 'BAD_POLICY', /least changes/],
    [`{"engine": "${'x'.repeat(MAX_POLICY)}"}`, 'BAD_POLICY', /at most 2048 characters/],
  ])('%s is refused with %s', (text, code, message) => {
    expect(() => readPolicy(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error,
    );
  });
});
