import { describe, expect, it } from 'vitest';
import { balanced } from '../../../../projections/recommendation/engine/engines/balanced.ts';
import { vpa } from '../../../../projections/recommendation/engine/engines/vpa.ts';
import { recommend } from '../../../../projections/recommendation/engine/recommend.ts';
import { containerSignals } from '../../../../projections/recommendation/engine/signals.ts';
import { historyOf, proposalsAt } from '../../../../projections/recommendation/policy/advise.ts';
import { defaultPolicy } from '../../../../projections/recommendation/policy/resolve.ts';
import { madeUpUsage } from '../../../bench/engine.ts';

const end = Date.parse('2025-03-16T00:00:00.000Z');
const kind = 'container';
const cases = [
  [2, 1441],
  [0.2, 1441],
  [2, 500],
  [0.2, 200],
  [3, 10],
] as const;

describe('proposals', () => {
  it.each(cases)(
    'of Kruize engines are the advice of the longest term: %s cores, %s intervals',
    (cores, n) => {
      const signals = containerSignals(madeUpUsage(7, cores, n));
      const made = recommend(signals, { kind, requestedEnd: end });
      for (const engine of ['cost', 'performance']) {
        const [proposal] = proposalsAt(signals, end, made, { ...defaultPolicy, engine }).filter(
          (one) => one.engine === engine,
        );
        const advice = made.advice.findLast((one) => one.engine === engine)!;
        const { cpu_request, cpu_limit, memory_request, memory_limit } = advice;
        expect(proposal).toMatchObject({ cpu_request, cpu_limit, memory_request, memory_limit });
      }
    },
  );

  it('are those of the chosen engine and of balanced, with the numbers of the policy', () => {
    const signals = containerSignals(madeUpUsage(3, 1.3));
    const made = recommend(signals, { kind, requestedEnd: end });
    const policy = { ...defaultPolicy, engine: 'vpa', tunables: { margin: 0.5 }, risk_budget: 0.2 };
    const proposals = proposalsAt(signals, end, made, policy);
    expect(proposals.map(({ engine }) => engine)).toEqual(['balanced', 'vpa']);
    const history = historyOf(signals, end);
    const { current } = made;
    const [b, v] = [
      balanced.advise(history, end, { current, tunables: { risk_budget: 0.2 }, brief: true }),
      vpa.advise(history, end, { current, tunables: { margin: 0.5 } }),
    ];
    expect(proposals[0]).toMatchObject({
      cpu_request: b.cpu_request,
      cpu_lower: b.bounds.cpu!.lower,
      confidence: b.confidence,
      formula: b.cpu!.formula,
    });
    expect(proposals[1]).toMatchObject({ cpu_request: v.cpu_request, cpu_upper: v.bounds.cpu!.upper });
  });

  it('know nothing of what came later', () => {
    const signals = containerSignals(madeUpUsage(5, 2));
    const at = end - 3 * 86_400_000;
    const early = { length: 1441 - 3 * 96, columns: signals.columns.map((c) => c.slice(0, 1441 - 3 * 96)) };
    const made = recommend(early, { kind, requestedEnd: at });
    const policy = { ...defaultPolicy, engine: 'krr' };
    expect(proposalsAt(signals, at, made, policy)).toEqual(proposalsAt(early, at, made, policy));
  });

  it('weigh changes by the thresholds of the policy', () => {
    const signals = containerSignals(madeUpUsage(3, 2));
    const made = recommend(signals, { kind, requestedEnd: end });
    const severity = (cpu: number[], memory: number[]) =>
      proposalsAt(signals, end, made, { ...defaultPolicy, severity: { cpu, memory } })[1]!;
    expect(severity([0.01, 0.005, 0.001], [1e6, 1e5, 1e4])).toMatchObject({
      severity: 'critical',
      score: 50,
    });
    expect(severity([100, 90, 80], [1e6, 1e5, 1e4])).toMatchObject({ severity: 'good', score: 100 });
  });

  it('say nothing of severity where nothing is advised', () => {
    const nothing = containerSignals(madeUpUsage(3, 2, 0));
    const made = recommend(nothing, { kind, requestedEnd: end });
    expect(proposalsAt(nothing, end, made, defaultPolicy)).toMatchObject([
      {
        engine: 'balanced',
        cpu_request: null,
        severity: null,
        score: null,
        do_nothing: false,
        flags: ['NO_DATA'],
      },
      { engine: 'cost', cpu_request: null, severity: null, score: null, flags: ['NO_DATA'] },
    ]);
  });
});
