/** Opens everything that commands need on one data directory or database, and closes it again. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Codec } from '../../schemas/codec/codec.ts';
import { createCodec } from '../../schemas/codec/codec.ts';
import { localRegistry } from '../../schemas/codec/registry.ts';
import { topics } from '../../schemas/topics.ts';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import type { PipelineDeps } from '../../projections/runtime/pipeline.ts';
import type { GenerationStore, ReadModels } from '../../projections/runtime/ports.ts';
import { systemClock } from '../../streams/runtime/clock.ts';
import type { Faults } from '../../streams/runtime/faults.ts';
import type { Archives, Blobs, Reports, UploadIntake } from '../../streams/runtime/ports.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import { Signals } from '../../streams/runtime/signals.ts';
import { archiveReader } from '../archive/reader.ts';
import { folderBlobs } from '../blobs/folder.ts';
import { csvReports } from '../csv/reports.ts';
import { openEmbedded } from '../postgres/embedded/embedded.ts';
import { prepareProjection } from '../postgres/generations.ts';
import type { LiveGeneration } from '../postgres/generations.ts';
import { PostgresLog } from '../postgres/log.ts';
import { createClient, createPool } from '../postgres/pool.ts';
import { postgresReadModels } from '../postgres/read-models.ts';
import { postgresGenerations } from '../postgres/rebuilds.ts';
import { PostgresUnits } from '../postgres/units.ts';
import { postgresUploads } from '../postgres/uploads.ts';
import { faultsFrom } from './faults.ts';
import { units } from './units.ts';

/** Where an app lives. */
export interface AppOptions {
  readonly dataDir: string;
  /** An existing Postgres; absent: the bundled one under dataDir. */
  readonly databaseUrl?: string;
  /** Name of a crash point and how often it may pass, for tests: `transaction.saved:2`. */
  readonly crashAt?: string;
  /** Partitions of topics that do not exist yet. */
  readonly partitions?: number;
}

/** Everything that is open. */
export interface App {
  readonly url: string;
  readonly pool: Pool;
  readonly log: PostgresLog;
  readonly store: PostgresUnits;
  readonly codec: Codec;
  readonly blobs: Blobs;
  readonly archives: Archives;
  readonly reports: Reports;
  readonly uploads: UploadIntake;
  readonly readModels: ReadModels;
  readonly generations: GenerationStore;
  readonly signals: Signals;
  readonly faults: Faults;
  /** What is live per projection id; a version below the code's wants a rebuild. */
  readonly live: ReadonlyMap<string, LiveGeneration>;
  /** What units need to run. */
  readonly pipeline: PipelineDeps;
  close(): Promise<void>;
}

const PARTITIONS = 4;
const LIMITS = { maxRecords: 500, maxBytes: 8 * 1024 * 1024 };

/** Opens the app; what the database lacks is created. */
export async function openApp(options: AppOptions): Promise<App> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o755 });
  const database =
    options.databaseUrl === undefined
      ? await openEmbedded({ dataDir: options.dataDir })
      : { url: options.databaseUrl, close: () => Promise.resolve() };
  const pool = createPool({ url: database.url, applicationName: 'rightstream', max: 12 });
  const log = new PostgresLog(pool);
  try {
    await log.prepare();
    await log.listen(createClient(database.url, 'rightstream'));
    await createTopics(log, options.partitions ?? PARTITIONS);
    const live = new Map<string, LiveGeneration>();
    for (const projection of units.projections) {
      live.set(projection.id, await prepareProjection(pool, tableSetOf(projection)));
    }
    return assemble(options, database, pool, log, live);
  } catch (error) {
    await log.close();
    await pool.end();
    await database.close();
    throw error;
  }
}

async function createTopics(log: PostgresLog, partitions: number): Promise<void> {
  const existing = await log.topics();
  const known = new Set(existing.map((topic) => topic.name));
  // Inputs of one unit share their partition count: a topic that is added later follows the others.
  const count = existing[0]?.partitions ?? partitions;
  const wanted = [
    ...Object.values(topics),
    ...[...units.streams, ...units.projections].map((unit) => retryTopic(unit.id)),
  ];
  for (const name of wanted) {
    if (!known.has(name)) await log.createTopic({ name, partitions: count });
  }
}

function assemble(
  options: AppOptions,
  database: { readonly url: string; close(): Promise<void> },
  pool: Pool,
  log: PostgresLog,
  live: ReadonlyMap<string, LiveGeneration>,
): App {
  const faults = faultsFrom(options.crashAt);
  const codec = createCodec(localRegistry());
  const store = new PostgresUnits(pool, log, faults);
  const blobs = folderBlobs(join(options.dataDir, 'blobs'));
  const archives = archiveReader({ blobs });
  const reports = csvReports({ archives });
  const signals = new Signals();
  const clock = systemClock;
  const uploads = postgresUploads({ pool, log, blobs, codec, faults, now: () => clock.now() });
  const pipeline: PipelineDeps = {
    log,
    store,
    codec,
    clock,
    signals,
    faults,
    limits: LIMITS,
    pollMs: 2_000,
    tools: { archives, reports },
  };
  return {
    url: database.url,
    pool,
    log,
    store,
    codec,
    blobs,
    archives,
    reports,
    uploads,
    readModels: postgresReadModels(pool, units.projections.map(tableSetOf)),
    generations: postgresGenerations(pool),
    signals,
    faults,
    live,
    pipeline,
    async close() {
      await log.close();
      await pool.end();
      await database.close();
    },
  };
}
