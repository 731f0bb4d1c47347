/** Brings files in and waits until what follows from them can be read. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipelineLag, unitInputs } from '../../projections/runtime/pipeline.ts';
import { topics } from '../../schemas/topics.ts';
import { BadInput, Fatal } from '../../streams/runtime/errors.ts';
import type { UploadAnswer } from '../../streams/runtime/ports.ts';
import type { App } from './app.ts';
import { tryRun } from './running.ts';
import type { Running } from './running.ts';
import { hasPassed } from './standing.ts';

/** Where files belong. */
export interface IngestOptions {
  readonly org: string;
  readonly sourceId?: string;
  readonly clusterId?: string;
  readonly clusterAlias?: string;
  /** Embedded: the data folder, for a second thread where one pays. */
  readonly helperDir?: string;
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
/** A file from which on a second thread has done more than its start costs, bytes. */
const LARGE_BYTES = 32 * 1024 ** 2;
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
  const answer = await app.uploads.accept({
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
  const { org, helperDir } = options;
  const inTwo = helperDir !== undefined && found.size >= LARGE_BYTES ? { helperDir } : {};
  await untilReadable(app, { org, ...inTwo }, answer, (waiting) => {
    options.onProgress?.({ file, bytes, size: found.size, waiting });
  });
  return uploadOutcome(app, options.org, answer.uploadId);
}

/** How often a process that waits for another one looks whether that one is still there, ms. */
const TAKE_OVER_MS = 1_000;

/** Waits until the upload has its final status and the recommendations have taken everything that was in the log then. */
async function untilReadable(
  app: App,
  { org, helperDir }: Pick<IngestOptions, 'org' | 'helperDir'>,
  answer: UploadAnswer,
  onWaiting: (records: number) => void,
): Promise<void> {
  const inputs = unitInputs(app.units);
  const { clock } = app.pipeline;
  let running: Running | undefined;
  let looked = -Infinity;
  let failure: unknown;
  let ends: readonly number[] | undefined;
  try {
    for (;;) {
      if (running === undefined && clock.now() - looked >= TAKE_OVER_MS) {
        looked = clock.now();
        const inTwo = helperDir === undefined ? {} : { helperDir };
        running = await tryRun(app, app.units, { alone: true, ...inTwo });
        running?.failed.catch((error: unknown) => (failure = error));
      }
      if (failure !== undefined) throw failure as Error;
      const lags = await pipelineLag(inputs, app.pipeline);
      const waiting = lags.reduce((sum, { lag }) => sum + lag, 0);
      onWaiting(waiting);
      const status = await uploadStatus(app, org, answer.uploadId);
      if (status !== undefined && final.has(status)) {
        ends ??= await app.log.ends(topics.usage);
        if (await hasPassed(app, 'recommendations', topics.usage, ends)) return;
      } else if (waiting === 0) throw await notProcessed(app, answer);
      await clock.sleep(25);
    }
  } finally {
    await running?.stop();
  }
}

async function uploadStatus(app: App, org: string, upload: string): Promise<string | undefined> {
  const where = [{ column: 'upload_id', op: 'eq', value: upload } as const];
  const rows = await app.readModels.select({ table: 'uploads', org, columns: ['status'], where, limit: 1 });
  return rows[0]?.['status'] as string | undefined;
}

/** Everything is taken and the upload is still open: something that follows from it was set aside. */
async function notProcessed(app: App, { uploadId, requestId }: UploadAnswer): Promise<Fatal> {
  const { rows } = await app.pool.query<{ unit: string; code: string; message: string }>(
    `SELECT unit, code, message FROM public.dead_letters
     WHERE event_id = $1 OR headers ->> 'request-id' = $2 ORDER BY died_at DESC LIMIT 1`,
    [uploadId, requestId],
  );
  const dead = rows[0];
  const why =
    dead === undefined
      ? 'no unit says why'
      : `${dead.unit} set an event of it aside (${dead.code}): ${dead.message}`;
  return new Fatal({
    code: 'UPLOAD_STUCK',
    message: `upload ${uploadId} is not finished and nothing is left to do: ${why}. See rightstream dead-letters list.`,
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
