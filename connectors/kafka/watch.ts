/** Tells listeners that topics have grown: at once for appends of this process, soon for those of others. */

/** Ends per topic. */
export type Ends = ReadonlyMap<string, readonly number[]>;

/** Between two looks while topics grow, and while they do not, ms. */
const BUSY_MS = 20;
const QUIET_MS = 100;
const QUIET_AFTER_MS = 2_000;

/** One request per look for all watched topics, only while somebody listens. */
export class Watch {
  readonly #ends: (topics: readonly string[]) => Promise<Ends>;
  readonly #topics = new Map<string, number>();
  readonly #listeners = new Set<(topic: string) => void>();
  #timer: NodeJS.Timeout | undefined;
  #grewAt = 0;
  #stopped = false;

  constructor(ends: (topics: readonly string[]) => Promise<Ends>) {
    this.#ends = ends;
  }

  /** From now on this topic is looked at. */
  watch(topic: string): void {
    if (!this.#topics.has(topic)) this.#topics.set(topic, -1);
  }

  /** Calls `wake` when a topic has grown; returns how to stop. */
  on(wake: (topic: string) => void): () => void {
    this.#listeners.add(wake);
    this.#schedule();
    return () => this.#listeners.delete(wake);
  }

  /** A topic has grown. */
  wake(topic: string): void {
    this.#grewAt = Date.now();
    for (const listener of [...this.#listeners]) listener(topic);
  }

  /** No more looks. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#stopped || this.#listeners.size === 0) return;
    const busy = Date.now() - this.#grewAt < QUIET_AFTER_MS;
    this.#timer = setTimeout(() => void this.#look(), busy ? BUSY_MS : QUIET_MS);
  }

  async #look(): Promise<void> {
    try {
      const ends = await this.#ends([...this.#topics.keys()]);
      for (const [topic, partitions] of ends) {
        const sum = partitions.reduce((total, end) => total + end, 0);
        if (this.#topics.get(topic) === sum) continue;
        this.#topics.set(topic, sum);
        this.wake(topic);
      }
    } catch {
      // A look that fails only delays: readers look by themselves from time to time, and tell what is wrong.
    }
    this.#timer = undefined;
    this.#schedule();
  }
}
