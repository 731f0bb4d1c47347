/**
 * Origins and sequence numbers: what makes a repeated event recognisable.
 * A derived event has origin `<unit>/<input topic>/<input partition>` and seq `<input offset>.<unit version>.<index>`;
 * its id is `<origin>@<seq>`. Running a unit again makes the same ids.
 */

/** A sequence number: (input offset, unit version, index), compared in that order. */
export type Seq = readonly [offset: number, version: number, index: number];

/** Where events come from: a unit and one of its input partitions. */
export function originOf(unit: string, topic: string, partition: number): string {
  return `${unit}/${topic}/${partition}`;
}

/**
 * Was it emitted by this partition of the unit: a projection folded it when it was decided. What another partition emitted, for
 * every partition, was not.
 */
export function ownFact(
  unit: string,
  record: { readonly partition: number; readonly headers: Readonly<Record<string, string>> },
): boolean {
  const origin = record.headers['origin'];
  return origin?.startsWith(`${unit}/`) === true && origin.endsWith(`/${record.partition}`);
}

/** Is it an own fact that took effect when it was decided? That a record died was only recorded. */
export function foldedBefore(
  unit: string,
  record: { readonly partition: number; readonly headers: Readonly<Record<string, string>> },
): boolean {
  return ownFact(unit, record) && record.headers['event-type'] !== 'RecordDied';
}

/** The text of a seq as it stands in the header. */
export function seqText(seq: Seq): string {
  return seq.join('.');
}

/** Parses the header; undefined when it is not a seq. */
export function parseSeq(text: string | undefined): Seq | undefined {
  const match = text === undefined ? null : /^(\d{1,16})\.(\d{1,9})\.(\d{1,9})$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Negative when a comes before b. */
export function compareSeq(a: Seq, b: Seq): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** Highest seq seen per `<origin>@<input topic>`. */
export class Marks {
  readonly #highest: Map<string, Seq>;
  #changed = false;

  constructor(stored: Readonly<Record<string, string>> = {}) {
    this.#highest = new Map();
    for (const [name, text] of Object.entries(stored)) {
      const seq = parseSeq(text);
      if (seq !== undefined) this.#highest.set(name, seq);
    }
  }

  /** true when this event was seen before; otherwise remembers it. Events without origin are always new. */
  seen(topic: string, headers: Readonly<Record<string, string>>): boolean {
    const seq = parseSeq(headers['seq']);
    const origin = headers['origin'];
    if (seq === undefined || origin === undefined) return false;
    const name = `${origin}@${topic}`;
    const highest = this.#highest.get(name);
    if (highest !== undefined && compareSeq(seq, highest) <= 0) return true;
    this.#highest.set(name, seq);
    this.#changed = true;
    return false;
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** As it is stored. */
  toJSON(): Record<string, string> {
    return Object.fromEntries([...this.#highest].map(([name, seq]) => [name, seqText(seq)]));
  }
}
