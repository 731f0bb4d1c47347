/** Appends decisions to their streams: each once, in the order of the log, whoever else writes. */
import { Fatal, Retryable } from '../../streams/runtime/errors.ts';
import { Marks, parseSeq } from '../../streams/runtime/seq.ts';
import type { Entry, Place } from './entries.ts';
import { isRecord, placeIn } from './stored.ts';
import type { AppendOutcome, AuditStore, NewEvent, Revision, StoredEvent } from './store.ts';

/** How a stream ends. */
interface Tail {
  readonly revision: Revision;
  /** The last event that came from the log; others may stand behind it. */
  readonly last?: Place & { readonly id: string };
  /** Highest seq per origin, over the whole stream: carried from event to event in the metadata. */
  readonly marks: Readonly<Record<string, string>>;
}

/** What became of entries. */
export interface Tally {
  appended: number;
  /** There already, or repeated in the log. */
  repeated: number;
  /** Their stream was deleted for good; nobody can write to it any more. */
  closed: number;
  /** Events at the ends of streams that did not come from here. */
  foreign: number;
}

/** How much goes into one append; the server takes 1 MiB unless told otherwise. */
const MAX_APPEND = { events: 100, bytes: 900_000 };
/** Conflicts in a row before the sink steps back: somebody writes faster than it can read. */
const MAX_CONFLICTS = 10;
const PAGE = 32;

/** The streams of decisions. Not for two batches at once. */
export class Trails {
  readonly #store: AuditStore;
  readonly #capacity: number;
  readonly #tails = new Map<string, Tail>();

  constructor(store: AuditStore, capacity: number) {
    this.#store = store;
    this.#capacity = capacity;
  }

  /** Appends what is not there yet. Entries are of one stream, in log order. */
  async append(stream: string, entries: readonly Entry[], tally: Tally): Promise<void> {
    for (const chunk of chunksOf(entries)) await this.#appendChunk(stream, chunk, tally);
  }

  async #appendChunk(stream: string, entries: readonly Entry[], tally: Tally): Promise<void> {
    let known: Revision = 'no_stream';
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
      const tail: Tail | 'closed' = this.#tails.get(stream) ?? (await this.#readTail(stream, known, tally));
      // forgotten until the outcome is known: after a lost answer the stream itself must say where it ends
      this.#tails.delete(stream);
      if (tail === 'closed') break;
      const { fresh, next } = await this.#fresh(stream, entries, tail);
      const outcome: AppendOutcome | { kind: 'appended'; revision: Revision } =
        fresh.length === 0
          ? { kind: 'appended', revision: tail.revision }
          : await this.#store.append(stream, fresh, tail.revision);
      if (outcome.kind === 'closed') break;
      if (outcome.kind === 'appended') {
        this.#remember(stream, { ...next, revision: outcome.revision });
        tally.appended += fresh.length;
        tally.repeated += entries.length - fresh.length;
        return;
      }
      known = outcome.current;
      if (conflicts + 1 === MAX_CONFLICTS) throw contended(stream);
    }
    tally.closed += entries.length;
  }

  /** Which entries are not in the stream yet, and how it ends with them. */
  async #fresh(
    stream: string,
    entries: readonly Entry[],
    tail: Tail,
  ): Promise<{ fresh: NewEvent[]; next: Omit<Tail, 'revision'> }> {
    const marks = new Marks(tail.marks);
    const fresh: NewEvent[] = [];
    const ids = new Set<string>();
    let last = tail.last;
    for (const { id, type, data, metadata, place, headers } of entries) {
      if (isBehind(place, id, last, stream)) continue;
      const repeated =
        headers !== undefined &&
        (isDerived(headers)
          ? marks.seen(place.topic, headers)
          : ids.has(id) || (last !== undefined && (await this.#has(stream, id))));
      if (repeated) continue;
      ids.add(id);
      fresh.push({ id, type, data, metadata: { ...metadata, marks: marks.toJSON() } });
      last = { ...place, id };
    }
    return { fresh, next: { marks: marks.toJSON(), ...(last === undefined ? {} : { last }) } };
  }

  /** `known` is where a conflict said that the stream ends: its events may all have expired. */
  async #readTail(stream: string, known: Revision, tally: Tally): Promise<Tail | 'closed'> {
    let revision: Revision | undefined;
    let before: bigint | undefined;
    for (let size = 1; ; size = PAGE) {
      const page = await this.#store.readBack(stream, size, before);
      if (page === 'closed') return 'closed';
      revision ??= page[0]?.revision;
      for (const event of page) {
        const tail = tailIn(event);
        if (tail !== undefined) return { ...tail, revision: revision! };
        tally.foreign += 1;
      }
      if (page.length < size) return { revision: revision ?? known, marks: {} };
      before = page.at(-1)!.revision;
    }
  }

  async #has(stream: string, id: string): Promise<boolean> {
    let before: bigint | undefined;
    for (;;) {
      const page = await this.#store.readBack(stream, PAGE, before);
      if (page === 'closed' || page.some((event) => event.id === id)) return page !== 'closed';
      if (page.length < PAGE) return false;
      before = page.at(-1)!.revision;
    }
  }

  #remember(stream: string, tail: Tail): void {
    this.#tails.set(stream, tail);
    if (this.#tails.size <= this.#capacity) return;
    const [oldest] = this.#tails.keys();
    this.#tails.delete(oldest!);
  }
}

/** What units make is told by seq, as everywhere. What people append has none, so its id is looked for. */
function isDerived(headers: Readonly<Record<string, string>>): boolean {
  return parseSeq(headers['seq']) !== undefined && headers['origin'] !== undefined;
}

/** true when the stream has passed this place of the log. One place with two events: it is another log. */
function isBehind(place: Place, id: string, last: Tail['last'], stream: string): boolean {
  if (last === undefined || last.topic !== place.topic || last.partition !== place.partition) return false;
  if (last.offset === place.offset && last.id !== id) throw otherLog(stream, place);
  return place.offset <= last.offset;
}

/** The error for a server that holds the audit of another log. */
export function otherLog(stream: string, { topic, partition, offset }: Place): Fatal {
  return new Fatal({
    code: 'AUDIT_LOG_DIFFERS',
    message:
      `${stream} was written from a log that has another event at ${topic}/${partition}/${offset}, or more of them: ` +
      'give this installation a prefix of its own',
    coordinates: { stream, topic, partition, offset },
  });
}

function contended(stream: string): Retryable {
  return new Retryable({
    code: 'AUDIT_CONTENDED',
    message: `${stream}: somebody else appended ${MAX_CONFLICTS} times in a row; it is tried again`,
    coordinates: { stream },
  });
}

function tailIn({ id, metadata }: StoredEvent): Omit<Tail, 'revision'> | undefined {
  const place = placeIn(metadata);
  if (place === undefined || !isRecord(metadata) || !isRecord(metadata['marks'])) return undefined;
  return { last: { ...place, id }, marks: metadata['marks'] as Record<string, string> };
}

function* chunksOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let chunk: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (chunk.length > 0 && (chunk.length >= MAX_APPEND.events || bytes + entry.bytes > MAX_APPEND.bytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(entry);
    bytes += entry.bytes;
  }
  if (chunk.length > 0) yield chunk;
}
