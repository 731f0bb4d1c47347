/**
 * Records that clients cause: each has its effect once, however often the client asks. One transaction stores the idempotency key
 * and hands the records over; they carry an origin and growing sequence numbers, so that a repeat on the way is dropped.
 */
import type { Pool, PoolClient } from 'pg';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import type { Publisher, Sender } from './publisher.ts';
import { inTransaction } from './transaction.ts';

/** Something to be submitted once. */
export interface Submission {
  readonly org: string;
  /** Id of the client's request; a second one with the same id gets the first one's answer. */
  readonly requestId: string;
  /** Of what was asked for: another digest under the same id is refused by the caller. */
  readonly digest: string;
  /** What the client is told, as JSON. */
  readonly answer: unknown;
  readonly records: readonly NewRecord[];
}

/** What is known under the id of a request. */
export interface Answered {
  readonly digest: string;
  readonly answer: unknown;
  /** It was asked before; nothing was submitted now. */
  readonly repeated: boolean;
}

/** How submissions get to the log. */
export interface SubmissionDeps {
  readonly pool: Pool;
  readonly publisher: Publisher;
  /** Resolves when everything submitted by a sender is in the log. */
  readonly flush: (sender: Sender) => Promise<void>;
}

/** Submits several at once, all or nothing; answers in the same order. Resolves when the log has them. */
export async function submit(
  { pool, publisher, flush }: SubmissionDeps,
  sender: Sender,
  submissions: readonly Submission[],
): Promise<readonly Answered[]> {
  const outgoing: NewRecord[] = [];
  const answers = await inTransaction(pool, async (client) => {
    const answered: Answered[] = [];
    for (const submission of submissions) {
      const first = await remember(client, submission);
      answered.push(first);
      if (!first.repeated) outgoing.push(...submission.records);
    }
    if (outgoing.length > 0) {
      const numbered = await number(client, sender, outgoing);
      await publisher.emit(client, sender, numbered, false);
    }
    return answered;
  });
  if (outgoing.length > 0) publisher.committed(outgoing);
  // Also for a repeat: whoever came first may not have got as far as the log.
  await flush(sender);
  return answers;
}

async function remember(
  client: PoolClient,
  { org, requestId, digest, answer }: Submission,
): Promise<Answered> {
  const { rowCount } = await client.query({
    name: 'submission-key',
    text: `INSERT INTO log.idempotency_keys (org_id, request_id, digest, answer) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
    values: [org, requestId, digest, JSON.stringify(answer)],
  });
  if (rowCount === 1) return { digest, answer, repeated: false };
  const { rows } = await client.query<{ digest: string; answer: unknown }>({
    name: 'submission-known',
    text: 'SELECT digest, answer FROM log.idempotency_keys WHERE org_id = $1 AND request_id = $2',
    values: [org, requestId],
  });
  return { ...rows[0]!, repeated: true };
}

/** Numbers the records; the sender's row stays locked until the commit, so that numbers become visible in their order. */
async function number(
  client: PoolClient,
  { unit, partition }: Sender,
  records: readonly NewRecord[],
): Promise<NewRecord[]> {
  const { rows } = await client.query<{ first: number }>({
    name: 'submission-seq',
    text: `INSERT INTO log.submissions AS s (sender, partition, next_seq) VALUES ($1, $2, $3)
      ON CONFLICT (sender, partition) DO UPDATE SET next_seq = s.next_seq + $3 RETURNING (next_seq - $3)::float8 AS first`,
    values: [unit, partition, records.length],
  });
  const origin = `${unit}/submissions/${partition}`;
  return records.map((record, i) => ({
    ...record,
    headers: { ...record.headers, origin, seq: `${rows[0]!.first + i}.1.0` },
  }));
}
