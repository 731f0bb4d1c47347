/**
 * What is known beyond what a reader has asked for: the rest of a fetch that brought more, and the fetch behind it, which is under
 * way while the reader works. Bounded in bytes and in fetches, oldest dropped first.
 */
import type { LogRecord, TopicPartition } from '../../streams/runtime/ports.ts';

/** Records of a fetch from `start` on, where they end, and the end of the partition when they were fetched. */
export interface AheadPage {
  readonly records: readonly LogRecord[];
  /** Index of the first that was not handed out yet. */
  readonly start: number;
  readonly next: number;
  readonly end: number;
}

interface Kept {
  readonly page: AheadPage;
  readonly bytes: number;
}

/** What a page keeps in memory: values are parts of the answers that they came with, and a small one holds all of its answer. */
function heldBy({ records }: AheadPage): number {
  const answers = new Set<ArrayBufferLike>();
  for (const { value } of records) if (value !== null) answers.add(value.buffer);
  let bytes = 200 * records.length;
  for (const answer of answers) bytes += answer.byteLength;
  return bytes;
}

/** Fetches under way at a time for readers who have not asked yet. */
const MAX_COMING = 8;

/** Pages by the place at which they begin. */
export class ReadAhead {
  readonly #maxBytes: number;
  readonly #pages = new Map<string, Kept>();
  readonly #coming = new Map<string, Promise<AheadPage>>();
  /** Sizes of pages of which only a part was handed out. */
  readonly #sizes = new WeakMap<readonly LogRecord[], number>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a page that begins at `from`. */
  keep(at: TopicPartition, from: number, page: AheadPage): void {
    const bytes = this.#sizes.get(page.records) ?? heldBy(page);
    this.#sizes.set(page.records, bytes);
    const name = nameOf(at, from);
    const before = this.#pages.get(name);
    if (before !== undefined) this.#drop(name, before);
    this.#pages.set(name, { page, bytes });
    this.#bytes += bytes;
    for (const [oldest, kept] of this.#pages) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(oldest, kept);
    }
  }

  /** Fetches a page that begins at `from` before anybody asks for it; not when too many are under way. */
  prepare(at: TopicPartition, from: number, fetch: () => Promise<AheadPage>): void {
    const name = nameOf(at, from);
    if (this.#coming.size >= MAX_COMING || this.#coming.has(name) || this.#pages.has(name)) return;
    const coming = fetch();
    this.#coming.set(name, coming);
    coming.then(
      (page) => {
        // Not when it was taken meanwhile.
        if (this.#coming.delete(name)) this.keep(at, from, page);
      },
      // Whoever asks then fetches again, and is told what is wrong.
      () => this.#coming.delete(name),
    );
  }

  /** The page that begins at `from`, once. */
  take(at: TopicPartition, from: number): AheadPage | Promise<AheadPage> | undefined {
    const name = nameOf(at, from);
    const coming = this.#coming.get(name);
    if (coming !== undefined) {
      this.#coming.delete(name);
      return coming;
    }
    const kept = this.#pages.get(name);
    if (kept !== undefined) this.#drop(name, kept);
    return kept?.page;
  }

  #drop(name: string, kept: Kept): void {
    this.#pages.delete(name);
    this.#bytes -= kept.bytes;
  }
}

function nameOf({ topic, partition }: TopicPartition, from: number): string {
  return `${topic}/${partition}/${from}`;
}
