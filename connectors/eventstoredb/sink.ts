/**
 * The audit sink: every decision of the log as an event of EventStoreDB, a stream per thing that is decided on.
 * It follows the log and nothing else: no rebuild runs it. All it knows is kept in EventStoreDB, positions after decisions,
 * so a crash repeats at most what lies behind the last position, and streams tell what they have.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventName, Events } from '../../schemas/generated/events.ts';
import { codeOf, messageOf, Retryable, Terminal } from '../../streams/runtime/errors.ts';
import type { EventLog, LogRecord, TopicPartition } from '../../streams/runtime/ports.ts';
import { Checkpoints } from './checkpoints.ts';
import type { Checkpoint } from './checkpoints.ts';
import { decisionEntry, eventIdOf, unreadableEntry } from './entries.ts';
import type { Entry } from './entries.ts';
import { inParallel, wakeUps } from './pace.ts';
import type { AuditRule } from './rules.ts';
import type { AuditSettings } from './settings.ts';
import type { AuditStore } from './store.ts';
import { otherLog, Trails } from './trails.ts';
import type { Tally } from './trails.ts';

/** What the sink is made of. */
export interface AuditDeps {
  /** It reads; it cannot append. */
  readonly log: Pick<EventLog, 'read' | 'ends' | 'onAppend'>;
  /** Decodes a record; what nobody can read throws Terminal. */
  readonly decode: (record: LogRecord) => { readonly type: EventName; readonly data: Events[EventName] };
  readonly store: AuditStore;
  readonly rules: readonly AuditRule[];
  readonly settings: AuditSettings;
  /** Told of what an operator may want to know. */
  readonly signal?: (signal: AuditSignal) => void;
}

/** What happens on the way. */
export type AuditSignal =
  | ({ readonly kind: 'batch'; readonly position: number } & TopicPartition & Tally)
  | { readonly kind: 'unreadable'; readonly stream: string; readonly code: string; readonly message: string }
  | { readonly kind: 'retry'; readonly code: string; readonly message: string; readonly inMs: number };

/** Where a run ended. */
export interface AuditReport extends Readonly<Tally> {
  /** Records that nobody can read; kept in streams of their own. */
  readonly unreadable: number;
  readonly positions: readonly (TopicPartition & { readonly next: number })[];
}

/** The sink. */
export interface AuditSink {
  /** Takes what is in the log now and ends; fails with the last Retryable when that is tried in vain. */
  once(stop: AbortSignal): Promise<AuditReport>;
  /** Goes on with what is appended until `stop`: the batch in hand is finished and its position stored. */
  follow(stop: AbortSignal): Promise<AuditReport>;
}

const LIMITS = { maxRecords: 500, maxBytes: 4 * 1024 * 1024 };
/** Records without a decision that may pass before the position is stored. */
const UNSAVED = 2_000;

interface Cursor extends TopicPartition {
  next: number;
  last: Checkpoint['last'];
  saved: number;
  /** Where `once` ends. */
  readonly goal: number;
}

/** Makes a sink; nothing is read or written before it runs. */
export function auditSink(deps: AuditDeps): AuditSink {
  return {
    once: (stop) => new Run(deps, stop, true).run(),
    follow: (stop) => new Run(deps, stop, false).run(),
  };
}

class Run {
  readonly #deps: AuditDeps;
  readonly #stop: AbortSignal;
  readonly #once: boolean;
  readonly #rules: ReadonlyMap<EventName, AuditRule>;
  readonly #topics: readonly string[];
  readonly #checkpoints: Checkpoints;
  readonly #trails: Trails;
  readonly #total: Tally = { appended: 0, repeated: 0, closed: 0, foreign: 0 };
  #unreadable = 0;

  constructor(deps: AuditDeps, stop: AbortSignal, once: boolean) {
    this.#deps = deps;
    this.#stop = stop;
    this.#once = once;
    this.#rules = new Map(deps.rules.map((rule) => [rule.type, rule]));
    this.#topics = [...new Set(deps.rules.map((rule) => rule.topic))];
    this.#checkpoints = new Checkpoints(deps.store, deps.settings.prefix);
    this.#trails = new Trails(deps.store, deps.settings.tails);
  }

  async run(): Promise<AuditReport> {
    const wake = wakeUps(this.#deps.log, this.#topics);
    try {
      const cursors = await this.#open();
      while (!this.#stop.aborted) {
        const seen = wake.count();
        const worked = await this.#round(cursors);
        if (this.#once && cursors.every((cursor) => cursor.next >= cursor.goal)) break;
        if (!worked) await wake.wait(seen, this.#deps.settings.pollMs, this.#stop);
      }
      await this.#saveRest(cursors);
      const positions = cursors.map(({ topic, partition, next }) => ({ topic, partition, next }));
      return { ...this.#total, unreadable: this.#unreadable, positions };
    } finally {
      wake.stop();
    }
  }

  /** Where to go on, per partition; none when stopped on the way. */
  async #open(): Promise<Cursor[]> {
    const cursors: Cursor[] = [];
    for (const topic of this.#topics) {
      const ends = (await this.#retrying(() => this.#deps.log.ends(topic))) ?? [];
      for (const [partition, goal] of ends.entries()) {
        const at = { topic, partition };
        const found = await this.#retrying(() => this.#checkpointOf(at, goal));
        if (found !== undefined) cursors.push({ ...at, ...found, saved: found.next, goal });
      }
    }
    return this.#stop.aborted ? [] : cursors;
  }

  /** A position that is not of this log is Fatal: decisions would be left out. */
  async #checkpointOf(at: TopicPartition, end: number): Promise<Pick<Cursor, 'next' | 'last'>> {
    const { next, last } = await this.#checkpoints.load(at);
    if (next > end) throw otherLog(this.#checkpoints.streamOf(at), { ...at, offset: next });
    if (last === undefined) return { next, last };
    const page = await this.#deps.log.read(at, last.offset, { maxRecords: 1, maxBytes: 1 });
    const record = page.records[0];
    if (record?.offset === last.offset && eventIdOf(record) !== last.eventId) {
      throw otherLog(this.#checkpoints.streamOf(at), { ...at, offset: last.offset });
    }
    return { next, last };
  }

  /** One batch of each partition; true when there was anything. */
  async #round(cursors: readonly Cursor[]): Promise<boolean> {
    let worked = false;
    for (const cursor of cursors) {
      if (this.#stop.aborted) break;
      if (this.#once && cursor.next >= cursor.goal) continue;
      const page = await this.#retrying(() => this.#deps.log.read(cursor, cursor.next, LIMITS));
      if (page === undefined || page.next === cursor.next) continue;
      worked = (await this.#take(cursor, page.records, page.next)) || worked;
    }
    return worked;
  }

  /** Takes a batch through: decisions first, then the position. false when it was stopped before the decisions stood. */
  async #take(cursor: Cursor, records: readonly LogRecord[], next: number): Promise<boolean> {
    const tally: Tally = { appended: 0, repeated: 0, closed: 0, foreign: 0 };
    const streams = await this.#retrying(() => Promise.resolve(this.#byStream(records)));
    if (streams === undefined || (await this.#retrying(() => this.#append(streams, tally))) === undefined) {
      return false;
    }
    cursor.next = next;
    const last = records.at(-1);
    if (last !== undefined) cursor.last = { offset: last.offset, eventId: eventIdOf(last) };
    for (const name of ['appended', 'repeated', 'closed', 'foreign'] as const) {
      this.#total[name] += tally[name];
    }
    const { topic, partition } = cursor;
    this.#deps.signal?.({ kind: 'batch', topic, partition, position: next, ...tally });
    if (tally.appended > 0 || next - cursor.saved >= UNSAVED) {
      await this.#retrying(() => this.#save(cursor));
    }
    return true;
  }

  #byStream(records: readonly LogRecord[]): Map<string, Entry[]> {
    const streams = new Map<string, Entry[]>();
    let unreadable = 0;
    for (const record of records) {
      const entry = this.#entryOf(record);
      if (entry === undefined) continue;
      if (entry.type === 'RecordUnreadable') unreadable += 1;
      const entries = streams.get(entry.stream);
      if (entries === undefined) streams.set(entry.stream, [entry]);
      else entries.push(entry);
    }
    this.#unreadable += unreadable;
    return streams;
  }

  #entryOf(record: LogRecord): Entry | undefined {
    const { decode, settings, signal } = this.#deps;
    try {
      const { type, data } = decode(record);
      const rule = this.#rules.get(type);
      if (rule?.topic !== record.topic) return undefined;
      const subject = rule.subjectOf(data, record.headers['org'] ?? '', record.partition);
      return decisionEntry(record, type, data, subject, settings);
    } catch (error) {
      if (!(error instanceof Terminal)) throw error;
      const entry = unreadableEntry(record, error, settings);
      signal?.({
        kind: 'unreadable',
        stream: entry.stream,
        code: codeOf(error),
        message: messageOf(error),
      });
      return entry;
    }
  }

  /** Appends to all streams, in parallel; those that are done leave the map, so that a repeat takes up the rest. */
  async #append(streams: Map<string, Entry[]>, tally: Tally): Promise<true> {
    await inParallel([...streams], this.#deps.settings.concurrency, async ([stream, entries]) => {
      await this.#trails.append(stream, entries, tally);
      streams.delete(stream);
    });
    return true;
  }

  async #save(cursor: Cursor): Promise<void> {
    const { next, last } = cursor;
    await this.#checkpoints.save(cursor, { next, ...(last === undefined ? {} : { last }) });
    cursor.saved = next;
  }

  /** On the way out; what cannot be stored now is repeated by the next run, without effect. */
  async #saveRest(cursors: readonly Cursor[]): Promise<void> {
    for (const cursor of cursors) {
      if (cursor.next === cursor.saved) continue;
      await this.#save(cursor).catch((error: unknown) => {
        if (!(error instanceof Retryable)) throw error;
      });
    }
  }

  /** Until it succeeds or the sink is to stop; undefined then. */
  async #retrying<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    const { retryFirstMs, retryLastMs, onceTries } = this.#deps.settings;
    for (let tries = 1; !this.#stop.aborted; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Retryable) || (this.#once && tries >= onceTries)) throw error;
        const base = Math.min(retryLastMs, retryFirstMs * 2 ** Math.min(tries - 1, 30));
        const inMs = base / 2 + Math.random() * (base / 2);
        this.#deps.signal?.({ kind: 'retry', code: codeOf(error), message: messageOf(error), inMs });
        await sleep(inMs, undefined, { signal: this.#stop }).catch(() => undefined);
      }
    }
    return undefined;
  }
}
