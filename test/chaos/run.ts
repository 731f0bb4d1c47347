/** `npm run chaos`: seeded schedules of faults on real processes and servers, audited. Exit 1 when something was found. */
import { parseArgs } from 'node:util';
import { bundleChild } from './bundle.ts';
import type { Performance } from './perform.ts';
import { runDefects } from './run-defects.ts';
import { runKills } from './run-kills.ts';
import { runSeeds } from './run-seeds.ts';
import { startServers } from './servers.ts';

const USAGE = `npm run chaos -- [options]
  --seeds N     schedules of this many seeds (10)
  --from N      the first of them (1)
  --seed N      the schedule of one seed
  --minutes M   ends after the seed in which they are over
  --defects     plants each defect and says whether it is found
  --defect NAME only this one
  --kills N     under load, kills one of two processes N times: how long until all is caught up
  --broker-kills N  the same for the broker`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
    defects: { type: 'boolean', default: false },
    defect: { type: 'string' },
    kills: { type: 'string', default: '0' },
    'broker-kills': { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const servers = await startServers();
  const at = { servers, file: await bundleChild() };
  try {
    process.exitCode = (await chosen(at)) ? 0 : 1;
  } finally {
    await servers.close();
  }
}

function chosen(at: Performance): Promise<boolean> {
  const kills = { processes: Number(values.kills), brokers: Number(values['broker-kills']) };
  if (kills.processes + kills.brokers > 0) return runKills(at, kills);
  if (values.defects || values.defect !== undefined) return runDefects(at, values.defect);
  const one = values.seed !== undefined;
  const first = Number(values.seed ?? values.from);
  return runSeeds(at, { first, count: one ? 1 : Number(values.seeds), minutes: Number(values.minutes) });
}
