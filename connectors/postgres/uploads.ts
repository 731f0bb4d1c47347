/** Accepts uploads: blob first, then the idempotency key and the event in one transaction. */
import { randomUUID } from 'node:crypto';
import type { Codec } from '../../schemas/codec/codec.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Faults } from '../../streams/runtime/faults.ts';
import { partitionOf } from '../../streams/runtime/partitioner.ts';
import type { Blobs, NewRecord, Upload, UploadAnswer, UploadIntake } from '../../streams/runtime/ports.ts';
import { printable, submit } from './submissions.ts';
import type { SubmissionDeps } from './submissions.ts';

/** Name under which uploads are submitted. */
export const INGRESS = 'ingress';

/** What accepting needs. */
export interface UploadDeps {
  readonly submissions: SubmissionDeps;
  /** Partitions of the intake topic. */
  readonly partitions: () => Promise<number>;
  readonly blobs: Blobs;
  readonly codec: Codec;
  readonly faults: Faults;
  readonly now: () => number;
  /** What else is to be said of an accepted upload, in the same transaction. */
  readonly alsoTell?: (upload: Upload, accepted: AcceptedUpload) => readonly NewRecord[];
}

/** What is known of an upload once its bytes are stored. */
export interface AcceptedUpload {
  readonly uploadId: string;
  readonly requestId: string;
  readonly size: number;
  readonly at: number;
}

/** The intake over Postgres. */
export function postgresUploads(deps: UploadDeps): UploadIntake {
  return { accept: (upload) => accept(deps, upload) };
}

async function accept(deps: UploadDeps, upload: Upload): Promise<UploadAnswer> {
  const { digest, size } = await deps.blobs.put(upload.org, upload.bytes, upload.maxBytes);
  deps.faults('upload.stored');
  const answer = { uploadId: randomUUID(), requestId: upload.requestId ?? randomUUID() };
  const at = deps.now();
  const record = received(deps, upload, answer, digest, size, at);
  const also = deps.alsoTell?.(upload, { ...answer, size, at }) ?? [];
  const partition = partitionOf(record.key ?? '', await deps.partitions());
  const [first] = await submit(deps.submissions, { unit: INGRESS, partition }, [
    { org: upload.org, requestId: answer.requestId, digest, answer, records: [record, ...also] },
  ]);
  if (first!.digest !== digest) {
    throw new BadInput({
      code: 'REQUEST_ID_REUSED',
      message: `request id ${answer.requestId} was used before with other bytes: send a new request id`,
    });
  }
  deps.faults('upload.appended');
  return { ...(first!.answer as typeof answer), repeated: first!.repeated };
}

function received(
  deps: UploadDeps,
  upload: Upload,
  answer: { uploadId: string; requestId: string },
  digest: string,
  size: number,
  now: number,
): NewRecord {
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
