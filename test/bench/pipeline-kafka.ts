/** Upload → recommendations on Kafka beside the embedded profile, the same reports in one run; then with two processes. */
import { expectEqual, figure, spread, spreadOf } from './figures.ts';
import { ORG, reportOf, startServers } from './deployments.ts';
import type { Deployment, ProfileKind, Servers } from './deployments.ts';

/** Shapes and repetitions. */
export interface PipelineKafkaOptions {
  readonly shapes?: readonly { readonly containers: number; readonly intervals: number }[];
  /** Reports one after the other, of which the first warms up and is not counted. */
  readonly reports?: number;
}

/** Prints rows/s per profile and shape: median, least, greatest; and the ratio of the medians. */
export async function benchPipelineKafka({
  shapes = [
    { containers: 2_000, intervals: 96 },
    { containers: 2_000, intervals: 4 },
  ],
  reports = 5,
}: PipelineKafkaOptions = {}): Promise<void> {
  const servers = await startServers();
  try {
    console.log(`pipeline-kafka: ${servers.versions}`);
    for (const shape of shapes) {
      const medians = new Map<string, number>();
      for (const [kind, processes] of [
        ['embedded', 1],
        ['kafka', 1],
        ['kafka', 2],
      ] as const) {
        const rates = await measure(servers, kind, processes, shape, reports);
        const name = `${kind}, ${processes} process${processes === 1 ? '' : 'es'}`;
        medians.set(name, spreadOf(rates).median);
        console.log(
          `pipeline-kafka: ${figure(shape.containers)} containers × ${shape.intervals} intervals: ${name}: ${spread(rates)} rows/s`,
        );
      }
      const ratio = medians.get('kafka, 1 process')! / medians.get('embedded, 1 process')!;
      console.log(`pipeline-kafka: Kafka ${ratio.toFixed(2)} × embedded, one process`);
    }
    console.log('pipeline-kafka: every row was accepted and every container has its recommendation');
  } finally {
    await servers.close();
  }
}

async function measure(
  servers: Servers,
  kind: ProfileKind,
  processes: number,
  shape: { readonly containers: number; readonly intervals: number },
  reports: number,
): Promise<number[]> {
  const deployment = await servers.open(kind);
  try {
    for (let more = 1; more < processes; more++) await deployment.addProcess();
    const rates: number[] = [];
    for (let n = 0; n < reports; n++) {
      const { csv } = reportOf(n, shape);
      const started = performance.now();
      await deployment.upload(csv);
      await deployment.caughtUp();
      const seconds = (performance.now() - started) / 1000;
      if (n > 0) rates.push((shape.containers * shape.intervals) / seconds);
    }
    await check(deployment, shape, reports);
    const unitsBusy = [...deployment.busy].map(([unit, ms]) => `${unit} ${(ms / 1000).toFixed(1)} s`);
    console.log(`pipeline-kafka:   busy in this process: ${unitsBusy.join(', ')}`);
    return rates;
  } finally {
    await deployment.close();
  }
}

async function check(
  { app, kind }: Deployment,
  { containers, intervals }: { readonly containers: number; readonly intervals: number },
  reports: number,
): Promise<void> {
  const { rows } = await app.pool.query<{ accepted: number; recommended: number }>(
    `SELECT (SELECT coalesce(sum(accepted), 0)::float8 FROM public.upload_files WHERE org_id = $1) AS accepted,
       (SELECT count(*)::float8 FROM public.recommendations WHERE org_id = $1) AS recommended`,
    [ORG],
  );
  expectEqual(`${kind}: read model`, rows[0], {
    accepted: containers * intervals * reports,
    recommended: containers,
  });
}
