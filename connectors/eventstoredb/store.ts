/** EventStoreDB as the sink needs it: append at an expected revision, read back from the end. */
import {
  EventStoreDBClient,
  jsonEvent,
  StreamDeletedError,
  StreamNotFoundError,
} from '@eventstore/db-client';
import { WrongExpectedVersionError } from '@eventstore/db-client';
import type { EventData, ResolvedEvent } from '@eventstore/db-client';
import { failureOf, spoilsClient, Unanswered } from './failures.ts';
import { checkConnectionString, wrong } from './settings.ts';

/** Revision of the last event of a stream. */
export type Revision = bigint | 'no_stream';

/** An event to be written. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** An event that is there. */
export interface StoredEvent {
  readonly id: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

/** What became of an append; `conflict` says where the stream really ends, `closed` that it was deleted for good. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: bigint }
  | { readonly kind: 'conflict'; readonly current: Revision }
  | { readonly kind: 'closed' };

/** The streams. Whatever fails is Retryable: whether an append took effect is then unknown. */
export interface AuditStore {
  append(stream: string, events: readonly NewEvent[], expected: Revision): Promise<AppendOutcome>;
  /** At most `max` events before revision `before` (from the end when absent), newest first; closed: deleted for good. */
  readBack(stream: string, max: number, before?: bigint): Promise<readonly StoredEvent[] | 'closed'>;
  /** Lets the server forget all but the last events of a stream; does nothing when somebody has set that already. */
  keepLast(stream: string, count: number): Promise<void>;
  close(): Promise<void>;
}

/** Connects on the first call. A connection string that cannot be used: BadInput BAD_SETTINGS, which does not show it. */
export function eventStoreDb(connectionString: string, deadlineMs: number): AuditStore {
  checkConnectionString(connectionString);
  let client = connect(connectionString);

  async function call<T>(stream: string, work: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
    const used = client;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Unanswered(`no answer within ${2 * deadlineMs} ms`));
      }, 2 * deadlineMs);
    });
    try {
      return await Promise.race([work(used), late]);
    } catch (error) {
      // a call that hangs, or fails in a way that the client does not know, may have left it without a way back
      if (spoilsClient(error) && client === used) {
        client = connect(connectionString);
        void discard(used);
      }
      throw failureOf(error, stream);
    } finally {
      clearTimeout(timer);
    }
  }

  const append = (stream: string, events: EventData[], expected: Revision): Promise<AppendOutcome> =>
    call(stream, async (used): Promise<AppendOutcome> => {
      try {
        const options = { expectedRevision: expected, deadline: deadlineMs };
        const { success, nextExpectedRevision } = await used.appendToStream(stream, events, options);
        // throwOnAppendFailure=false in the connection string makes a conflict an answer
        if (success) return { kind: 'appended', revision: nextExpectedRevision };
        return {
          kind: 'conflict',
          current: nextExpectedRevision < 0n ? 'no_stream' : nextExpectedRevision,
        };
      } catch (error) {
        if (error instanceof StreamDeletedError) return { kind: 'closed' };
        if (!(error instanceof WrongExpectedVersionError)) throw error;
        const { actualVersion } = error;
        return { kind: 'conflict', current: typeof actualVersion === 'bigint' ? actualVersion : 'no_stream' };
      }
    });

  return {
    append: (stream, events, expected) => append(stream, events.map(eventData), expected),
    readBack: (stream, max, before) =>
      before === 0n ? Promise.resolve([]) : call(stream, (used) => readBack(used, stream, max, before)),
    async keepLast(stream, count) {
      const metadata = jsonEvent({ type: '$metadata', data: { $maxCount: count } });
      await append(`$$${stream}`, [metadata], 'no_stream');
    },
    async close() {
      await discard(client);
    },
  };
}

function connect(connectionString: string): EventStoreDBClient {
  let client: EventStoreDBClient;
  try {
    client = EventStoreDBClient.connectionString(connectionString);
  } catch {
    // the client's message repeats the string
    throw wrong('the client cannot read it; are host, port, options and certificate files right?');
  }
  // Batched appends share one call and one table of waiting appends per process. When that call ends with an answer
  // outstanding, appends hang or the process dies of an unknown answer. A call per append has a deadline and an end.
  Object.assign(client, { supports: () => Promise.resolve(false) });
  return client;
}

/** Ends all calls of a client and lets go of its connection, for which the client has no method. */
async function discard(client: EventStoreDBClient): Promise<void> {
  const internals = client as unknown as { getChannel(): Promise<{ close(): void }> };
  await client.dispose().catch(() => undefined);
  // not waited for: of a cluster that is away it asks all members first
  internals.getChannel().then(
    (channel) => {
      channel.close();
    },
    () => undefined,
  );
}

async function readBack(
  client: EventStoreDBClient,
  stream: string,
  max: number,
  before: bigint | undefined,
): Promise<readonly StoredEvent[] | 'closed'> {
  const events = client.readStream(stream, {
    direction: 'backwards',
    fromRevision: before === undefined ? 'end' : before - 1n,
    maxCount: max,
  });
  // an error that comes after the first would otherwise end the process
  events.on('error', () => undefined);
  const found: StoredEvent[] = [];
  try {
    for await (const { event } of events as AsyncIterable<ResolvedEvent>) {
      if (event !== undefined) found.push(event);
    }
    return found;
  } catch (error) {
    if (error instanceof StreamNotFoundError) return [];
    if (error instanceof StreamDeletedError) return 'closed';
    throw error;
  }
}

function eventData({ id, type, data, metadata }: NewEvent): EventData {
  return jsonEvent({ id, type, data, metadata });
}
