/** `npm run chaos`: seeded schedules of faults on real processes and servers, audited. Exit 1 when something was found. */
import { parseArgs } from 'node:util';
import { bundleChild } from './bundle.ts';
import { runDefects } from './run-defects.ts';
import { runSeeds } from './run-seeds.ts';
import { startServers } from './servers.ts';

const USAGE = `npm run chaos -- [options]
  --seeds N     schedules of this many seeds (10)
  --from N      the first of them (1)
  --seed N      the schedule of one seed
  --minutes M   ends after the seed in which they are over
  --defects     plants each defect and says whether it is found
  --defect NAME only this one`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
    defects: { type: 'boolean', default: false },
    defect: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const servers = await startServers();
  const at = { servers, file: await bundleChild() };
  try {
    const clean =
      values.defects || values.defect !== undefined
        ? await runDefects(at, values.defect)
        : await runSeeds(at, {
            first: Number(values.seed ?? values.from),
            count: values.seed === undefined ? Number(values.seeds) : 1,
            minutes: Number(values.minutes),
          });
    process.exitCode = clean ? 0 : 1;
  } finally {
    await servers.close();
  }
}
