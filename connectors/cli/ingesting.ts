/** Brings files in and waits until what follows from them can be read. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipelineLag, unitInputs } from '../../projections/runtime/pipeline.ts';
import { BadInput, Fatal } from '../../streams/runtime/errors.ts';
import type { App } from './app.ts';
import { tryRun } from './running.ts';
import type { Running } from './running.ts';
import { units } from './units.ts';

/** Where files belong. */
export interface IngestOptions {
  readonly org: string;
  readonly sourceId?: string;
  readonly clusterId?: string;
  readonly clusterAlias?: string;
  /** Told of bytes stored and rows of the log still to take. */
  readonly onProgress?: (progress: { file: string; bytes: number; size: number; waiting: number }) => void;
}

/** What became of one file, as scripts read it. */
export interface FileOutcome {
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly code?: string;
  readonly message?: string;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly superseded: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly groups: number;
  readonly workloads: number;
}

/** What became of one upload. */
export interface UploadOutcome {
  readonly upload_id: string;
  readonly status: string;
  readonly code?: string;
  readonly message?: string;
  readonly files: readonly FileOutcome[];
}

/** Largest file that the command line takes, bytes. */
const MAX_BYTES = 16 * 1024 ** 3;
const final = new Set(['accepted', 'partly-rejected', 'rejected', 'duplicate']);

/** Ingests one file and waits until it is readable. Units run in this process unless another process runs them. */
export async function ingestFile(app: App, path: string, options: IngestOptions): Promise<UploadOutcome> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) {
    throw new BadInput({
      code: 'FILE_NOT_FOUND',
      message: `${path} is not a readable file: give a tar.gz payload or a CSV report`,
    });
  }
  const file = basename(path);
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      bytes += (chunk as Buffer).length;
      options.onProgress?.({ file, bytes, size: found!.size, waiting: 0 });
      yield chunk as Buffer;
    }
  }
  const { uploadId } = await app.uploads.accept({
    org: options.org,
    account: null,
    requestId: null,
    filename: file,
    mediaType: 'application/octet-stream',
    channel: 'cli',
    ...(options.sourceId === undefined ? {} : { sourceId: options.sourceId }),
    ...(options.clusterId === undefined ? {} : { clusterId: options.clusterId }),
    ...(options.clusterAlias === undefined ? {} : { clusterAlias: options.clusterAlias }),
    bytes: counted(),
    maxBytes: MAX_BYTES,
  });
  await untilReadable(app, options, uploadId, (waiting) => {
    options.onProgress?.({ file, bytes, size: found.size, waiting });
  });
  return uploadOutcome(app, options.org, uploadId);
}

async function untilReadable(
  app: App,
  { org }: IngestOptions,
  upload: string,
  onWaiting: (records: number) => void,
): Promise<void> {
  const inputs = unitInputs(units);
  let running: Running | undefined;
  let failure: unknown;
  try {
    for (;;) {
      running ??= await tryRun(app);
      running?.failed.catch((error: unknown) => (failure = error));
      if (failure !== undefined) throw failure as Error;
      const lags = await pipelineLag(inputs, app.log, app.store);
      const waiting = lags.reduce((sum, { lag }) => sum + lag, 0);
      onWaiting(waiting);
      const status = await uploadStatus(app, org, upload);
      if (waiting === 0 && (status === undefined || !final.has(status))) await notProcessed(app, upload);
      if (status !== undefined && final.has(status)) {
        await passed(app, 'recommendations', 'usage');
        return;
      }
      await app.pipeline.clock.sleep(25);
    }
  } finally {
    await running?.stop();
  }
}

/** Waits until a unit has taken everything that is in a topic now. */
async function passed(app: App, unit: string, topic: string): Promise<void> {
  const ends = await app.log.ends(topic);
  for (;;) {
    const positions = await app.store.positions(unit);
    if (ends.every((end, p) => (positions.get(p)?.[topic] ?? 0) >= end)) return;
    await app.pipeline.clock.sleep(25);
  }
}

async function uploadStatus(app: App, org: string, upload: string): Promise<string | undefined> {
  const where = [{ column: 'upload_id', op: 'eq', value: upload } as const];
  const rows = await app.readModels.select({ table: 'uploads', org, columns: ['status'], where, limit: 1 });
  return rows[0]?.['status'] as string | undefined;
}

/** Everything is taken and the upload is still open: something of it was set aside. One more look guards against a race. */
async function notProcessed(app: App, upload: string): Promise<void> {
  const lags = await pipelineLag(unitInputs(units), app.log, app.store);
  if (lags.some(({ lag }) => lag > 0)) return;
  const { rows } = await app.pool.query<{ unit: string; code: string; message: string }>(
    'SELECT unit, code, message FROM public.dead_letters WHERE event_id = $1 OR headers::text LIKE $2 ORDER BY died_at DESC LIMIT 1',
    [upload, `%${upload}%`],
  );
  const dead = rows[0];
  if (dead === undefined) return;
  throw new Fatal({
    code: dead.code,
    message: `${dead.unit} set an event of upload ${upload} aside: ${dead.message}. See rightstream dead-letters list.`,
  });
}

/** What became of an upload, from the read models. */
export async function uploadOutcome(app: App, org: string, upload: string): Promise<UploadOutcome> {
  const where = [{ column: 'upload_id', op: 'eq', value: upload } as const];
  const [row] = await app.readModels.select({ table: 'uploads', org, where, limit: 1 });
  const files = await app.readModels.select({ table: 'upload_files', org, where, limit: 10_000 });
  return {
    upload_id: upload,
    status: String(row?.['status']),
    ...reason(row ?? {}),
    files: await Promise.all(
      files.map(async (file) => ({
        name: String(file['name']),
        kind: String(file['kind']),
        status: String(file['status']),
        ...reason(file),
        rows: Number(file['rows']),
        accepted: Number(file['accepted']),
        rejected: Number(file['rejected']),
        superseded: await supersededRows(app, org, String(row?.['cluster_id']), String(file['digest'])),
        reasons: file['reasons'] as Record<string, number>,
        groups: Number(file['groups']),
        workloads: Number(file['workloads']),
      })),
    ),
  };
}

function reason(row: Readonly<Record<string, unknown>>): { code?: string; message?: string } {
  const { code, message } = row;
  return {
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}

async function supersededRows(app: App, org: string, cluster: string, digest: string): Promise<number> {
  const { rows } = await app.pool.query<{ n: number }>(
    'SELECT coalesce(sum(rows), 0)::float8 AS n FROM public.superseded_rows WHERE org_id = $1 AND cluster_id = $2 AND digest = $3',
    [org, cluster, digest],
  );
  return rows[0]!.n;
}

/** 0 when all is accepted or known, 3 when some rows or files were rejected, 2 when nothing was accepted. */
export function exitCodeOf(outcomes: readonly UploadOutcome[]): number {
  const statuses = new Set(outcomes.map((outcome) => outcome.status));
  if (!statuses.has('rejected') && !statuses.has('partly-rejected')) return 0;
  return statuses.size === 1 && statuses.has('rejected') ? 2 : 3;
}
