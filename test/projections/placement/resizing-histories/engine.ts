/** The projection of right-sizing over maps, without log and codec: quick enough for many histories. */
import projection from '../../../../projections/placement/resizing.projection.ts';
import type { DeciderMeta } from '../../../../projections/runtime/define.ts';
import type { Emission, EventMeta } from '../../../../streams/runtime/ports.ts';

type Row = Record<string, unknown>;
type Handler = (rows: unknown, event: unknown, meta: unknown) => void;

/** An event that was said or emitted. */
export interface Said {
  readonly type: Emission['type'];
  readonly data: object;
}

class MapTable {
  readonly #rows = new Map<string, Row>();
  readonly #key: readonly string[];

  constructor(key: readonly string[]) {
    this.#key = key;
  }

  get(...key: unknown[]): Row | undefined {
    return this.#rows.get(key.join('\0'));
  }

  range(prefix: readonly unknown[], from?: string, to?: string): Row[] {
    const last = this.#key.at(-1)!;
    const found = [...this.#rows.values()].filter(
      (row) =>
        prefix.every((cell, i) => row[this.#key[i]!] === cell) &&
        (from === undefined || String(row[last]) >= from) &&
        (to === undefined || String(row[last]) <= to),
    );
    return found.sort((a, b) => ((a[last] as string) < (b[last] as string) ? -1 : 1));
  }

  put(row: Row): void {
    this.#rows.set(this.#key.map((name) => row[name]).join('\0'), row);
  }

  delete(...key: unknown[]): void {
    this.#rows.delete(key.join('\0'));
  }
}

/** One partition. */
export class Engine {
  readonly tables = Object.fromEntries(
    Object.entries(projection.tables).map(([name, { key }]) => [name, new MapTable(key)]),
  );
  #said = 0;

  /** Folds and decides; what was emitted, in order. */
  say(type: Emission['type'], data: object, at: number): Said[] {
    const emitted: Said[] = [];
    const meta: EventMeta = {
      ...{ topic: 'resizing', partition: 0, offset: this.#said, key: '', eventId: `e${this.#said++}`, type },
      ...{ timestamp: at, headers: {} },
    };
    const emit = (it: Emission): void => {
      emitted.push({ type: it.type, data: it.data });
      this.#handler('fold', it.type)?.(this.tables, it.data, { ...meta, type: it.type });
    };
    this.#handler('fold', type)?.(this.tables, data, meta);
    const decider: DeciderMeta = { ...meta, emit, partitionKeys: [''] };
    this.#handler('decide', type)?.(this.tables, data, decider);
    return emitted;
  }

  #handler(what: 'fold' | 'decide', type: Emission['type']): Handler | undefined {
    return (projection[what] as Partial<Record<string, Handler>>)[type];
  }
}
