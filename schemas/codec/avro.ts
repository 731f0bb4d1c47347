/** Builds avsc types that are safe to read foreign bytes with. */
import avsc from 'avsc';

/** An Avro type as avsc compiles it. */
export type AvroType = avsc.Type;

/** The parts of avsc's reader that its typings leave out. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  readString(): string;
}
interface Readable {
  _read(tap: Tap): unknown;
}

/*
 * avsc believes the item count of an array or map before it looks at the bytes, so 6 damaged bytes can ask for
 * four billion items. An item takes at least a byte: a count beyond the rest of the record is refused instead.
 * The methods also serve avsc's resolvers, where `this` is not the type; both have the inner type by the same name.
 */
class BoundedArray extends avsc.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const inner = this.itemsType as unknown as Readable;
    const items: unknown[] = [];
    for (let count = blockCount(tap); count !== 0; count = blockCount(tap)) {
      while (count-- > 0) items.push(inner._read(tap));
    }
    return items;
  }
}

class BoundedMap extends avsc.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    const inner = this.valuesType as unknown as Readable;
    const entries: [string, unknown][] = [];
    for (let count = blockCount(tap); count !== 0; count = blockCount(tap)) {
      while (count-- > 0) entries.push([tap.readString(), inner._read(tap)]);
    }
    return Object.fromEntries(entries);
  }
}

function blockCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.readLong();
  }
  if (count > tap.buf.length - tap.pos) {
    tap.pos = tap.buf.length + 1;
    return 0;
  }
  return count;
}

const options: Partial<avsc.ForSchemaOptions> = {
  omitRecordMethods: true,
  typeHook(schema, opts) {
    const kind = typeof schema === 'object' && 'type' in schema ? schema.type : undefined;
    if (kind === 'array') return new BoundedArray(schema, opts);
    return kind === 'map' ? new BoundedMap(schema, opts) : undefined;
  },
};

/** Compiles a schema (JSON text). Logical types stay what they are made of: timestamps are milliseconds. */
export function avroType(avro: string): AvroType {
  // a copy: avsc keeps the names that it has seen in the options
  return avsc.Type.forSchema(JSON.parse(avro) as avsc.Schema, { ...options });
}

/** The part of a schema that decides how bytes are read: names, types, order; no docs, no defaults. */
export function canonicalForm(avro: string): string {
  return JSON.stringify(avsc.Type.forSchema(JSON.parse(avro) as avsc.Schema).schema());
}
