/** What an exported folder holds: written last, so that a folder without it is an export that was not finished. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalForm } from '../../schemas/codec/avro.ts';
import { BadInput, codeOf } from '../../streams/runtime/errors.ts';
import { damaged } from './damage.ts';

/** Version of the format; another one is refused. */
export const FORMAT = 1;

const offsets = z.record(z.string(), z.int().min(0));
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const file = z.strictObject({ lines: z.int().min(0), bytes: z.int().min(0), sha256 });

/** The manifest. */
export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  made_at: z.iso.datetime().describe('The moment of the cut.'),
  profile: z.enum(['embedded', 'kafka']).describe('Where it comes from.'),
  topics: z.array(
    z.strictObject({
      name: z.string().regex(/^[\w.-]{1,200}$/),
      partitions: z.array(file).min(1).describe('Lines are records: their number is the end.'),
    }),
  ),
  schemas: z.array(
    z.strictObject({
      id: z.int().min(0).describe('In the records of this folder.'),
      name: z.string(),
      fingerprint: sha256.describe('Of the canonical form.'),
      avro: z.string(),
    }),
  ),
  units: z.array(
    z.strictObject({
      unit: z.string(),
      partition: z.int().min(0),
      epoch: z.int().min(0),
      positions: offsets,
      marks: z.record(z.string(), z.string()),
    }),
  ),
  submissions: z.array(
    z.strictObject({ sender: z.string(), partition: z.int().min(0), next_seq: z.int().min(0) }),
  ),
  versions: z.record(z.string(), z.int().min(1)).describe('Of the code of each unit.'),
  projections: z.array(
    z.strictObject({
      id: z.string(),
      version: z.int().min(1).describe('Of the tables.'),
      tables: z
        .array(z.strictObject({ table: z.string(), rows: z.int().min(0), sha256 }))
        .describe('Their hashes at the positions above; empty when the code had another version.'),
    }),
  ),
  keys: file.describe('Request ids of clients and the answers they got.'),
  blobs: z
    .strictObject({ files: z.int().min(0), bytes: z.int().min(0) })
    .nullable()
    .describe('Uploaded files in the folder; null: left out.'),
  missing_blobs: z.int().min(0).describe('Uploaded files that were gone already.'),
});

/** The manifest, as it is read. */
export type Manifest = z.output<typeof manifestSchema>;

/** Names of the files; names of topics hold nothing that a path would mind. */
export const fileNames = {
  manifest: 'manifest.json',
  keys: 'request-ids.jsonl.gz',
  blobFolder: 'blobs',
  partition: (topic: string, partition: number) => `topics/${topic}/${partition}.jsonl.gz`,
};

/** sha256 of what decides how bytes are read: schemas with one fingerprint are the same, whatever their ids and docs. */
export function fingerprint(avro: string): string {
  return createHash('sha256').update(canonicalForm(avro)).digest('hex');
}

/** Makes the folder; one that holds anything is BadInput FOLDER_NOT_EMPTY. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    throw new BadInput({
      code: 'FOLDER_NOT_USABLE',
      message: `${folder} cannot be used (${codeOf(error)}): name another folder`,
    });
  }
  throw new BadInput({
    code: 'FOLDER_NOT_EMPTY',
    message: `${folder} holds something already: export into a new folder`,
  });
}

/** Writes the manifest, durable and at once. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const text = JSON.stringify(manifest, null, 2);
  const unfinished = join(folder, `.${fileNames.manifest}`);
  const handle = await open(unfinished, 'wx');
  try {
    await handle.writeFile(`${text.slice(0, -2)},\n  "sha256": "${digestOf(manifest)}"\n}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, join(folder, fileNames.manifest));
}

/** A manifest and its digest, by which an import is known. */
export interface ReadManifest {
  readonly manifest: Manifest;
  readonly digest: string;
}

/** Reads and checks a manifest. Throws BadInput MANIFEST_MISSING, FORMAT_UNKNOWN or FILE_DAMAGED. */
export async function readManifest(folder: string): Promise<ReadManifest> {
  const name = fileNames.manifest;
  const text = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
    throw new BadInput({
      code: 'MANIFEST_MISSING',
      message: `${folder} has no ${name} (${codeOf(error)}): it is no export, or one that was not finished`,
    });
  });
  let json: Record<string, unknown>;
  try {
    json = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    throw damaged(name, 'it is no JSON object');
  }
  const { sha256: digest, ...rest } = json;
  if (rest['format'] !== FORMAT) {
    throw new BadInput({
      code: 'FORMAT_UNKNOWN',
      message: `the folder has format ${JSON.stringify(rest['format'] ?? null)}, this version reads ${FORMAT}: use the version of rightstream that wrote it, or a later one`,
    });
  }
  const result = manifestSchema.safeParse(rest);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw damaged(name, `${path.join('.')}: ${message}`);
  }
  if (digestOf(result.data) !== digest) throw damaged(name, 'its sha256 does not fit');
  checkPositions(result.data);
  return { manifest: result.data, digest: digest as string };
}

/** A position beyond what is there could never be reached. */
function checkPositions({ topics, units }: Manifest): void {
  const ends = new Map(topics.map(({ name, partitions }) => [name, partitions]));
  for (const { unit, partition, positions } of units) {
    for (const [topic, at] of Object.entries(positions)) {
      const end = ends.get(topic)?.[partition]?.lines;
      if (end !== undefined && at > end)
        throw damaged(
          fileNames.manifest,
          `${unit}/${partition} is at ${at} of ${topic}, which ends at ${end}`,
        );
    }
  }
}

function digestOf(manifest: Manifest): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(manifest)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
