/** The whole product, opened for a benchmark on a fresh database: embedded, or on Kafka with everything that belongs to it. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import type { Running } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { generateReport } from '../../connectors/csv/bench-data.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import { startPostgres } from '../support/postgres.ts';
import { startKafka } from '../support/real/kafka.ts';
import { startRegistry } from '../support/real/registry.ts';
import { startS3 } from '../support/real/s3.ts';
import { VERSIONS } from '../support/real/versions.ts';

/** Organisation of all uploads. */
export const ORG = 'bench';
export const CLUSTER = '1b36b20f-7fa0-4454-a6d2-008294e06378';

/** Which of the two. */
export type ProfileKind = 'embedded' | 'kafka';

/** The servers of both profiles; made once per benchmark. */
export interface Servers {
  readonly versions: string;
  /** A deployment of its own: database, topics, bucket. Its units run in this process. */
  open(kind: ProfileKind): Promise<Deployment>;
  close(): Promise<void>;
}

/** A deployment at work. */
export interface Deployment {
  readonly kind: ProfileKind;
  readonly app: App;
  /** Milliseconds each unit was busy in this process so far. */
  readonly busy: ReadonlyMap<string, number>;
  /** Uploads a CSV and resolves when it is accepted. */
  upload(csv: Buffer): Promise<void>;
  /** Resolves when all that was uploaded can be read. */
  caughtUp(): Promise<void>;
  /** One more process that works on the units; kafka only. */
  addProcess(): Promise<void>;
  close(): Promise<void>;
}

/** Starts Postgres, and what the kafka profile needs. */
export async function startServers(): Promise<Servers> {
  const [postgres, kafka, registry, s3] = await Promise.all([
    startPostgres(),
    startKafka({ heapMb: 512 }),
    startRegistry(),
    startS3(),
  ]);
  let made = 0;
  return {
    versions: `Kafka ${VERSIONS.kafka}, Apicurio ${VERSIONS.apicurio}, SeaweedFS ${VERSIONS.seaweedfs}, bundled PostgreSQL with fsync, kafkajs 2.2.4, all on this machine`,
    async open(kind) {
      made += 1;
      const databaseUrl = await postgres.database();
      if (kind === 'embedded') {
        const app = await openApp({ dataDir: postgres.folder(`data-${made}`), databaseUrl });
        return atWork(kind, app, {}, () => Promise.resolve());
      }
      const place = await kafkaPlace(
        `bench-${made}`,
        { brokers: kafka.brokers, registryUrl: registry.url, s3, databaseUrl },
        { sessionTimeoutMs: 10_000 },
      );
      const app = await openApp({ dataDir: place.dataDir, profile: place.profile });
      return atWork(kind, app, place.env, () => {
        place.close();
        return Promise.resolve();
      });
    },
    async close() {
      await Promise.all([kafka.stop(), registry.stop(), s3.stop(), postgres.close()]);
    },
  };
}

async function atWork(
  kind: ProfileKind,
  app: App,
  env: Readonly<Record<string, string>>,
  cleanUp: () => Promise<void>,
): Promise<Deployment> {
  const busy = new Map<string, number>();
  app.signals.on((signal) => {
    if (signal.kind === 'batch') busy.set(signal.unit, (busy.get(signal.unit) ?? 0) + signal.ms);
  });
  const running = (await tryRun(app)) as Running;
  const children: ChildProcess[] = [];
  await membersAre(app, 1);
  return {
    kind,
    app,
    busy,
    upload: (csv) => upload(app, csv),
    caughtUp: () => Promise.race([caughtUp(app, new AbortController().signal), running.failed]),
    async addProcess() {
      const child = fork(join(import.meta.dirname, 'worker-child.ts'), {
        env: { ...process.env, ...env },
        execArgv: process.execArgv,
      });
      children.push(child);
      await membersAre(app, 1 + children.length);
    },
    async close() {
      for (const child of children) {
        child.send('stop');
        if (child.exitCode === null) await once(child, 'exit');
      }
      await running.stop();
      await app.close();
      await cleanUp();
    },
  };
}

/** Waits until so many processes share every unit. */
async function membersAre(app: App, processes: number): Promise<void> {
  if (app.profile.kind !== 'kafka') return;
  const names = [...units.streams, ...units.projections].map(({ id }) => id);
  while ((await app.membership.members(names)) < names.length * processes) await sleep(50);
}

async function upload(app: App, csv: Buffer): Promise<void> {
  await app.uploads.accept({
    org: ORG,
    account: null,
    requestId: null,
    filename: 'report.csv',
    mediaType: 'text/csv',
    channel: 'cli',
    sourceId: '1',
    clusterId: CLUSTER,
    bytes: (async function* () {
      await Promise.resolve();
      for (let at = 0; at < csv.length; at += 256 * 1024) yield csv.subarray(at, at + 256 * 1024);
    })(),
    maxBytes: 1e9,
  });
}

const QUARTER_MS = 900_000;
const DAY = Date.UTC(2026, 0, 1);

/** The n-th report of the same containers: each goes on where the one before ended. */
export function reportOf(
  n: number,
  { containers, intervals }: { readonly containers: number; readonly intervals: number },
): { readonly csv: Buffer; readonly end: number } {
  const start = DAY + n * intervals * QUARTER_MS;
  const csv = Buffer.concat([...generateReport({ containers, intervals, start, seed: 1 })]);
  return { csv, end: start + intervals * QUARTER_MS };
}
