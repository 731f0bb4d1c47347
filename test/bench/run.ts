/** `npm run bench`: every benchmark, peer beside product in one run. */
import { cpus, loadavg, totalmem } from 'node:os';

import { benchEngine } from './engine.ts';
import { benchPipeline } from './pipeline.ts';

const only = process.argv[2];
const benches: Readonly<Record<string, () => unknown>> = {
  csv: async () => (await import('./csv.ts')).benchCsv({ megabytes: 100 }),
  engine: () => {
    benchEngine();
  },
  engines: async () => (await import('./engines.ts')).benchEngines(),
  state: async () => (await import('./state.ts')).benchState(),
  'pipeline-day': () => benchPipeline({ containers: 5_000, intervals: 96, reports: 3 }),
  'pipeline-hour': () => benchPipeline({ containers: 5_000, intervals: 4, reports: 8 }),
  'scale-plan': async () =>
    (await import('./scale-plan.ts')).benchScalePlan({ whole: process.argv.includes('--whole') }),
  'kruize-api': async () => (await import('./kruize-api.ts')).benchKruizeApi(),
  'resizing-histories': async () => (await import('./resizing-histories.ts')).benchResizingHistories(),
  // These start real servers: npm run real:install once, see README.
  'kafka-log': async () => (await import('./kafka-log.ts')).benchKafkaLog(),
  'kafka-settings': async () => (await import('./kafka-settings.ts')).benchKafkaSettings(),
  resizes: async () => (await import('./resizes.ts')).benchResizes(),
  replay: async () => (await import('./replay.ts')).benchReplay(),
  'replay-recommendations': async () =>
    (await import('./replay-recommendations.ts')).benchReplayRecommendations(),
  'pipeline-kafka': async () => (await import('./pipeline-kafka.ts')).benchPipelineKafka(),
  freshness: async () => (await import('./freshness.ts')).benchFreshness(),
  'freshness-large': async () =>
    (await import('./freshness.ts')).benchFreshness({ uploads: 20, workloads: 1_000 }),
};

if (only !== undefined && benches[only] === undefined) {
  console.error(`there is no benchmark ${only}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(1);
}
console.log(
  `${new Date().toISOString()} · Node ${process.version} · ${cpus().length} × ${cpus()[0]?.model ?? '?'} · ${Math.round(totalmem() / 1024 ** 3)} GiB · load ${loadavg()[0]!.toFixed(1)}`,
);
for (const [name, bench] of Object.entries(benches)) {
  if (only !== undefined && only !== name) continue;
  console.log(`\n# ${name}`);
  await bench();
}
