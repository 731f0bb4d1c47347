/** Opens everything that commands need on one data directory or database, and closes it again. */
import { mkdir } from 'node:fs/promises';
import type { Pool } from 'pg';
import type { Codec } from '../../schemas/codec/codec.ts';
import { createCodec } from '../../schemas/codec/codec.ts';
import { topics } from '../../schemas/topics.ts';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import type { PipelineDeps, Units } from '../../projections/runtime/pipeline.ts';
import type { GenerationStore, ReadModels } from '../../projections/runtime/ports.ts';
import { systemClock } from '../../streams/runtime/clock.ts';
import type { Faults } from '../../streams/runtime/faults.ts';
import type {
  Archives,
  Blobs,
  EventLog,
  Membership,
  Reports,
  UploadIntake,
  WishIntake,
} from '../../streams/runtime/ports.ts';
import { partitionKeys } from '../../streams/runtime/partitioner.ts';
import { Signals } from '../../streams/runtime/signals.ts';
import { archiveReader } from '../archive/reader.ts';
import { csvReports } from '../csv/reports.ts';
import { importUnfinished, unfinishedImport } from '../postgres/arrival.ts';
import { openEmbedded } from '../postgres/embedded/embedded.ts';
import { prepareProjection } from '../postgres/generations.ts';
import type { LiveGeneration } from '../postgres/generations.ts';
import { createPool } from '../postgres/pool.ts';
import { postgresReadModels } from '../postgres/read-models.ts';
import { postgresGenerations } from '../postgres/rebuilds.ts';
import type { SubmissionDeps } from '../postgres/submissions.ts';
import { PostgresUnits } from '../postgres/units.ts';
import { postgresUploads } from '../postgres/uploads.ts';
import { postgresWishes } from '../postgres/wishes.ts';
import { embeddedBackbone } from './backbone.ts';
import type { Backbone, Partitions, SchemaIds } from './backbone.ts';
import { faultsFrom } from './faults.ts';
import type { Profile } from './profile.ts';
import { topicsOfEvents } from './topology.ts';
import { alsoTell, sinksOf, sourcesOf } from './sources.ts';
import { units } from './units.ts';

/** Where an app lives. */
export interface AppOptions {
  /** The data folder; in the kafka profile only for files on their way. */
  readonly dataDir: string;
  /** Absent: embedded. */
  readonly profile?: Profile;
  /** Of the embedded profile, when no `profile` is given: an existing Postgres; absent: the bundled one under dataDir. */
  readonly databaseUrl?: string;
  /** Name of a crash point and how often it may pass, for tests: `transaction.saved:2`. */
  readonly crashAt?: string;
  /** Most sessions of Postgres; 16 when absent. */
  readonly sessions?: number;
  /** Partitions of topics that do not exist yet, embedded. */
  readonly partitions?: Partitions;
  /** Opened to import: an import that was not finished does not matter. */
  readonly importing?: boolean;
}

/** Everything that is open. */
export interface App {
  readonly profile: Profile;
  readonly url: string;
  /** The units of this program, and the sources and sinks that the profile has. */
  readonly units: Units;
  readonly pool: Pool;
  readonly log: EventLog;
  readonly store: PostgresUnits;
  readonly codec: Codec;
  readonly schemaIds: SchemaIds;
  readonly blobs: Blobs;
  readonly archives: Archives;
  readonly reports: Reports;
  readonly uploads: UploadIntake;
  readonly wishes: WishIntake;
  /** How clients' requests get to the log, once each. */
  readonly submissions: SubmissionDeps;
  readonly readModels: ReadModels;
  readonly generations: GenerationStore;
  readonly signals: Signals;
  readonly faults: Faults;
  /** What is live per projection id; a version below the code's wants a rebuild. */
  readonly live: ReadonlyMap<string, LiveGeneration>;
  /** Projections whose tables are of newer code: this process does not run them. */
  readonly outdated: Set<string>;
  readonly membership: Membership;
  /** Says that this deployment is at work; BadInput DEPLOYMENT_TAKEN when another one has its topics. */
  readonly hold: () => Promise<void>;
  /** What units need to run. */
  readonly pipeline: PipelineDeps;
  close(): Promise<void>;
}

/** Of one batch. A usage event makes its decision read up to 16 days of its object: twice as many records take 200 MB more. */
const LIMITS = { maxRecords: 250, maxBytes: 8 * 1024 * 1024 };
const SESSIONS = 16;
const IDLE_IN_TRANSACTION_MS = 10_000;

/** Opens the app; what the database lacks is created. */
export async function openApp(options: AppOptions): Promise<App> {
  const profile: Profile = options.profile ?? {
    kind: 'embedded',
    ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
  };
  await mkdir(options.dataDir, { recursive: true, mode: 0o755 });
  const database =
    profile.databaseUrl === undefined
      ? await openEmbedded({ dataDir: options.dataDir })
      : { url: profile.databaseUrl, close: () => Promise.resolve() };
  const pool = createPool({
    url: database.url,
    applicationName: 'rightstream',
    max: options.sessions ?? SESSIONS,
    idleInTransactionMs:
      profile.kind === 'kafka' ? Math.max(2_000, profile.kafka.sessionTimeoutMs) : IDLE_IN_TRANSACTION_MS,
  });
  const faults = faultsFrom(options.crashAt);
  let backbone: Backbone | undefined;
  try {
    backbone =
      profile.kind === 'kafka'
        ? await (await import('./kafka-backbone.ts')).kafkaBackbone(pool, profile, options.dataDir, faults)
        : await embeddedBackbone(pool, database.url, options.dataDir, options.partitions);
    const unfinished = await unfinishedImport(pool);
    if (unfinished !== undefined && options.importing !== true) throw importUnfinished(unfinished);
    const live = new Map<string, LiveGeneration>();
    for (const projection of units.projections) {
      live.set(projection.id, await prepareProjection(pool, tableSetOf(projection)));
    }
    const topicOf = await topicsOfEvents();
    return assemble(profile, database, pool, backbone, faults, live, topicOf);
  } catch (error) {
    await backbone?.close();
    await pool.end();
    await database.close();
    throw error;
  }
}

function assemble(
  profile: Profile,
  database: { readonly url: string; close(): Promise<void> },
  pool: Pool,
  backbone: Backbone,
  faults: Faults,
  live: ReadonlyMap<string, LiveGeneration>,
  topicOf: ReadonlyMap<string, string>,
): App {
  const { log, blobs, publisher, outbox, relays, membership } = backbone;
  const codec = createCodec(backbone.registry);
  const store = new PostgresUnits(pool, publisher, faults);
  const archives = archiveReader({ blobs });
  const reports = csvReports({ archives });
  const signals = new Signals();
  const clock = systemClock;
  const submissions: SubmissionDeps = {
    pool,
    publisher,
    flush: ({ unit, partition }) => relays?.flush(unit, partition) ?? Promise.resolve(),
  };
  let partitions: number | undefined;
  const uploads = postgresUploads({
    submissions,
    partitions: async () => (partitions ??= (await log.ends(topics.intake)).length),
    blobs,
    codec,
    faults,
    now: () => clock.now(),
    alsoTell: alsoTell(profile),
  });
  const wishes = postgresWishes({
    submissions,
    partitions: async (topic) => (await log.ends(topic)).length,
    codec,
    now: () => clock.now(),
    onDecided: (wake) =>
      signals.on(({ kind }) => {
        if (kind === 'batch') wake();
      }),
  });
  const pipeline: PipelineDeps = {
    log,
    store,
    codec,
    clock,
    signals,
    faults,
    limits: LIMITS,
    pollMs: 2_000,
    tools: {
      archives,
      reports,
      partitionKeys: async (topic) => partitionKeys((await log.ends(topic)).length),
    },
    membership,
    ...(outbox === undefined ? {} : { outbox }),
    ...(relays === undefined ? {} : { relays }),
  };
  return {
    profile,
    url: database.url,
    units: {
      ...units,
      sources: sourcesOf(profile, { topicOf, uploads, now: () => clock.now() }),
      sinks: sinksOf(profile, { blobs, archives, links: backbone.links }),
    },
    pool,
    log,
    store,
    codec,
    schemaIds: backbone.schemaIds,
    blobs,
    archives,
    reports,
    uploads,
    wishes,
    submissions,
    readModels: postgresReadModels(pool, units.projections.map(tableSetOf)),
    generations: postgresGenerations(pool),
    signals,
    faults,
    live,
    outdated: new Set(),
    membership,
    hold: backbone.hold ?? (() => Promise.resolve()),
    pipeline,
    async close() {
      await backbone.close();
      await pool.end();
      await database.close();
    },
  };
}
