/** Schedules of many seeds, one after the other. */
import { perform } from './perform.ts';
import type { Performance } from './perform.ts';
import { describeSchedule, scheduleOf } from './schedule.ts';

/** Which seeds. */
export interface Seeds {
  readonly first: number;
  readonly count: number;
  /** No new one begins after so many. */
  readonly minutes: number;
}

/** Performs them and prints what was found; true when nothing was. */
export async function runSeeds(at: Performance, { first, count, minutes }: Seeds): Promise<boolean> {
  const started = performance.now();
  const since = (): number => (performance.now() - started) / 1_000;
  const failed: number[] = [];
  let done = 0;
  for (let seed = first; seed < first + count && since() < minutes * 60; seed++) {
    const schedule = scheduleOf(seed);
    console.log(describeSchedule(schedule));
    const { findings, seconds, parts, catchUpMs, starts, ends } = await perform(schedule, at);
    done += 1;
    for (const { what, details } of findings) console.log(`  FOUND ${what}: ${details}`);
    if (findings.length > 0) {
      failed.push(seed);
      console.log(`  again: npm run chaos -- --seed ${seed}`);
    }
    const ended = ends.length > 0 ? ` (${[...new Set(ends)].join(', ')})` : '';
    const times = Object.entries(parts).map(([what, took]) => `${what} ${took.toFixed(1)}`);
    const left = ((since() / done) * (count - done)) / 60;
    console.log(
      `  ${findings.length === 0 ? 'clean' : 'NOT CLEAN'} in ${seconds.toFixed(1)} s (${times.join(', ')}), caught up in ${(catchUpMs / 1_000).toFixed(1)} s, ` +
        `${starts} starts${ended}; ${done} of ${count}, ${(since() / done).toFixed(1)} s each, about ${left.toFixed(0)} min left`,
    );
  }
  const which = failed.length > 0 ? `: ${failed.join(', ')}` : '';
  console.log(`${done} seeds in ${(since() / 60).toFixed(1)} min, findings in ${failed.length}${which}`);
  return failed.length === 0;
}
