/** `npm run bench`: every benchmark, peer beside product in one run. */
import { cpus, totalmem } from 'node:os';

import { benchEngine } from './engine.ts';
import { benchPipeline } from './pipeline.ts';

const only = process.argv[2];
const benches: Readonly<Record<string, () => unknown>> = {
  csv: async () => (await import('./csv.ts')).benchCsv({ megabytes: 100 }),
  engine: () => {
    benchEngine();
  },
  'pipeline-day': () => benchPipeline({ containers: 5_000, intervals: 96, reports: 3 }),
  'pipeline-hour': () => benchPipeline({ containers: 5_000, intervals: 4, reports: 8 }),
};

console.log(
  `${new Date().toISOString()} · Node ${process.version} · ${cpus().length} × ${cpus()[0]?.model ?? '?'} · ${Math.round(totalmem() / 1024 ** 3)} GiB`,
);
for (const [name, bench] of Object.entries(benches)) {
  if (only !== undefined && only !== name) continue;
  console.log(`\n# ${name}`);
  await bench();
}
