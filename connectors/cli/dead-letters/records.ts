/** What redriving and giving up write: the record for the unit's retry topic, and the facts. */
import { createHash } from 'node:crypto';
import { EDITED_FROM, placeText, REDRIVE_ATTEMPT, REDRIVE_OF } from '../../../schemas/redriven.ts';
import type { RecordPlace } from '../../../schemas/redriven.ts';
import type { Codec } from '../../../schemas/codec/codec.ts';
import { topics } from '../../../schemas/topics.ts';
import type { LogRecord, NewRecord } from '../../../streams/runtime/ports.ts';
import { retryTopic } from '../../../streams/runtime/run/inputs.ts';
import type { Submission } from '../../postgres/submissions.ts';

/** Who asks, from where and why. */
export interface Asking {
  readonly by: string;
  readonly host: string;
  readonly reason: string;
}

/** A copy of a dead record that somebody has mended. */
export interface EditedCopy {
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}

/** What to redrive. */
export interface Redrive extends Asking {
  readonly unit: string;
  /** As it died. */
  readonly record: LogRecord;
  /** From 1. */
  readonly attempt: number;
  readonly edited?: EditedCopy;
  /** Of the retry topic; absent: that of the record. */
  readonly to?: number;
}

/** Of the sender; the retry record is no repeat of the first one, in whatever order records are redriven. */
const ofSender = new Set(['origin', 'seq']);

/** The fact and the record for the retry topic, to be submitted together. The event keeps its id; an edited copy has its own. */
export function redriveRecords(codec: Codec, redrive: Redrive, now: number): [NewRecord, NewRecord] {
  const { unit, record, attempt, edited, by, host, reason } = redrive;
  const { topic, partition, offset, key } = record;
  const headers = Object.fromEntries(
    Object.entries((edited ?? record).headers).filter(([name]) => !ofSender.has(name)),
  );
  const source = record.headers['event-id'] ?? '';
  if (edited !== undefined) {
    headers['event-id'] = `edited/${nameOf(unit, record)}@${attempt}`;
    headers['caused-by'] = source;
    headers[EDITED_FROM] = placeText(record);
  }
  headers[REDRIVE_OF] = placeText(record);
  headers[REDRIVE_ATTEMPT] = String(attempt);
  const { value } = edited ?? record;
  const retry = {
    topic: retryTopic(unit),
    key,
    partition: redrive.to ?? partition,
    value,
    headers,
    timestamp: now,
  };
  const event = {
    ...{ unit, topic, partition, offset, attempt, by, host, reason },
    edited: edited !== undefined,
    event_id: headers['event-id'] ?? '',
    value_sha256: sha256(value),
  };
  const fact = factOf(
    codec,
    'RecordRedriven',
    event,
    `redrive/${nameOf(unit, record)}@${attempt}`,
    record,
    now,
  );
  return [fact, retry];
}

/** A redrive as it is submitted: of one attempt only the first has an effect. */
export function redriveSubmission(codec: Codec, redrive: Redrive, now: number, run: string): Submission {
  const { unit, record, attempt, edited, by } = redrive;
  const { headers, value } = edited ?? record;
  return {
    org: record.headers['org'] ?? '',
    // No request id of an upload contains a blank.
    requestId: `redrive ${nameOf(unit, record)} ${attempt}`,
    digest: edited === undefined ? sha256(value) : sha256(Buffer.concat([jsonBytes(headers), edited.value])),
    answer: { by, run },
    records: redriveRecords(codec, redrive, now),
  };
}

/** Giving up as it is submitted. */
export function discardSubmission(
  codec: Codec,
  { unit, record, attempt, by, host, reason }: Omit<Redrive, 'edited' | 'to'>,
  now: number,
  run: string,
): Submission {
  const { topic, partition, offset } = record;
  const event = { unit, topic, partition, offset, attempt, by, host, reason };
  const id = `discard/${nameOf(unit, record)}@${attempt}`;
  return {
    org: record.headers['org'] ?? '',
    requestId: `discard ${nameOf(unit, record)} ${attempt}`,
    digest: '',
    answer: { by, run },
    records: [factOf(codec, 'RecordDiscarded', event, id, record, now)],
  };
}

function factOf(
  codec: Codec,
  type: 'RecordRedriven' | 'RecordDiscarded',
  event: Parameters<Codec['encode']>[1],
  id: string,
  record: LogRecord,
  timestamp: number,
): NewRecord {
  const { org, 'event-id': cause = '' } = record.headers;
  const headers = { 'event-id': id, 'event-type': type, 'caused-by': cause };
  return {
    topic: topics.deadLetters,
    key: (event as { unit: string }).unit,
    value: codec.encode(type, event as never),
    headers: org === undefined ? headers : { ...headers, org },
    timestamp,
  };
}

const nameOf = (unit: string, place: RecordPlace): string => `${unit}/${placeText(place)}`;

const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function sha256(value: Buffer | null): string {
  return createHash('sha256')
    .update(value ?? '')
    .digest('hex');
}
