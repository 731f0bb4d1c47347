/** Makes things go wrong, and mends what a person would have to mend. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../connectors/cli/app.ts';
import { isAlive } from '../../connectors/postgres/embedded/process.ts';
import { isRetryable } from '../../connectors/postgres/pool.ts';
import { translating } from '../../connectors/postgres/transaction.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { onKafka } from '../../connectors/kafka/errors.ts';
import { kafkaLive } from '../../connectors/kafka/live.ts';
import { kafkaSettings } from '../../connectors/kafka/settings.ts';
import { pages } from '../../connectors/cli/dead-letters/finding.ts';
import { askedBy, send } from '../../connectors/cli/dead-letters/sending.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';
import type { LogRecord, NewRecord } from '../../streams/runtime/ports.ts';
import type { Member } from './member.ts';
import { isPoison, LARGE_BYTES, poisonRecords } from './poison.ts';
import type { PositionWatch } from './positions.ts';
import type { Fault } from './schedule.ts';
import type { ChaosServers } from './servers.ts';
import { codeVariant } from './variants.ts';

/** What faults act on. */
export interface Scene {
  readonly servers: ChaosServers;
  /** An app of the same deployment that runs no units: it looks, and does what an operator would do. */
  readonly app: App;
  /** Processes; faults may add some. */
  readonly members: Member[];
  readonly watch: PositionWatch;
  /** What names of topics begin with. */
  readonly prefix: string;
  /** Starts another process. */
  start(variant?: string): Member;
  /** Ends all processes in order and starts as many again; between the two nobody runs. */
  betweenRuns(work: () => Promise<void>): Promise<void>;
  /** The newest code that has been run. */
  units: Units;
}

/** Resolves when the fault is over. */
export async function cause(scene: Scene, fault: Fault): Promise<void> {
  const { servers, members, app } = scene;
  const member = 'member' in fault ? members[fault.member % members.length]! : members[0]!;
  switch (fault.kind) {
    case 'kill':
      member.kill();
      return;
    case 'crash-at':
      return member.become(undefined, fault.at);
    case 'pause':
      member.signal('SIGSTOP');
      await sleep(fault.ms);
      member.signal('SIGCONT');
      return;
    case 'broker':
      return down(servers.kafka, fault.downMs);
    case 'registry':
      return down(servers.registry, fault.downMs);
    case 's3':
      return down(servers.s3, fault.downMs);
    case 's3-busy':
      servers.s3Proxy.busy(true);
      await sleep(fault.ms);
      return servers.s3Proxy.busy(false);
    case 's3-truncates':
      return servers.s3Proxy.truncate(fault.objects);
    case 'postgres':
      await servers.postgres.immediateStop();
      await sleep(fault.downMs);
      return servers.postgres.start();
    case 'full-disk':
      return fullDisk(scene, fault);
    case 'storm':
      return storm(scene, fault.joins);
    case 'duplicates':
      return appended(app, await lastRecords(app, fault.topic, fault.records));
    case 're-read':
      return scene.betweenRuns(() => rewind(scene, fault.records));
    case 'poison': {
      const { length } = await patiently(() => app.log.ends(fault.topic));
      return patiently(() =>
        poisoned(scene, fault.topic, poisonRecords(app, fault.topic, fault.poison, length)),
      );
    }
    case 'join':
      scene.start();
      return;
    case 'upgrade': {
      const variant = `newer:${fault.projection}`;
      scene.units = merged(scene.units, codeVariant(variant));
      await scene.start(variant).running();
      return;
    }
    case 'buggy-code':
      await member.become(`buggy:${fault.unit}`);
      await member.running();
      await sleep(1_000);
      return member.become(undefined);
  }
}

/** Redrives what died of buggy code; poison stays dead. How many. */
export function redriveSound(app: App): Promise<number> {
  const where = [{ column: 'status', op: 'eq', value: 'dead' } as const];
  const sending = { app, what: 'redrive', run: randomUUID(), ...askedBy('chaos') } as const;
  return patiently(async () => {
    let sound = 0;
    for await (const page of pages(app, { where }, 500)) {
      const letters = page.filter(({ record_key: key }) => !isPoison({ key }));
      sound += letters.length;
      await send(sending, letters);
    }
    return sound;
  });
}

async function down(
  server: { kill(): Promise<void>; restart(): Promise<void> },
  downMs: number,
): Promise<void> {
  await server.kill();
  await sleep(downMs);
  await server.restart();
}

/** Fills a disk under load; frees it, and starts the server when it has died of it. */
async function fullDisk(
  { servers, app }: Scene,
  { server, ms }: Extract<Fault, { kind: 'full-disk' }>,
): Promise<void> {
  const { kafka, postgres, disks } = servers;
  if (disks === undefined) throw new Error('the servers are not on disks that can be filled');
  disks[server].fill();
  await sleep(ms / 2);
  // A log that needs another file: Postgres dies of that, while a table that cannot grow only fails a statement.
  if (server === 'postgres') await app.pool.query('SELECT pg_switch_wal()').catch(() => undefined);
  await sleep(ms / 2);
  disks[server].free();
  if (server === 'broker') return isAlive(kafka.pid) ? undefined : kafka.restart();
  await patiently(async () => {
    await postgres.start();
    await translating(() => app.pool.query('SELECT 1'));
  });
}

/** Members that come and go: half of them leave, half of them die. */
async function storm(scene: Scene, joins: number): Promise<void> {
  for (let i = 0; i < joins; i++) {
    const member = scene.start();
    scene.members.splice(scene.members.indexOf(member), 1);
    await member.running();
    await sleep(300);
    if (i % 2 === 0) member.kill();
    await member.retire();
  }
}

/** Sets stored positions back, as if batches had been read and their marks stored, but not where they end. */
async function rewind({ app, watch }: Scene, records: number): Promise<void> {
  watch.forget();
  await patiently(async () => {
    await app.pool.query(
      `UPDATE log.owners SET positions = (
         SELECT coalesce(json_object_agg(key, greatest(0, value::text::bigint - $1)), '{}') FROM json_each(positions::json)
       ) WHERE unit NOT LIKE '%#%'`,
      [records],
    );
  });
  watch.forget();
}

/** Somebody else's producer, on a topic that an operator lets have records of any size. */
async function poisoned(
  { servers, prefix }: Scene,
  topic: string,
  records: readonly NewRecord[],
): Promise<void> {
  const kafka = createKafka(kafkaSettings.parse({ brokers: servers.kafka.brokers }));
  const live = kafkaLive(kafka);
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await onKafka('poisoning', async () => {
      await live.setConfig(prefix + topic, 'max.message.bytes', String(2 * LARGE_BYTES));
      await producer.connect();
      for (const { key, value, headers, partition } of records) {
        const message = { key, value, headers, partition: partition! };
        await producer.send({ topic: prefix + topic, messages: [message] });
      }
    });
  } finally {
    await producer.disconnect().catch(() => undefined);
    await live.close();
  }
}

async function lastRecords(app: App, topic: string, count: number): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  const ends = await patiently(() => app.log.ends(topic));
  for (const [partition, end] of ends.entries()) {
    const from = Math.max(0, end - count);
    const limits = { maxRecords: count, maxBytes: 1 << 22 };
    const { records } = await patiently(() => app.log.read({ topic, partition }, from, limits));
    found.push(...records.filter((record) => !isPoison(record)));
  }
  return found;
}

function appended(app: App, records: readonly NewRecord[]): Promise<void> {
  return patiently(async () => {
    await app.log.append(records);
  });
}

/** How long a server may be away: recovery of a database on a busy machine takes a while. */
const PATIENCE_MS = 120_000;

/** Tries until servers that are away for a while are back. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      // What a connection says that breaks, or that is refused for now: also while Postgres recovers.
      const away = isRetryable(error) || (error instanceof Error && /terminat|ECONN/i.test(error.message));
      if (!away || Date.now() > until) throw error;
      await sleep(100);
    }
  }
}

/** The newer of each projection. */
function merged(one: Units, two: Units): Units {
  return {
    streams: one.streams,
    projections: one.projections.map((projection, i) =>
      two.projections[i]!.version > projection.version ? two.projections[i]! : projection,
    ),
  };
}
