import { describe, expect, it } from 'vitest';
import { madeUpUsage } from '../../../bench/engine.ts';
import { explain, explanationText } from '../../../../projections/recommendation/engine/explain.ts';
import { recommend } from '../../../../projections/recommendation/engine/recommend.ts';
import { containerSignals, type Signals } from '../../../../projections/recommendation/engine/signals.ts';
import { container, flat, NOW, QUARTER, series, settings } from './usage.ts';

const ask = (signals: Signals) => explain(signals, { kind: 'container', requestedEnd: NOW });

describe('explanations', () => {
  it('derive every advised value again, for many containers, terms and engines', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const signals = containerSignals(madeUpUsage(seed, seed % 3 === 0 ? 0.3 : seed / 4));
      const { recommendation, terms } = ask(signals);
      expect(recommendation).toEqual(recommend(signals, { kind: 'container', requestedEnd: NOW }));
      const derived = terms.flatMap((term) =>
        term.engines.map((e) => [term.term, e.engine, e.cpu.value, e.memory.value, e.pods.value]),
      );
      const advised = recommendation.advice.map((row) => [
        row.term,
        row.engine,
        row.cpu_request,
        row.memory_request,
        row.pods_count,
      ]);
      expect(derived).toEqual(advised);
    }
  });

  it('name percentile, count, index and the interval that gave the value', () => {
    const signals = container(series(97, (i) => flat(1 + i, 100 + (i === 10 ? 7 : 0))));
    const cost = ask(signals).terms[0]!.engines[0]!;
    expect(cost.cpu).toMatchObject({ rule: 'percentile', percentile: 60, n: 97, index: 58, value: 59 });
    expect(cost.cpu.from).toBe(NOW - (96 - 58) * QUARTER);
    expect(cost.cpu.formula).toContain('floor(60/100·96 + 0.5) = 58');
    expect(cost.memory).toMatchObject({ peak: 107, peakFrom: NOW - 86 * QUARTER, spike: 0, value: 107 });
  });

  it('name the rule below one core', () => {
    const cost = ask(container(series(3, (i) => flat(0.1 * (i + 1), 100)))).terms[0]!.engines[0]!;
    expect(cost.cpu.rule).toBe('peak');
    expect(cost.cpu.formula).toContain('below 1 core the peak is taken');
  });

  it('say what a term without enough data lacks', () => {
    const [short, medium] = ask(container(series(10, () => flat(0.5, 100)))).terms;
    expect(short!.coverage).toEqual({ minutes: 150, needed: 29.5, enough: true });
    expect(medium!.coverage).toEqual({ minutes: 150, needed: 2879.5, enough: false });
    expect(medium!.engines).toEqual([]);
  });

  it('say why config follows the other setting', () => {
    const signals = container(series(10, () => ({ ...flat(3, 300), ...settings(3.001, 4, 900, 900) })));
    const { settings: explained, notifications } = ask(signals).terms[0]!.engines[0]!;
    expect(explained[0]!.rule).toBe('within 0.1 % of current: config is current, variation 0');
    expect(explained[1]!.rule).toContain('config follows cpu_request');
    expect(explained[2]!.rule).toContain('config is the advised value');
    expect(notifications).toEqual([
      {
        code: 323004,
        message: 'Workload is optimised wrt CPU REQUESTS, no changes needed',
        why: 'the advised value differs from the current CPU request by at most 0.1 per cent of it',
      },
    ]);
  });

  it('read as text, line by line', () => {
    const signals = container(
      series(2, (i) => ({ ...flat(0.0005 * i, 200), cpu_limit_avg: 2, memory_usage_min: 150 })),
    );
    expect(explanationText(ask(signals))).toMatchInlineSnapshot(`
      "policy kruize-parity, engine version 1, container
      asked for 2025-03-16T12:00:00.000Z; 2 intervals loaded, ending from 2025-03-01T12:00:00.000Z to 2025-03-16T12:00:00.000Z (the 15 days of the longest term asked)
      newest interval ends 2025-03-16T12:00:00.000Z; current requests cpu not set, memory not set; limits cpu 2 cores, memory not set
      notification 111000 Recommendations Are Available: at least one term has enough data
      notification 111101 Short Term Recommendations Available: the last day has enough data
      notification 523001 CPU Request Not Set: the newest interval carries no CPU request
      notification 223001 Amount field is missing in the CPU Section: a request or limit of this resource was not reported in the newest interval
      notification 524001 Memory Request Not Set: the newest interval carries no memory request
      notification 224001 Amount field is missing in the Memory Section: a request or limit of this resource was not reported in the newest interval
      notification 524002 Memory Limit Not Set: the newest interval carries no memory limit

      short_term: 2025-03-15T12:00:00.000Z to 2025-03-16T12:00:00.000Z, both included: 2 points, duration 0.5 h
        data: 30 min counted within 30 s of the grid, 29.5 needed: enough
        cost
          cpu: max of 2 values = 0.0005 cores; below 1 core the peak is taken, whatever the engine's percentile (P60); from the interval ending 2025-03-16T12:00:00.000Z
          memory: min(200 + 20 % = 240, 200 + 50 + 5 % of 50 = 252.5) = 240 bytes; peak from 2025-03-16T12:00:00.000Z, spike from 2025-03-16T12:00:00.000Z
          pods: 1, the largest of the window, from 2025-03-16T12:00:00.000Z
          cpu request: current not set, config none, variation none (no value is advised)
          cpu limit: current 2, config none, variation none (no value is advised)
          memory request: current not set, config 240, variation 240 (config is the advised value, variation is config - current (0 when not set))
          memory limit: current not set, config 240, variation 240 (config is the advised value, variation is config - current (0 when not set))
          notification 323001 CPU Usage is less than a millicore, No CPU Recommendations can be generated: the CPU value is above 0 and at most 0.001 cores: idle, so no CPU value is given
        performance
          cpu: max of 2 values = 0.0005 cores; below 1 core the peak is taken, whatever the engine's percentile (P98); from the interval ending 2025-03-16T12:00:00.000Z
          memory: min(200 + 20 % = 240, 200 + 50 + 5 % of 50 = 252.5) = 240 bytes; peak from 2025-03-16T12:00:00.000Z, spike from 2025-03-16T12:00:00.000Z
          pods: 1, the largest of the window, from 2025-03-16T12:00:00.000Z
          cpu request: current not set, config none, variation none (no value is advised)
          cpu limit: current 2, config none, variation none (no value is advised)
          memory request: current not set, config 240, variation 240 (config is the advised value, variation is config - current (0 when not set))
          memory limit: current not set, config 240, variation 240 (config is the advised value, variation is config - current (0 when not set))
          notification 323001 CPU Usage is less than a millicore, No CPU Recommendations can be generated: the CPU value is above 0 and at most 0.001 cores: idle, so no CPU value is given

      medium_term: 2025-03-09T12:00:00.000Z to 2025-03-16T12:00:00.000Z, both included: 2 points, duration 0.5 h
        data: 30 min counted within 30 s of the grid, 2879.5 needed: not enough, nothing advised (120001)

      long_term: 2025-03-01T12:00:00.000Z to 2025-03-16T12:00:00.000Z, both included: 2 points, duration 0.5 h
        data: 30 min counted within 30 s of the grid, 11519.5 needed: not enough, nothing advised (120001)
      "
    `);
  });

  it('of nothing say so', () => {
    expect(explanationText(ask(container([])))).toContain('no interval in reach: nothing to advise');
  });
});
