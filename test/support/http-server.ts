/** An HTTP server over rows in memory, with an intake that keeps what it was given. */
import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { readSettings } from '../../connectors/define.ts';
import type { HttpDeps, Topology } from '../../connectors/http/deps.ts';
import { createHttpServer } from '../../connectors/http/server.ts';
import { httpSettings } from '../../connectors/http/settings.ts';
import { intakeTables } from '../../projections/intake/tables.ts';
import { operationsTables } from '../../projections/operations/tables.ts';
import { experimentTables, profileTables } from '../../projections/recommendation/kruize/tables.ts';
import { placementTables } from '../../projections/placement/tables.ts';
import { policyTables } from '../../projections/recommendation/policy/tables.ts';
import { recommendationTables } from '../../projections/recommendation/tables.ts';
import type { ReadModels } from '../../projections/runtime/ports.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { PipelineState, Upload, UploadIntake, WishIntake } from '../../streams/runtime/ports.ts';
import { memoryReadModels, type MemoryRows } from './memory-read-models.ts';

/** What an intake was given, with the bytes. */
export interface Kept extends Omit<Upload, 'bytes'> {
  readonly bytes: Buffer;
}

/** An intake in memory: request ids have one effect, too much is refused, what throws leaves nothing. */
export class MemoryIntake implements UploadIntake {
  readonly kept: Kept[] = [];
  /** Uploads that threw before they were kept. */
  readonly failed: unknown[] = [];
  /** Uploads of which some bytes came. */
  begun = 0;
  async accept(upload: Upload): ReturnType<UploadIntake['accept']> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of upload.bytes) {
        if (size === 0) this.begun++;
        size += chunk.length;
        if (size > upload.maxBytes) throw new BadInput({ code: 'BLOB_TOO_LARGE', message: 'too large' });
        chunks.push(Uint8Array.from(chunk));
      }
    } catch (error) {
      this.failed.push(error);
      throw error;
    }
    const bytes = Buffer.concat(chunks);
    const same = this.kept.findIndex((old) => old.org === upload.org && old.requestId === upload.requestId);
    if (same >= 0 && upload.requestId !== null) {
      if (!this.kept[same]!.bytes.equals(bytes)) {
        throw new BadInput({
          code: 'REQUEST_ID_REUSED',
          message: 'this request id came with other bytes before',
        });
      }
      return { uploadId: `upload-${same}`, requestId: upload.requestId, repeated: true };
    }
    const requestId = upload.requestId ?? randomUUID();
    this.kept.push({ ...upload, requestId, bytes });
    return { uploadId: `upload-${this.kept.length - 1}`, requestId, repeated: false };
  }
}

/** No decider answers here: what needs one is tested on the real thing. */
const noWishes: WishIntake = {
  accept: () => Promise.reject(new BadInput({ code: 'NOT_HERE', message: 'there is no decider' })),
  onDecided: () => () => undefined,
};

/** A running system that the test moves. */
export class MovedPipeline {
  state: PipelineState = {
    ready: true,
    units: [
      unit('open-uploads', 'stream', 0),
      unit('read-usage-reports', 'stream', 3, 1),
      unit('uploads', 'projection', 0),
      unit('recommendations', 'projection', 128),
      unit('dead-letters', 'projection', 0),
    ],
    topics: [
      { name: 'intake', partitions: 2, end: 412 },
      { name: 'rejections', partitions: 2, end: 12 },
      { name: 'usage', partitions: 2, end: 20_418 },
      { name: 'recommendations', partitions: 2, end: 611 },
      { name: 'dead-letters', partitions: 2, end: 1 },
    ],
  };
  readonly listeners = new Set<() => void>();
  status = (): Promise<PipelineState> => Promise.resolve(this.state);
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  move(state: Partial<PipelineState>): void {
    this.state = { ...this.state, ...state };
    for (const listener of this.listeners) listener();
  }
}

function unit(
  id: string,
  kind: 'stream' | 'projection',
  lag: number,
  deadLetters = 0,
): PipelineState['units'][number] {
  return {
    id,
    kind,
    partition: 0,
    lag,
    deadLetters,
    positions: { intake: 412 },
    ...(deadLetters > 0 ? { lastError: 'STORAGE_FULL: org-b/secret.csv' } : {}),
  };
}

const topology: Topology = {
  mermaid: 'flowchart LR\n  intake --> open-uploads --> intake',
  units: [
    {
      id: 'open-uploads',
      kind: 'stream',
      about: 'Finds the reports in an upload.',
      from: ['intake'],
      to: ['intake'],
      tables: [],
    },
    {
      id: 'read-usage-reports',
      kind: 'stream',
      about: 'Reads one stored usage report and packs its valid rows per container.',
      from: ['intake'],
      to: ['usage', 'rejections', 'intake'],
      tables: [],
    },
    {
      id: 'uploads',
      kind: 'projection',
      about: 'What became of every upload.',
      from: ['intake', 'rejections'],
      to: ['intake'],
      tables: Object.keys(intakeTables),
    },
    {
      id: 'recommendations',
      kind: 'projection',
      about: 'What every container should request now, and why.',
      from: ['usage', 'recommendations'],
      to: ['recommendations'],
      tables: Object.keys(recommendationTables),
    },
    {
      id: 'dead-letters',
      kind: 'projection',
      about: 'Records that a unit could not process, with the reason.',
      from: ['dead-letters'],
      to: [],
      tables: Object.keys(operationsTables),
    },
  ],
  topics: [
    { name: 'intake', about: 'Uploads and the reports in them.', partitions: 2 },
    { name: 'usage', about: 'Usage of containers and namespaces.', partitions: 2 },
    { name: 'rejections', about: 'Rows that were set aside.', partitions: 2 },
    { name: 'recommendations', about: 'Recommendations.', partitions: 2 },
    { name: 'dead-letters', about: 'Records that units set aside.', partitions: 2 },
  ],
};

/** A server with what it was made of. */
export interface TestServer {
  readonly app: FastifyInstance;
  readonly intake: MemoryIntake;
  readonly pipeline: MovedPipeline;
}

/** Builds a server; `settings` and `deps` override the defaults. `app` is ready for inject, and may listen. */
export async function testServer(
  rows: MemoryRows = {},
  settings: Record<string, unknown> = {},
  deps: Partial<HttpDeps> = {},
): Promise<TestServer> {
  const intake = new MemoryIntake();
  const pipeline = new MovedPipeline();
  const app = await createHttpServer({
    readModels: testReadModels(() => rows),
    uploads: intake,
    wishes: noWishes,
    pipeline,
    topology,
    settings: readSettings('http', httpSettings, settings),
    now: () => Date.parse('2026-11-21T08:00:00Z'),
    ...deps,
  });
  return { app, intake, pipeline };
}

/** The tables of this product over rows in memory. */
export function testReadModels(rows: () => MemoryRows): ReadModels {
  return memoryReadModels(
    {
      uploads: intakeTables,
      recommendations: recommendationTables,
      experiments: experimentTables,
      'performance-profiles': profileTables,
      placement: placementTables,
      'engine-policies': policyTables,
      'dead-letters': operationsTables,
    },
    rows,
  );
}

/** An x-rh-identity header. */
export function identityOf(org: string, more: Record<string, unknown> = {}): Record<string, string> {
  const identity = { org_id: org, type: 'User', ...more };
  return { 'x-rh-identity': Buffer.from(JSON.stringify({ identity })).toString('base64') };
}

/** One part of a form. */
export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly type?: string;
  readonly body: string | Buffer;
}

/** A multipart body as clients send it. */
export function form(parts: readonly Part[]): { payload: Buffer; headers: Record<string, string> } {
  const boundary = '------------------------d74496d66958873e';
  const chunks = parts.flatMap(({ name, filename, type, body }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"` +
        (filename === undefined ? '' : `; filename="${filename}"`) +
        (type === undefined ? '' : `\r\nContent-Type: ${type}`) +
        '\r\n\r\n',
    ),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ]);
  const payload = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

/** sha256 of bytes, hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
