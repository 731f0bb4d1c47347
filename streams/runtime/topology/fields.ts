/** Reads maps of the YAML file against a list of keys, reporting every mistake with its place. */
import { type Document, type LineCounter, type Node, type Pair, isMap, isScalar, isSeq } from 'yaml';
import type { Names, Placed, Ref } from './model.ts';
import { type At, type Report, didYouMean } from './problems.ts';

/** What a key holds. */
export type Kind = 'text' | 'count' | 'flag' | 'names';

/** Keys of an entry; a kind that ends with `?` may be absent. */
export type Shape = Readonly<Record<string, Kind | `${Kind}?`>>;

/** A file that is being read. */
export interface Source {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly report: Report;
}

/** A value under a key. */
export interface Field {
  /** Place of the key. */
  readonly at: At;
  readonly node: Node | null;
}

/** The place of a node. */
export function placeOf(source: Source, node: Node | null | undefined): At {
  const { line, col } = source.lines.linePos(node?.range?.[0] ?? 0);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The pairs of a map, by key in file order; anything else is reported (an empty value is an empty map). */
export function pairsOf(source: Source, node: Node | null, at: At, what: string): Map<string, Field> {
  const fields = new Map<string, Field>();
  if (node === null || (isScalar(node) && node.value === null)) return fields;
  if (!isMap(node)) {
    source.report('WRONG_TYPE', at, `${what} must be a map of names to entries`);
    return fields;
  }
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    fields.set(isScalar(pair.key) ? String(pair.key.value) : String(pair.key), {
      at: placeOf(source, pair.key),
      node: pair.value,
    });
  }
  return fields;
}

/** An entry whose keys were checked; reading a key that is absent or wrong gives an empty value. */
export class Entry {
  readonly #source: Source;
  readonly #at: At;
  readonly #fields: Map<string, Field>;

  constructor(source: Source, id: Ref, field: Field, shape: Shape) {
    this.#source = source;
    this.#at = id;
    this.#fields = pairsOf(source, field.node, id, id.name);
    const keys = Object.keys(shape);
    for (const [key, { at, node }] of this.#fields) {
      const kind = shape[key]?.replace('?', '') as Kind | undefined;
      if (kind === undefined) {
        const known = keys.join(', ');
        source.report(
          'UNKNOWN_KEY',
          at,
          `${key} is no key of ${id.name}${didYouMean(key, keys)}; keys: ${known}`,
        );
      } else if (!fits(kind, node)) {
        source.report('WRONG_TYPE', at, `${id.name}.${key} must be ${expected[kind]}`);
        this.#fields.delete(key);
      }
    }
    for (const [key, kind] of Object.entries(shape)) {
      if (kind.endsWith('?') || this.#fields.has(key)) continue;
      const wrong = isMap(field.node) && field.node.has(key);
      if (!wrong) source.report('MISSING_KEY', id, `${id.name} has no ${key}`);
    }
  }

  text(key: string): Placed<string> {
    const value = this.#scalar(key);
    return { ...this.#placeOf(key), value: typeof value === 'string' ? value : '' };
  }

  count(key: string): Placed<number> {
    const value = this.#scalar(key);
    return { ...this.#placeOf(key), value: typeof value === 'number' ? value : 0 };
  }

  flag(key: string): boolean {
    return this.#scalar(key) === true;
  }

  has(key: string): boolean {
    return this.#fields.has(key);
  }

  names(key: string): Names {
    const { at, node } = this.#fields.get(key) ?? { at: this.#at, node: null };
    const items = isSeq(node) ? (node.items as Node[]) : [];
    return {
      at,
      refs: items.map((item) => ({
        name: isScalar(item) ? String(item.value) : '',
        ...placeOf(this.#source, item),
      })),
    };
  }

  #scalar(key: string): unknown {
    const node = this.#fields.get(key)?.node;
    return isScalar(node) ? node.value : undefined;
  }

  #placeOf(key: string): At {
    const field = this.#fields.get(key);
    return field === undefined ? this.#at : placeOf(this.#source, field.node);
  }
}

const expected: Readonly<Record<Kind, string>> = {
  text: 'a text',
  count: 'a whole number from 1',
  flag: 'true or false',
  names: 'a list of names',
};

function fits(kind: Kind, node: Node | null): boolean {
  if (kind === 'names')
    return isSeq(node) && node.items.every((item) => isScalar(item) && typeof item.value === 'string');
  if (!isScalar(node)) return false;
  if (kind === 'text') return typeof node.value === 'string' && node.value.trim() !== '';
  if (kind === 'flag') return typeof node.value === 'boolean';
  return Number.isInteger(node.value) && (node.value as number) >= 1;
}
