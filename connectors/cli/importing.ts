/** A folder into a place that is empty: records at the same offsets, then what units and clients are remembered by. */
import { join } from 'node:path';
import { projectionInputs, tableSetOf } from '../../projections/runtime/projection-work.ts';
import { Folding } from '../../projections/runtime/folding.ts';
import type { ProjectionDefinition } from '../../projections/runtime/define.ts';
import type { PositionVector, TableHash } from '../../projections/runtime/ports.ts';
import { eventSchemas } from '../../schemas/generated/events.ts';
import { BadInput, Fatal } from '../../streams/runtime/errors.ts';
import type { TableSet } from '../../streams/runtime/units.ts';
import { folderBlobs } from '../blobs/folder.ts';
import { beginImport, finishImport } from '../postgres/arrival.ts';
import type { RequestKey } from '../postgres/cut.ts';
import { blobFiles, countBlobs } from '../transfer/blob-files.ts';
import { bringPartition, notEmpty, valuesOf, verifyFile } from '../transfer/bringing.ts';
import type { Bringing } from '../transfer/bringing.ts';
import { damaged } from '../transfer/damage.ts';
import { recordRewriter } from '../transfer/dead-values.ts';
import type { FileEntry } from '../transfer/files.ts';
import { fileNames } from '../transfer/manifest.ts';
import type { Manifest, ReadManifest } from '../transfer/manifest.ts';
import { idRewriter } from '../transfer/schema-ids.ts';
import type { App } from './app.ts';
import { comparable, unitVersions } from './exporting.ts';
import type { OnStep } from './pace.ts';
import { whileNobodyRuns } from './running.ts';
import { units } from './units.ts';

/** A table that was built here, beside what it was where it comes from. */
export interface ImportedTable extends TableHash {
  /** False when it was not compared: the tables were of another version there. */
  readonly compared: boolean;
}

/** How an import ended. */
export interface ImportResult {
  readonly events: number;
  readonly blobs: number;
  /** It went on where an earlier one had stopped. */
  readonly resumed: boolean;
  readonly tables: readonly ImportedTable[];
}

/** Partitions that are filled at a time. */
const CONCURRENT = 4;

/** Partitions per topic, for a place that is made for this import. */
export function partitionsOf({ topics }: Manifest): ReadonlyMap<string, number> {
  return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
}

/** Imports into an app that was opened with `importing`. Nothing takes effect before everything was verified. */
export async function importFrom(
  app: App,
  folder: string,
  { manifest, digest }: ReadManifest,
  onStep: OnStep = () => undefined,
): Promise<ImportResult> {
  checkVersions(manifest);
  await verifyFiles(folder, manifest, onStep);
  return whileNobodyRuns(app, async () => {
    const same = await sameSchemas(app, manifest);
    const ends = await targetEnds(app, manifest);
    const begun = await beginIfEmpty(app, manifest, digest, ends);
    const blobs = await bringBlobs(app, folder, manifest, onStep);
    const isKnown = (id: number): Promise<boolean> => app.schemaIds.isKnown(id);
    const rewrite = recordRewriter(app.codec, idRewriter({ same, isKnown }), isKnown);
    const events = await bringEvents(app, folder, manifest, rewrite, onStep);
    const built: Built[] = [];
    for (const projection of units.projections) built.push(await build(app, projection, manifest, onStep));
    await finishImport(app.pool, {
      digest,
      units: manifest.units,
      submissions: manifest.submissions,
      keys: () => valuesOf(folder, fileNames.keys) as unknown as AsyncIterable<RequestKey>,
      tables: built,
    });
    return { events, blobs, resumed: begun === 'resumed', tables: built.flatMap(({ tables }) => tables) };
  });
}

/** Older code would not understand newer facts, nor fold them as they were folded. */
function checkVersions({ versions, projections }: Manifest): void {
  const ours = unitVersions();
  const there = [
    ...Object.entries(versions),
    ...projections.map(({ id, version }) => [id, version] as const),
  ];
  for (const [unit, version] of there) {
    if (version <= (ours[unit] ?? 0)) continue;
    throw new BadInput({
      code: 'CODE_OUTDATED',
      message: `the export is of ${unit} version ${version}, this program has ${ours[unit] ?? 'no such unit'}: import with the version of rightstream that exported, or a later one`,
    });
  }
}

async function verifyFiles(folder: string, manifest: Manifest, onStep: OnStep): Promise<void> {
  const files: [string, FileEntry][] = [[fileNames.keys, manifest.keys]];
  for (const { name, partitions } of manifest.topics)
    partitions.forEach((entry, p) => files.push([fileNames.partition(name, p), entry]));
  const total = files.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  let done = 0;
  for (const [name, entry] of files) {
    await verifyFile(folder, name, entry);
    onStep({ doing: 'checking files', done: (done += entry.bytes), total, unit: 'bytes' });
  }
  if (manifest.blobs === null) return;
  const { files: found, bytes } = await countBlobs(folder);
  if (found !== manifest.blobs.files || bytes !== manifest.blobs.bytes) {
    const { files: wanted, bytes: size } = manifest.blobs;
    throw damaged(fileNames.blobFolder, `${found} files of ${bytes} bytes instead of ${wanted} of ${size}`);
  }
}

/** Ids here by ids there. An event's schema that is not registered: BadInput SCHEMA_NOT_REGISTERED. */
async function sameSchemas(app: App, { schemas }: Manifest): Promise<ReadonlyMap<number, number>> {
  const ours = new Set<string>(Object.values(eventSchemas).map(({ fullName }) => fullName));
  const same = new Map<number, number>();
  const missing: string[] = [];
  for (const { id, name: fullName, avro, fingerprint } of schemas) {
    // What is no event of ours, no unit could read: it needs no schema here either.
    if (!ours.has(fullName)) continue;
    const found = await app.schemaIds.find({ fullName, avro });
    if (found === undefined) missing.push(`${fullName} (fingerprint ${fingerprint.slice(0, 12)}…)`);
    else same.set(id, found);
  }
  if (missing.length === 0) return same;
  throw new BadInput({
    code: 'SCHEMA_NOT_REGISTERED',
    message: `the registry of the target lacks ${missing.join(', ')}: run \`rightstream plan\`, then \`rightstream apply\``,
  });
}

type Ends = ReadonlyMap<string, readonly number[]>;

/** Ends of the topics that are to be filled; other partition counts: BadInput PARTITIONS_DIFFER. */
async function targetEnds(app: App, { topics }: Manifest): Promise<Ends> {
  const ends = new Map<string, readonly number[]>();
  const wrong: string[] = [];
  for (const { name, partitions } of topics) {
    const found = await app.log.ends(name);
    if (found.length !== partitions.length)
      wrong.push(`${name} has ${found.length} instead of ${partitions.length}`);
    ends.set(name, found);
  }
  if (wrong.length === 0) return ends;
  throw new BadInput({
    code: 'PARTITIONS_DIFFER',
    message: `topics of the target have other partition counts: ${wrong.join(', ')}. Keys would move to other partitions and positions mean nothing: make the topics anew with the counts of the source (in topology.yaml, then \`rightstream apply\`; embedded: name a new data folder)`,
  });
}

/** An import that goes on finds a part of its own records; any other wants none. */
async function beginIfEmpty(
  app: App,
  manifest: Manifest,
  digest: string,
  ends: Ends,
): Promise<'new' | 'resumed'> {
  const { rows } = await app.pool.query<{ digest: string }>(
    'SELECT digest FROM log.imports WHERE digest = $1 AND finished_at IS NULL',
    [digest],
  );
  for (const { name: topic, partitions } of manifest.topics) {
    for (const [partition, end] of ends.get(topic)!.entries()) {
      const most = rows.length === 0 ? 0 : partitions[partition]!.lines;
      if (end > most) throw notEmpty({ topic, partition }, end);
    }
  }
  return beginImport(app.pool, digest);
}

async function bringBlobs(app: App, folder: string, manifest: Manifest, onStep: OnStep): Promise<number> {
  const total = manifest.blobs?.files ?? 0;
  if (total === 0) return 0;
  const source = folderBlobs(join(folder, fileNames.blobFolder));
  let done = 0;
  for await (const { org, digest, size } of blobFiles(folder)) {
    // Reading checks the digest: what is damaged is refused at its end, and nothing is left behind.
    await app.blobs.put(org, source.get(org, digest), size);
    onStep({ doing: 'uploaded files', done: (done += 1), total, unit: 'files' });
  }
  return done;
}

async function bringEvents(
  app: App,
  folder: string,
  { topics }: Manifest,
  rewrite: Bringing['rewrite'],
  onStep: OnStep,
): Promise<number> {
  const waiting = topics.flatMap(({ name, partitions }) =>
    partitions.map(({ lines }, partition) => ({ at: { topic: name, partition }, end: lines })),
  );
  const total = waiting.reduce((sum, { end }) => sum + end, 0);
  let done = 0;
  const brought = (records: number): void => {
    onStep({ doing: 'events', done: (done += records), total, unit: 'events' });
  };
  const bringing = { log: app.log, folder, rewrite, brought };
  const workers = Array.from({ length: CONCURRENT }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await bringPartition(bringing, next.at, next.end);
  });
  // All settle, so that nothing is appended behind the back of the caller.
  const failed = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return total;
}

interface Built {
  readonly set: TableSet;
  readonly generation: number;
  readonly tables: readonly ImportedTable[];
}

/** Builds the tables of a projection up to its positions; other bytes than where they come from: Fatal TABLES_DIFFER. */
async function build(
  app: App,
  projection: ProjectionDefinition,
  manifest: Manifest,
  onStep: OnStep,
): Promise<Built> {
  const set = tableSetOf(projection);
  const generation = await app.generations.create(set);
  const folding = new Folding(projection, { ...set, generation }, app.pipeline);
  const positions = positionsOf(manifest, projection);
  const off = app.signals.on((signal) => {
    if (signal.kind !== 'rebuild' || signal.unit !== projection.id) return;
    onStep({ doing: `tables of ${projection.id}`, ...signal, unit: 'events' });
  });
  try {
    await folding.claim((await app.log.ends(projection.from[0]!)).keys());
    await folding.to(positions);
    await folding.ownBehind(positions);
  } finally {
    off();
  }
  const there = new Map(
    manifest.projections
      .find(({ id, version }) => id === projection.id && version === projection.version)
      ?.tables.map(({ table, sha256 }) => [table, sha256]),
  );
  const built = await app.generations.hashes(comparable(set), generation);
  const wrong = built.filter(({ table, sha256 }) => there.has(table) && there.get(table) !== sha256);
  if (wrong.length > 0) {
    throw new Fatal({
      code: 'TABLES_DIFFER',
      message: `${wrong.map(({ table }) => table).join(', ')} would not be what they were where the export comes from: nothing was made live. \`rightstream replay ${projection.id} --verify\` there says whether its tables follow from its log`,
    });
  }
  return { set, generation, tables: built.map((one) => ({ ...one, compared: there.has(one.table) })) };
}

function positionsOf({ units: states }: Manifest, projection: ProjectionDefinition): PositionVector {
  const inputs = new Set(projectionInputs(projection));
  return new Map(
    states
      .filter(({ unit }) => unit === projection.id)
      .map(({ partition, positions }) => [
        partition,
        Object.fromEntries(Object.entries(positions).filter(([topic]) => inputs.has(topic))),
      ]),
  );
}
