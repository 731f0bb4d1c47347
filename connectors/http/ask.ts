/** Commands over HTTP: append a wish, wait until the decider has answered it, read the answer by event id. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { Emission } from '../../streams/runtime/ports.ts';
import type { HttpDeps } from './deps.ts';

/** A row of a table of answers. */
export type AnswerRow = Readonly<Record<string, unknown>>;

/** What is asked. */
export interface Question {
  readonly events: readonly Emission[];
  /** Table that the decider writes its answers to; its key is `request_id`, the event id of the wish. */
  readonly answers: string;
}

/** The decider has not answered in time; the wishes stand, and will be answered. */
export class NotYetDecided extends Error {
  /** Event ids of the wishes. */
  readonly ids: readonly string[];
  constructor(ids: readonly string[]) {
    super('accepted, but not decided yet');
    this.ids = ids;
  }
}

/** How long a caller waits for a decision, ms. */
const PATIENCE_MS = 20_000;
/** Between two looks when nothing wakes us, ms: the decider may work in another process. */
const POLL_MS = 50;

/**
 * Appends the wishes and waits for their answers, in order. Not decided in time: {@link NotYetDecided}. With the header
 * `Idempotency-Key` a repeat has no second effect and gets the first answers.
 */
export async function ask(deps: HttpDeps, request: FastifyRequest, question: Question): Promise<AnswerRow[]> {
  const { org } = request.caller;
  const { events } = question;
  if (events.length === 0) return [];
  const requestId = idempotencyKey(request);
  const digest = requestId === null ? '' : digestOf(request);
  const ids = await deps.wishes.accept({ org, requestId, digest, events });
  return answered(deps, org, question.answers, ids);
}

/** What asking needs. */
export type Asking = Pick<HttpDeps, 'readModels' | 'wishes'>;

/** The answers to wishes, in order. Not decided in time: {@link NotYetDecided}. */
export async function answered(
  deps: Asking,
  org: string,
  table: string,
  ids: readonly string[],
): Promise<AnswerRow[]> {
  const found = await lookUntil(deps, async () => {
    const rows = await answersOf(deps, org, table, ids);
    return ids.every((id) => rows.has(id)) ? ids.map((id) => rows.get(id)!) : undefined;
  });
  if (found === undefined) throw new NotYetDecided(ids);
  return found;
}

/** Looks whenever something was decided, until there is something to see; undefined when that takes too long. */
export async function lookUntil<T>(
  { wishes }: Asking,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  let woken = new AbortController();
  const off = wishes.onDecided(() => {
    woken.abort();
  });
  const giveUp = performance.now() + PATIENCE_MS;
  try {
    for (;;) {
      // Before the look: what is decided during it wakes the next one.
      woken = new AbortController();
      const seen = await look();
      if (seen !== undefined || performance.now() > giveUp) return seen;
      await sleep(POLL_MS, undefined, { signal: woken.signal }).catch(() => undefined);
    }
  } finally {
    off();
  }
}

/** Answers that are there, by event id of their wish. */
export async function answersOf(
  { readModels }: Asking,
  org: string,
  table: string,
  ids: readonly string[],
): Promise<Map<string, AnswerRow>> {
  const where = [{ column: 'request_id', op: 'in', value: ids } as const];
  const rows = await readModels.select({ table, org, where, limit: ids.length });
  return new Map(rows.map((row) => [String(row['request_id']), row]));
}

/** The client's name for this request, printable and at most 200 characters; null when it sends none. */
function idempotencyKey({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,200}$/.test(key)) return key;
  throw new BadInput({
    code: 'BAD_REQUEST_ID',
    message: 'Idempotency-Key: send 1 to 200 printable ASCII characters',
  });
}

function digestOf({ method, url, body }: FastifyRequest): string {
  const hash = createHash('sha256').update(`${method} ${url}\n`);
  if (Buffer.isBuffer(body)) hash.update(body);
  else if (body !== undefined && body !== null) hash.update(JSON.stringify(body));
  return hash.digest('hex');
}
