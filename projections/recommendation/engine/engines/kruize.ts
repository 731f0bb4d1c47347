/** `cost` and `performance`: Kruize's formulas as they are, cliff at one core included. */
import { coverage } from '../coverage.ts';
import { cpuAmount, memoryAmount, WHOLE_CORE } from '../formula.ts';
import { terms } from '../terms.ts';
import { DAY } from '../time.ts';
import { cpuPercentiles, loadedRows, peaks, termRows } from '../window.ts';
import { NO_DATA, noAdvice, tuned } from './engine.ts';
import type { Note, RequestEngine } from './engine.ts';
import { INTERVAL_MINUTES } from './history.ts';

const reasons: Readonly<Record<number, Note>> = {
  323001: { code: 'CPU_IDLE', message: 'CPU usage is at most a millicore.' },
  323002: { code: 'CPU_ZERO', message: 'CPU usage is zero.' },
  324001: { code: 'MEMORY_ZERO', message: 'Memory usage is zero.' },
};
const INVALID: Note = { code: 'USAGE_NEGATIVE', message: 'Usage is negative.' };

const cost = kruize(
  'cost',
  'Kruize "cost": P60 of the peaks of intervals, their maximum below one core.',
  60,
);
const performance = kruize(
  'performance',
  'Kruize "performance": P98 of the peaks of intervals, their maximum below one core.',
  98,
);

/** Both engines. */
export const kruizeEngines = { cost, performance };

function kruize(name: string, about: string, percentile: number): RequestEngine {
  const engine: RequestEngine = {
    name,
    about,
    tunables: [
      { name: 'window_days', about: 'Days that count.', default: 7, min: 1, max: 15 },
      { name: 'cpu_percentile', about: 'Of interval peaks.', default: percentile, min: 1, max: 100 },
    ],
    advise({ intervals }, at, settings = {}) {
      const { window_days: days, cpu_percentile: p } = tuned(engine, settings.tunables) as {
        window_days: number;
        cpu_percentile: number;
      };
      const newest = intervals.length === 0 ? at : intervals.columns[0]![intervals.length - 1]!;
      const loaded = loadedRows(intervals, Math.max(at, newest), days);
      if (loaded.first === loaded.after) return noAdvice([NO_DATA]);
      const { first, after } = termRows(intervals, loaded, days);
      const ends = intervals.columns[0]!;
      // A window that is none of Kruize's terms needs what the next shorter one needs.
      const points = terms.filter((term) => term.days <= days).at(-1)!.minPoints;
      const start = ends[after - 1]! - days * DAY;
      if (!coverage(ends, first, after, start, INTERVAL_MINUTES, points).enough) {
        const message = `Less than ${points} intervals of the last ${days} days are there.`;
        return noAdvice([{ code: 'NOT_ENOUGH_DATA', message }]);
      }
      const peak = peaks(intervals, first, after, null);
      const cpu = cpuAmount(peak.cpu, () => cpuPercentiles(intervals, first, after, [p])[0]!);
      const memory = memoryAmount(peak.memory, peak.spike);
      const codes = [cpu.code, memory.code].filter((code) => code !== null);
      const cliff: Note[] =
        cpu.value !== null && peak.cpu < WHOLE_CORE
          ? [{ code: 'BELOW_ONE_CORE', message: 'Below one core the maximum is advised.' }]
          : [];
      return {
        ...noAdvice([...codes.map((code) => reasons[code] ?? INVALID), ...cliff]),
        cpu_request: cpu.value,
        cpu_limit: cpu.value,
        memory_request: memory.value,
        memory_limit: memory.value,
      };
    },
  };
  return engine;
}
