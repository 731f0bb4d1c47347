/** How fast recommendations are made. */
import { recommend } from '../../projections/recommendation/engine/recommend.ts';
import { proposalsAt } from '../../projections/recommendation/policy/advise.ts';
import { defaultPolicy } from '../../projections/recommendation/policy/resolve.ts';
import { containerSignals, type Usage } from '../../projections/recommendation/engine/signals.ts';
import { containerColumns, intervalColumns } from '../../schemas/usage-columns.ts';

const QUARTER = 900_000;
const end = Date.parse('2025-03-16T00:00:00.000Z');

/** A container's made-up usage over 15 days of 15 minutes (1,441 intervals), around `cores` cores; seeded. */
export function madeUpUsage(seed: number, cores: number, intervals = 1441): Usage {
  let state = seed >>> 0;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const names = [...intervalColumns, ...containerColumns.map((column) => column.name)];
  const columns = names.map(() => new Float64Array(intervals));
  const set = (name: string, row: number, value: number) => {
    columns[names.indexOf(name)]![row] = value;
  };
  for (let i = 0; i < intervals; i++) {
    const cpu = Math.round(cores * (0.3 + random()) * 1e6) / 1e6;
    const memory = Math.round(2e8 + 1e8 * random());
    set('interval_end', i, end - (intervals - 1 - i) * QUARTER);
    set('interval_start', i, end - (intervals - i) * QUARTER);
    set('rows', i, 2);
    for (const [family, value, spread] of [
      ['cpu_usage', cpu, 0.5 * cpu],
      ['memory_usage', memory, 0.1 * memory],
      ['memory_rss_usage', 0.8 * memory, 0.1 * memory],
    ] as const) {
      set(`${family}_container_avg`, i, value);
      set(`${family}_container_min`, i, value - spread);
      set(`${family}_container_max`, i, value + spread);
      set(`${family}_container_sum`, i, 2 * value);
    }
    set('cpu_request_container_avg', i, cores);
    set('cpu_limit_container_avg', i, 2 * cores);
    set('memory_request_container_avg', i, 2.5e8);
    set('memory_limit_container_avg', i, 5e8);
  }
  return { length: intervals, columns };
}

/** Prints recommendations per second: 1,441 intervals, three terms, two engines, with and without plots. */
export function benchEngine(seconds = 2): void {
  const usages = Array.from({ length: 64 }, (_, i) => madeUpUsage(i + 1, i % 2 === 0 ? 2 : 0.2));
  const signals = usages.map(containerSignals);
  const measure = (what: string, once: (i: number) => void) => {
    for (let i = 0; i < 500; i++) once(i % 64);
    const times: number[] = [];
    const started = performance.now();
    for (let i = 0; performance.now() - started < seconds * 1000; i++) {
      const before = performance.now();
      once(i % 64);
      times.push(performance.now() - before);
    }
    times.sort((a, b) => a - b);
    const at = (p: number) => (1000 * times[Math.floor(p * (times.length - 1))]!).toFixed(0);
    const rate = (times.length / (performance.now() - started)) * 1000;
    console.log(`engine: ${what}: ${rate.toFixed(0)}/s, p50 ${at(0.5)} µs, p99 ${at(0.99)} µs`);
  };
  const kind = 'container';
  measure('recommend, 1,441 intervals, with plots', (i) =>
    recommend(signals[i]!, { kind, requestedEnd: end }),
  );
  measure('recommend, without plots', (i) =>
    recommend(signals[i]!, { kind, requestedEnd: end, plots: false }),
  );
  const made = signals.map((one) => recommend(one, { kind, requestedEnd: end }));
  for (const engine of ['cost', 'vpa', 'balanced']) {
    measure(`proposals of ${engine} and balanced`, (i) =>
      proposalsAt(signals[i]!, end, made[i]!, { ...defaultPolicy, engine }),
    );
  }
  measure('signals of 1,441 intervals', (i) => containerSignals(usages[i]!));
  measure('all, document as text', (i) =>
    JSON.stringify(recommend(containerSignals(usages[i]!), { kind, requestedEnd: end }).document),
  );
}
