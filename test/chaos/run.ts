/** `npm run chaos`: seeded schedules of faults on real processes and servers, audited. Exit 1 when something was found. */
import { parseArgs } from 'node:util';
import { bundleChild } from './bundle.ts';
import { perform } from './perform.ts';
import { describeSchedule, scheduleOf } from './schedule.ts';
import { startServers } from './servers.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
  },
});

const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const until = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000;

const servers = await startServers();
const file = await bundleChild();
const started = performance.now();
const failed: number[] = [];
let done = 0;
try {
  for (let seed = first; seed < first + count && Date.now() < until; seed++) {
    const schedule = scheduleOf(seed);
    console.log(describeSchedule(schedule));
    const outcome = await perform(schedule, { servers, file });
    done += 1;
    for (const { what, details } of outcome.findings) console.log(`  FOUND ${what}: ${details}`);
    if (outcome.findings.length > 0) {
      failed.push(seed);
      console.log(`  again: npm run chaos -- --seed ${seed}`);
    }
    const seconds = (performance.now() - started) / 1_000;
    const left = Math.round(((seconds / done) * (count - done)) / 60);
    console.log(
      `  ${outcome.findings.length === 0 ? 'clean' : 'NOT clean'}, ${outcome.seconds.toFixed(1)} s, caught up in ${(outcome.catchUpMs / 1_000).toFixed(1)} s, ` +
        `${outcome.starts} starts${outcome.ends.length > 0 ? ` (${outcome.ends.join(', ')})` : ''}; ` +
        `${done}/${count} seeds, ${(seconds / done).toFixed(1)} s each, about ${left} min left`,
    );
  }
} finally {
  await servers.close();
}
console.log(
  `${done} seeds in ${((performance.now() - started) / 60_000).toFixed(1)} min, findings in ${failed.length}: ${failed.join(', ') || 'none'}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
