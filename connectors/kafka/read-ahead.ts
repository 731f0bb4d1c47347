/** Records that a fetch brought beyond what was asked for, kept for the reader's next call; bounded, oldest dropped first. */
import type { LogPage, TopicPartition } from '../../streams/runtime/ports.ts';

/** A page, and the end of the partition when it was fetched. */
export type AheadPage = LogPage & { readonly end: number };

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

/** Pages by the place at which they begin. */
export class ReadAhead {
  readonly #maxBytes: number;
  readonly #pages = new Map<string, Kept>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a page that begins at `from`. */
  keep({ topic, partition }: TopicPartition, from: number, page: AheadPage): void {
    const bytes = heldBy(page);
    this.#pages.set(`${topic}/${partition}/${from}`, { page, bytes });
    this.#bytes += bytes;
    for (const [name, kept] of this.#pages) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#drop(name, kept);
    }
  }

  /** The page that begins at `from`, once. */
  take({ topic, partition }: TopicPartition, from: number): AheadPage | undefined {
    const name = `${topic}/${partition}/${from}`;
    const kept = this.#pages.get(name);
    if (kept !== undefined) this.#drop(name, kept);
    return kept?.page;
  }

  #drop(name: string, kept: Kept): void {
    this.#pages.delete(name);
    this.#bytes -= kept.bytes;
  }
}
