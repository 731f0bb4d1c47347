/** Events as people write them in JSON: the inverse of schemas/codec/preview.ts. */
import { packColumns } from '../../schemas/codec/columns.ts';
import { eventSchemas } from '../../schemas/generated/events.ts';
import type { EventName } from '../../schemas/generated/events.ts';
import { containerColumns, intervalColumns, namespaceColumns } from '../../schemas/usage-columns.ts';
import { BadInput } from '../../streams/runtime/errors.ts';

/** A schema in Avro's JSON form, as far as it matters here. */
type AvroJson =
  | string
  | readonly AvroJson[]
  | {
      readonly type: AvroJson;
      readonly name?: string;
      readonly fields?: readonly { readonly name: string; readonly type: AvroJson }[];
      readonly items?: AvroJson;
      readonly values?: AvroJson;
    };

type Named = Map<string, AvroJson>;

/** true for the name of an event. */
export function isEventName(name: unknown): name is EventName {
  return typeof name === 'string' && Object.hasOwn(eventSchemas, name);
}

/**
 * Data for the codec: bytes from base64, NaN from null, packed columns from `{column: numbers}`.
 * A field that the schema does not have, and bytes that are no base64: BadInput EVENT_INVALID.
 */
export function eventFromJson(type: EventName, data: unknown): Readonly<Record<string, unknown>> {
  const schema = JSON.parse(eventSchemas[type].avro) as AvroJson;
  const packed = packedNames[type];
  const given =
    packed !== undefined && isRecord(data) && isRecord(data['columns'])
      ? { ...data, columns: pack(type, packed, data['columns']) }
      : data;
  if (!isRecord(given)) throw invalid(type, 'must be an object');
  return convert(schema, given, type, new Map()) as Record<string, unknown>;
}

const packedNames: Readonly<Partial<Record<EventName, readonly string[]>>> = {
  ContainerUsageReported: [...intervalColumns, ...containerColumns.map(({ name }) => name)],
  NamespaceUsageReported: [...intervalColumns, ...namespaceColumns.map(({ name }) => name)],
};

function convert(schema: AvroJson, value: unknown, path: string, named: Named): unknown {
  if (typeof schema === 'string') {
    const known = named.get(schema);
    return known === undefined ? primitive(schema, value, path) : convert(known, value, path, named);
  }
  if (isUnion(schema)) {
    const branch = schema.find((candidate) => candidate !== 'null');
    return value === null || value === undefined || branch === undefined
      ? value
      : convert(branch, value, path, named);
  }
  if (schema.fields !== undefined) {
    if (schema.name !== undefined) named.set(schema.name, schema);
    return convertRecord(schema.fields, value, path, named);
  }
  const { items, values } = schema;
  if (items !== undefined) {
    return Array.isArray(value)
      ? value.map((item: unknown, i) => convert(items, item, `${path}[${i}]`, named))
      : value;
  }
  if (values !== undefined) {
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, convert(values, inner, `${path}.${key}`, named)]),
    );
  }
  return convert(schema.type, value, path, named);
}

function convertRecord(
  fields: readonly { readonly name: string; readonly type: AvroJson }[],
  value: unknown,
  path: string,
  named: Named,
): unknown {
  if (!isRecord(value)) return value;
  const types = new Map(fields.map((field) => [field.name, field.type]));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const type = types.get(name);
      if (type === undefined) {
        throw invalid(`${path}.${name}`, `is no field; there are: ${[...types.keys()].join(', ')}`);
      }
      return [name, convert(type, inner, `${path}.${name}`, named)];
    }),
  );
}

function primitive(type: string, value: unknown, path: string): unknown {
  if ((type === 'double' || type === 'float') && value === null) return NaN;
  if (type !== 'bytes' || typeof value !== 'string') return value;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== value.replace(/=+$/, '')) {
    throw invalid(path, 'must be bytes as base64');
  }
  return bytes;
}

function pack(type: EventName, names: readonly string[], columns: Record<string, unknown>): Buffer {
  for (const name of Object.keys(columns)) {
    if (!names.includes(name)) throw invalid(`${type}.columns.${name}`, 'is no column');
  }
  const length = Math.max(
    0,
    ...Object.values(columns).map((cells) => (Array.isArray(cells) ? cells.length : 0)),
  );
  const packed = names.map((name) => {
    const column = new Float64Array(length).fill(NaN);
    const cells = columns[name] ?? [];
    if (!Array.isArray(cells)) throw invalid(`${type}.columns.${name}`, 'must be a list of numbers');
    for (const [i, cell] of (cells as unknown[]).entries()) {
      if (cell !== null && typeof cell !== 'number') {
        throw invalid(`${type}.columns.${name}[${i}]`, 'must be a number or null');
      }
      column[i] = cell ?? NaN;
    }
    return column;
  });
  return packColumns(packed, length);
}

function isUnion(schema: AvroJson): schema is readonly AvroJson[] {
  return Array.isArray(schema);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

function invalid(path: string, why: string): BadInput {
  return new BadInput({ code: 'EVENT_INVALID', message: `${path} ${why}` });
}
