/**
 * Events to bytes and back, in the Confluent wire format: byte 0, the schema id (u32, big-endian), Avro binary.
 */
import { type EventName, type Events, eventSchemas } from '../generated/events.ts';
import { type AvroType, avroType, canonicalForm } from './avro.ts';
import { CodecError } from './errors.ts';
import type { SchemaRegistry } from './registry.ts';

export { CodecError } from './errors.ts';
export type { SchemaRegistry } from './registry.ts';
export { localRegistry } from './registry.ts';

/** An event as it comes out of a record: a union over every event type. */
export type DecodedEvent = {
  [Name in EventName]: { readonly type: Name; readonly data: Events[Name] };
}[EventName];

/** Writes and reads record values. */
export interface Codec {
  /** The value of a record. Data that does not fit: CodecError EVENT_INVALID with the field, or NUMBER_UNSAFE. */
  encode<Name extends EventName>(type: Name, data: Events[Name]): Buffer;
  /** The event in a value, read with its current schema whatever version wrote it. Throws CodecError. */
  decode(value: Buffer): DecodedEvent;
}

interface Reader {
  readonly type: EventName;
  readonly read: (value: Buffer) => { value: unknown; offset: number };
}

/** Byte 0, and the schema id. */
export const PREFIX_BYTES = 5;
const SCRATCH_BYTES = 64 * 1024;

/** A codec with the schema ids of a registry. Compiles each schema once, on first use. */
export function createCodec(registry: SchemaRegistry): Codec {
  const writers = new Map<EventName, { type: AvroType; id: number }>();
  const readers = new Map<number, Reader>();
  let scratch = Buffer.allocUnsafe(SCRATCH_BYTES);

  function writerOf(name: EventName): { type: AvroType; id: number } {
    let writer = writers.get(name);
    if (writer === undefined) {
      const { fullName, avro } = eventSchemas[name];
      writer = { type: avroType(avro), id: registry.idOf(fullName, avro) };
      writers.set(name, writer);
    }
    return writer;
  }

  return {
    encode(name, data) {
      const { type, id } = writerOf(name);
      try {
        let end = type.encode(data, scratch, PREFIX_BYTES);
        if (end < 0) {
          // a negative result is the number of bytes that were missing
          scratch = Buffer.allocUnsafe(scratch.length - end);
          end = type.encode(data, scratch, PREFIX_BYTES);
        }
        const value = Buffer.allocUnsafe(end);
        scratch.copy(value, 0, 0, end);
        value[0] = 0;
        value.writeUInt32BE(id, 1);
        if (scratch.length > SCRATCH_BYTES) scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
        return value;
      } catch (error) {
        throw invalidEvent(name, type, data, error);
      }
    },
    decode(value) {
      const id = schemaIdOf(value);
      let reader = readers.get(id);
      if (reader === undefined) {
        reader = readerOf(registry, id);
        readers.set(id, reader);
      }
      return { type: reader.type, data: readData(reader, id, value) } as DecodedEvent;
    },
  };
}

/** The schema id of a value. Throws CodecError RECORD_CUT_SHORT or RECORD_MAGIC_BYTE. */
export function schemaIdOf(value: Buffer): number {
  if (value.length < PREFIX_BYTES) {
    throw new CodecError(
      'RECORD_CUT_SHORT',
      `The value has ${value.length} bytes, fewer than the ${PREFIX_BYTES} bytes of the prefix.`,
      { bytes: value.length },
    );
  }
  if (value[0] !== 0) {
    throw new CodecError(
      'RECORD_MAGIC_BYTE',
      `The value starts with byte ${value[0]!}, not 0: it is not in the Confluent wire format.`,
      { bytes: value.length },
    );
  }
  return value.readUInt32BE(1);
}

const namesByFullName = new Map(
  Object.entries(eventSchemas).map(([name, { fullName }]) => [fullName, name as EventName]),
);

function readerOf(registry: SchemaRegistry, id: number): Reader {
  const schema = registry.schemaOf(id);
  if (schema === undefined) {
    throw new CodecError('SCHEMA_UNKNOWN', `The registry has no schema with id ${id}.`, { schemaId: id });
  }
  const name = namesByFullName.get(schema.fullName);
  if (name === undefined) {
    throw new CodecError('EVENT_UNKNOWN', `${schema.fullName} is no event that this version knows.`, {
      schemaId: id,
      event: schema.fullName,
    });
  }
  const current = avroType(eventSchemas[name].avro);
  if (canonicalForm(schema.avro) === canonicalForm(eventSchemas[name].avro)) {
    return { type: name, read: (value) => current.decode(value, PREFIX_BYTES) };
  }
  try {
    const resolver = current.createResolver(avroType(schema.avro));
    return { type: name, read: (value) => current.decode(value, PREFIX_BYTES, resolver) };
  } catch (error) {
    throw new CodecError(
      'SCHEMA_INCOMPATIBLE',
      `${name} cannot be read as its schema with id ${id} wrote it: ${messageOf(error)}.`,
      { schemaId: id, event: name },
      { cause: error },
    );
  }
}

function readData(reader: Reader, schemaId: number, value: Buffer): unknown {
  const coordinates = { schemaId, event: reader.type, bytes: value.length };
  let result: { value: unknown; offset: number };
  try {
    result = reader.read(value);
  } catch (error) {
    const unsafe = messageOf(error) === 'potential precision loss';
    throw new CodecError(
      unsafe ? 'NUMBER_UNSAFE' : 'RECORD_DAMAGED',
      unsafe
        ? `A number of ${reader.type} is beyond ±(2^53 - 2) and cannot be read exactly.`
        : `The bytes of ${reader.type} cannot be read: ${messageOf(error)}.`,
      coordinates,
      { cause: error },
    );
  }
  if (result.offset < 0) {
    throw new CodecError('RECORD_CUT_SHORT', `The bytes of ${reader.type} end early.`, coordinates);
  }
  if (result.offset < value.length) {
    const extra = value.length - result.offset;
    throw new CodecError('RECORD_TRAILING_BYTES', `${extra} bytes follow ${reader.type}.`, coordinates);
  }
  return result.value;
}

function invalidEvent(name: EventName, type: AvroType, data: unknown, cause: unknown): CodecError {
  let first: { path: string; value: unknown; type: string } | undefined;
  type.isValid(data, {
    errorHook: (path, value: unknown, at) => {
      first ??= { path: path.join('.'), value, type: at.typeName };
    },
  });
  if (first === undefined) {
    return new CodecError(
      'EVENT_INVALID',
      `${name} cannot be written: ${messageOf(cause)}.`,
      { event: name },
      { cause },
    );
  }
  const whole = typeof first.value === 'bigint' || Number.isInteger(first.value);
  const unsafe = whole && !Number.isSafeInteger(Number(first.value));
  return new CodecError(
    unsafe ? 'NUMBER_UNSAFE' : 'EVENT_INVALID',
    unsafe
      ? `${name}.${first.path} is ${String(first.value)}, beyond ±(2^53 - 2).`
      : `${name}.${first.path} does not fit its type ${first.type}: ${String(first.value).slice(0, 80)}.`,
    { event: name, field: first.path },
    { cause },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
