/** Ticks: a record for every partition once a minute, whichever process gets to it first; and what only the database keeps by time. */
import type { Codec } from '../../schemas/codec/codec.ts';
import { topics } from '../../schemas/topics.ts';
import { partitionKeys } from '../../streams/runtime/partitioner.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import type { SubmissionDeps } from './submissions.ts';
import { inTransaction } from './transaction.ts';

/** Name under which ticks are submitted. */
export const CLOCK = 'clock';

const MINUTE_MS = 60_000;
/** Request ids that one transaction removes at most. */
const PAGE = 5_000;

/** What ticking needs. */
export interface TickDeps {
  readonly submissions: SubmissionDeps;
  readonly codec: Codec;
  readonly now: () => number;
  /** Partitions of the topic. */
  readonly partitions: () => Promise<number>;
}

/**
 * Appends the tick of this minute, unless somebody did: the minute is remembered in the transaction that emits. Minutes in which nobody
 * ran get none. Resolves with true when it was appended here, and the log has it.
 */
export async function tick({ submissions, codec, now, partitions }: TickDeps): Promise<boolean> {
  const { pool, publisher, flush } = submissions;
  const sender = { unit: CLOCK, partition: 0 };
  const minute = Math.floor(now() / MINUTE_MS);
  const records = partitionKeys(await partitions()).map((key, p): NewRecord => {
    const headers = {
      'event-id': `${CLOCK}/${minute}/${p}`,
      'event-type': 'Ticked',
      origin: `${CLOCK}/minutes/0`,
      seq: `${minute}.1.${p}`,
    };
    const value = codec.encode('Ticked', { at: minute * MINUTE_MS });
    return { topic: topics.ticks, key, value, headers, timestamp: now() };
  });
  const first = await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO log.submissions AS s (sender, partition, next_seq) VALUES ($1, 0, $2)
       ON CONFLICT (sender, partition) DO UPDATE SET next_seq = $2 WHERE s.next_seq < $2`,
      [CLOCK, minute],
    );
    if (rowCount === 0) return false;
    await publisher.emit(client, sender, records, false);
    return true;
  });
  if (first) publisher.committed(records);
  await flush(sender);
  return first;
}

/** Forgets request ids from before a time (ms), a page per transaction; how many. */
export async function forgetRequests({ pool }: SubmissionDeps, before: number): Promise<number> {
  for (let forgotten = 0; ;) {
    const { rowCount } = await inTransaction(pool, (client) =>
      client.query(
        `DELETE FROM log.idempotency_keys WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM log.idempotency_keys WHERE created_at < to_timestamp($1::float8 / 1000) LIMIT $2))`,
        [before, PAGE],
      ),
    );
    forgotten += rowCount ?? 0;
    if ((rowCount ?? 0) < PAGE) return forgotten;
  }
}
