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
    const answered = await remember(client, submissions);
    for (const [i, { repeated }] of answered.entries()) {
      if (!repeated) outgoing.push(...submissions[i]!.records);
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

/** Stores the ids that are new, and tells what is known under the others. */
async function remember(client: PoolClient, submissions: readonly Submission[]): Promise<Answered[]> {
  // In one order everywhere, so that two that store the same ids never wait for each other in a circle.
  const inOrder = submissions.toSorted((a, b) => compare(a.org, b.org) || compare(a.requestId, b.requestId));
  const { rows: stored } = await client.query<Known>({
    name: 'submission-keys',
    text: `INSERT INTO log.idempotency_keys (org_id, request_id, digest, answer)
      SELECT o, r, d, a::json FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS x(o, r, d, a, n)
      ORDER BY n ON CONFLICT DO NOTHING RETURNING org_id, request_id, digest, answer`,
    values: [
      inOrder.map(({ org }) => org),
      inOrder.map(({ requestId }) => requestId),
      inOrder.map(({ digest }) => digest),
      inOrder.map(({ answer }) => JSON.stringify(answer)),
    ],
  });
  const fresh = new Map(stored.map((row) => [nameOf(row.org_id, row.request_id), row]));
  const others = submissions.filter(({ org, requestId }) => !fresh.has(nameOf(org, requestId)));
  const known = new Map(fresh);
  for (const row of await lookUp(client, others)) known.set(nameOf(row.org_id, row.request_id), row);
  return submissions.map(({ org, requestId }) => {
    const name = nameOf(org, requestId);
    const { digest, answer } = known.get(name)!;
    // The same id twice in one call: the second is a repeat.
    return { digest, answer, repeated: !fresh.delete(name) };
  });
}

interface Known {
  org_id: string;
  request_id: string;
  digest: string;
  answer: unknown;
}

async function lookUp(client: PoolClient, submissions: readonly Submission[]): Promise<readonly Known[]> {
  if (submissions.length === 0) return [];
  const { rows } = await client.query<Known>({
    name: 'submissions-known',
    text: `SELECT org_id, request_id, digest, answer FROM log.idempotency_keys
      JOIN unnest($1::text[], $2::text[]) AS x(o, r) ON org_id = o AND request_id = r`,
    values: [submissions.map(({ org }) => org), submissions.map(({ requestId }) => requestId)],
  });
  return rows;
}

const nameOf = (org: string, requestId: string): string => JSON.stringify([org, requestId]);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Numbers the records; the sender's row stays locked until the commit, so that numbers become visible in their order. The first
 * number is the time in ms: an empty database on a log that has records of another one must go on above them.
 */
async function number(
  client: PoolClient,
  { unit, partition }: Sender,
  records: readonly NewRecord[],
): Promise<NewRecord[]> {
  const { rows } = await client.query<{ first: number }>({
    name: 'submission-seq',
    text: `INSERT INTO log.submissions AS s (sender, partition, next_seq) VALUES ($1, $2, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + $3)
      ON CONFLICT (sender, partition) DO UPDATE SET next_seq = s.next_seq + $3 RETURNING (next_seq - $3)::float8 AS first`,
    values: [unit, partition, records.length],
  });
  const origin = `${unit}/submissions/${partition}`;
  return records.map((record, i) => ({
    ...record,
    headers: { ...record.headers, origin, seq: `${rows[0]!.first + i}.1.0` },
  }));
}

/** Headers hold printable ASCII only; the rest is percent-encoded, halves of characters as U+FFFD. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd').replaceAll(/[^\x20-\x7e]/gu, (c) => encodeURIComponent(c));
}
