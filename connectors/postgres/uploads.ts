/** Accepts uploads: blob first, then the idempotency key and the event in one transaction. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Codec } from '../../schemas/codec/codec.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Faults } from '../../streams/runtime/faults.ts';
import type { Blobs, NewRecord, Upload, UploadAnswer, UploadIntake } from '../../streams/runtime/ports.ts';
import type { PostgresLog } from './log.ts';
import { inTransaction } from './transaction.ts';

/** What accepting needs. */
export interface UploadDeps {
  readonly pool: Pool;
  readonly log: PostgresLog;
  readonly blobs: Blobs;
  readonly codec: Codec;
  readonly faults: Faults;
  readonly now: () => number;
}

/** The intake over Postgres. */
export function postgresUploads(deps: UploadDeps): UploadIntake {
  return { accept: (upload) => accept(deps, upload) };
}

async function accept(deps: UploadDeps, upload: Upload): Promise<UploadAnswer> {
  const { digest, size } = await deps.blobs.put(upload.org, upload.bytes, upload.maxBytes);
  deps.faults('upload.stored');
  const answer = { uploadId: randomUUID(), requestId: upload.requestId ?? randomUUID() };
  const record = received(deps, upload, answer, digest, size);
  const result = await inTransaction(deps.pool, async (client): Promise<UploadAnswer> => {
    const { rowCount } = await client.query(
      `INSERT INTO log.idempotency_keys (org_id, request_id, digest, answer) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [upload.org, answer.requestId, digest, JSON.stringify(answer)],
    );
    if (rowCount === 1) {
      await deps.log.appendIn(client, [record]);
      return { ...answer, repeated: false };
    }
    const { rows } = await client.query<{ digest: string; answer: Omit<UploadAnswer, 'repeated'> }>(
      'SELECT digest, answer FROM log.idempotency_keys WHERE org_id = $1 AND request_id = $2',
      [upload.org, answer.requestId],
    );
    const first = rows[0]!;
    if (first.digest !== digest) {
      throw new BadInput({
        code: 'REQUEST_ID_REUSED',
        message: `request id ${answer.requestId} was used before with other bytes: send a new request id`,
      });
    }
    return { ...first.answer, repeated: true };
  });
  if (!result.repeated) deps.log.announce([record]);
  deps.faults('upload.appended');
  return result;
}

function received(
  deps: UploadDeps,
  upload: Upload,
  answer: { uploadId: string; requestId: string },
  digest: string,
  size: number,
): NewRecord {
  const now = deps.now();
  const value = deps.codec.encode('UploadReceived', {
    upload_id: answer.uploadId,
    org_id: upload.org,
    request_id: answer.requestId,
    account: upload.account,
    channel: upload.channel,
    filename: upload.filename,
    digest,
    size,
    media_type: upload.mediaType,
    source_id: upload.sourceId ?? null,
    cluster_id: upload.clusterId ?? null,
    cluster_alias: upload.clusterAlias ?? null,
    received_at: now,
  });
  const headers = {
    'event-id': answer.uploadId,
    'event-type': 'UploadReceived',
    org: printable(upload.org),
    'request-id': printable(answer.requestId),
  };
  return { topic: topics.intake, key: recordKey(upload.org), value, headers, timestamp: now };
}

/** Headers hold printable ASCII only; the rest is percent-encoded. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (c) => encodeURIComponent(c));
}
