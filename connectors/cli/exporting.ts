/** A place into a folder: topics, what units and clients are remembered by, and the uploaded files. */
import { join } from 'node:path';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import { CodecError } from '../../schemas/codec/errors.ts';
import { topics as topicNames } from '../../schemas/topics.ts';
import { codeOf } from '../../streams/runtime/errors.ts';
import type { Blobs, LogRecord } from '../../streams/runtime/ports.ts';
import { folderBlobs } from '../blobs/folder.ts';
import { withCut } from '../postgres/cut.ts';
import type { TableSet } from '../../streams/runtime/units.ts';
import { countBlobs } from '../transfer/blob-files.ts';
import { carriedBytes } from '../transfer/dead-values.ts';
import { writeLines } from '../transfer/files.ts';
import { lineOf } from '../transfer/lines.ts';
import { FORMAT, fileNames, fingerprint, makeFolder, writeManifest } from '../transfer/manifest.ts';
import type { Manifest } from '../transfer/manifest.ts';
import { takeTopic } from '../transfer/taking.ts';
import type { App } from './app.ts';
import { allTopics } from './backbone.ts';
import type { OnStep } from './pace.ts';
import { units } from './units.ts';

/** How to export. */
export interface ExportOptions {
  /** The uploaded files, too. */
  readonly blobs: boolean;
  readonly onStep?: OnStep;
}

type Remembered = Pick<Manifest, 'made_at' | 'units' | 'submissions' | 'projections' | 'keys'>;

/** Writes everything as of one moment into a new folder; the place may go on working. */
export async function exportTo(app: App, folder: string, options: ExportOptions): Promise<Manifest> {
  await makeFolder(folder);
  const onStep = options.onStep ?? (() => undefined);
  const { ends, ...remembered } = await remember(app, folder);
  const total = [...ends.values()].flat().reduce((sum, end) => sum + end, 0);
  const schemas = new Schemas(app);
  const blobs = new BlobCopies(app, folder, options.blobs);
  let done = 0;
  const topics: Manifest['topics'] = [];
  for (const [name, partitions] of ends) {
    const seen = async (record: LogRecord): Promise<void> => {
      schemas.see(record);
      if (name === topicNames.intake) await blobs.see(record);
      onStep({ doing: 'events', done: (done += 1), total, unit: 'events' });
    };
    topics.push({ name, partitions: await takeTopic(app.log, folder, name, partitions, seen) });
  }
  const manifest: Manifest = {
    format: FORMAT,
    profile: app.profile.kind,
    ...remembered,
    versions: unitVersions(),
    topics,
    schemas: schemas.list(),
    ...(await blobs.finish()),
  };
  await writeManifest(folder, manifest);
  return manifest;
}

/** The columns that are the same at every place. */
export function comparable(set: TableSet): TableSet {
  const tables = Object.entries(set.tables).map(([name, table]) => {
    const columns = Object.entries(table.columns).filter(([column]) => !carriedBytes[name]?.includes(column));
    return [name, { ...table, columns: Object.fromEntries(columns) }] as const;
  });
  return { ...set, tables: Object.fromEntries(tables) };
}

/** Versions of the units of this code. */
export function unitVersions(): Record<string, number> {
  return Object.fromEntries([...units.streams, ...units.projections].map(({ id, version }) => [id, version]));
}

async function remember(
  app: App,
  folder: string,
): Promise<Remembered & { readonly ends: ReadonlyMap<string, readonly number[]> }> {
  return withCut(
    app.pool,
    async () => {
      await flushAll(app);
      const ends = new Map<string, readonly number[]>();
      for (const topic of allTopics()) ends.set(topic, await app.log.ends(topic));
      return ends;
    },
    async (cut, ends) => {
      const projections: Manifest['projections'] = [];
      for (const projection of units.projections) {
        const set = tableSetOf(projection);
        const version = (await cut.live(projection.id))?.version ?? projection.version;
        projections.push({ id: projection.id, version, tables: [...(await cut.hashes(comparable(set)))] });
      }
      const lines = async function* (): AsyncGenerator<Buffer> {
        for await (const key of cut.keys()) yield lineOf(key);
      };
      return {
        ends,
        made_at: new Date(app.pipeline.clock.now()).toISOString(),
        // Of topics of others nothing is exported: where these are read again, request ids tell what is known.
        units: cut.units.map(({ positions, ...unit }) => ({
          ...unit,
          positions: Object.fromEntries(Object.entries(positions).filter(([topic]) => ends.has(topic))),
        })),
        submissions: [...cut.submissions],
        projections,
        keys: await writeLines(folder, fileNames.keys, lines()),
      };
    },
  );
}

/** Nobody emits meanwhile: what waits in the outbox now is all. */
async function flushAll({ pipeline: { outbox, relays } }: App): Promise<void> {
  for (const { unit, partition } of (await outbox?.waiting(Infinity)) ?? [])
    await relays?.flush(unit, partition);
}

/** Schemas that records name; an id without a schema is a record that no unit can read, and stays so. */
class Schemas {
  readonly #app: App;
  readonly #found = new Map<number, Manifest['schemas'][number]>();

  constructor(app: App) {
    this.#app = app;
  }

  see({ value }: LogRecord): void {
    if (value === null || value.length < 5 || value[0] !== 0) return;
    const id = value.readUInt32BE(1);
    if (this.#found.has(id)) return;
    const schema = this.#app.schemaIds.schemaOf(id);
    if (schema === undefined) return;
    const { fullName: name, avro } = schema;
    this.#found.set(id, { id, name, fingerprint: fingerprint(avro), avro });
  }

  list(): Manifest['schemas'] {
    return [...this.#found.values()].sort((a, b) => a.id - b.id);
  }
}

/** A blob that an event names. */
interface NamedBlob {
  readonly org: string;
  readonly digest: string;
  readonly size: number;
}

/** Blobs that are remembered as copied, so that a file that was uploaded twice is read once. */
const REMEMBERED = 10_000;

/** Copies blobs as events name them. One that is gone already is counted: the copy lacks what the place lacks. */
class BlobCopies {
  readonly #app: App;
  readonly #folder: string;
  readonly #target: Blobs | undefined;
  readonly #done = new Set<string>();
  #missing = 0;

  constructor(app: App, folder: string, wanted: boolean) {
    this.#app = app;
    this.#folder = folder;
    this.#target = wanted ? folderBlobs(join(folder, fileNames.blobFolder)) : undefined;
  }

  async see(record: LogRecord): Promise<void> {
    const blob = this.#target && this.#named(record);
    if (blob === undefined) return;
    const name = `${blob.org}/${blob.digest}`;
    if (this.#done.has(name)) return;
    if (this.#done.size >= REMEMBERED) this.#done.clear();
    this.#done.add(name);
    try {
      await this.#target?.put(blob.org, this.#app.blobs.get(blob.org, blob.digest), blob.size);
    } catch (error) {
      if (codeOf(error) !== 'BLOB_MISSING') throw error;
      this.#missing += 1;
    }
  }

  async finish(): Promise<Pick<Manifest, 'blobs' | 'missing_blobs'>> {
    const blobs = this.#target === undefined ? null : await countBlobs(this.#folder);
    return { blobs, missing_blobs: this.#missing };
  }

  #named(record: LogRecord): NamedBlob | undefined {
    if (record.headers['event-type'] !== 'UploadReceived' || record.value === null) return undefined;
    try {
      const decoded = this.#app.codec.decode(record.value);
      if (decoded.type !== 'UploadReceived') return undefined;
      const { org_id: org, digest, size } = decoded.data;
      return { org, digest, size };
    } catch (error) {
      if (error instanceof CodecError) return undefined;
      throw error;
    }
  }
}
