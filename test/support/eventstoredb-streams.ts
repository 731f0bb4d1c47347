/** The streams of the EventStoreDB stand-in: expected revisions and repeats as the server decides on them. */

/** A stored event, as the protocol carries it. */
export interface StubEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** What a writer expects. */
export type Expected = bigint | 'no_stream' | 'stream_exists' | 'any';

/** What the server decides. */
export type Decision =
  | { readonly kind: 'written' | 'idempotent'; readonly revision: bigint }
  | { readonly kind: 'wrong-version'; readonly current: bigint | undefined }
  | { readonly kind: 'deleted' };

/** All streams. */
export class StubStreams {
  readonly #streams = new Map<string, StubEvent[]>();
  readonly #tombstones = new Set<string>();
  /** Ids that were written a moment ago: all that an append at any revision is compared with. */
  readonly #recent: string[] = [];

  /** Names of streams that exist, without those of metadata. */
  names(): string[] {
    return [...this.#streams.keys()].filter((name) => !name.startsWith('$$')).sort();
  }

  /** All events of a stream, whether or not its metadata hides the old ones. */
  all(name: string): readonly StubEvent[] {
    return this.#streams.get(name) ?? [];
  }

  /** Deletes a stream for good. */
  tombstone(name: string): void {
    this.#tombstones.add(name);
  }

  isTombstoned(name: string): boolean {
    return this.#tombstones.has(name);
  }

  /** Events that may be read, with their revisions, oldest first: $maxCount and $tb hide older ones. */
  visible(name: string): (StubEvent & { readonly revision: bigint })[] {
    const all = this.all(name).map((event, i) => ({ ...event, revision: BigInt(i) }));
    const last = this.all(`$$${name}`).at(-1);
    if (last === undefined) return all;
    const metadata = JSON.parse(Buffer.from(last.data).toString('utf8')) as Record<string, number>;
    const { $maxCount: most = all.length, $tb: before = 0 } = metadata;
    return all.slice(Math.max(before, all.length - most));
  }

  /** Checks and appends, all or nothing. */
  append(name: string, events: readonly StubEvent[], expected: Expected): Decision {
    if (this.#tombstones.has(name)) return { kind: 'deleted' };
    const stream = this.#streams.get(name) ?? [];
    const current = BigInt(stream.length) - 1n;
    const wrong: Decision = { kind: 'wrong-version', current: current < 0n ? undefined : current };
    if (expected === 'stream_exists' && current < 0n) return wrong;
    if (expected === 'any' && events.every(({ id }) => this.#recent.includes(`${name} ${id}`))) {
      return { kind: 'idempotent', revision: current };
    }
    if (expected === 'no_stream' || typeof expected === 'bigint') {
      const version = expected === 'no_stream' ? -1n : expected;
      if (version > current) return wrong;
      if (version < current) {
        // a repeat is told by its ids standing right behind the expected revision; anything else is another's
        const repeated = events.every(({ id }, i) => stream[Number(version) + 1 + i]?.id === id);
        return repeated ? { kind: 'idempotent', revision: version + BigInt(events.length) } : wrong;
      }
    }
    this.#streams.set(name, [...stream, ...events]);
    this.#recent.push(...events.map(({ id }) => `${name} ${id}`));
    this.#recent.splice(0, Math.max(0, this.#recent.length - 100));
    return { kind: 'written', revision: current + BigInt(events.length) };
  }
}
