/**
 * Writes schemas/generated/events.ts (types, embedded schemas) from the .avsc files.
 * `--check` compares instead of writing and exits 1 when the committed file is stale.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Avro = string | Avro[] | AvroComplex;
interface AvroComplex {
  type: Avro;
  name?: string;
  namespace?: string;
  doc?: string;
  items?: Avro;
  values?: Avro;
  symbols?: string[];
  fields?: AvroField[];
}
interface AvroField {
  name: string;
  type: Avro;
  doc?: string;
  default?: unknown;
}

const root = import.meta.dirname;
const target = join(root, 'generated', 'events.ts');
const primitives: Record<string, string> = {
  string: 'string',
  int: 'number',
  long: 'number',
  double: 'number',
  float: 'number',
  boolean: 'boolean',
  bytes: 'Buffer',
  null: 'null',
};

const interfaces: string[] = [];

function typeOf(avro: Avro): string {
  if (Array.isArray(avro)) return avro.map(typeOf).reverse().join(' | ');
  if (typeof avro === 'string') {
    const name = primitives[avro];
    if (name === undefined) throw new Error(`unknown Avro type ${avro}`);
    return name;
  }
  if (avro.type === 'record') {
    declare(avro);
    return avro.name!;
  }
  if (avro.type === 'array') return `readonly ${parenthesised(typeOf(avro.items!))}[]`;
  if (avro.type === 'map') return `Readonly<Record<string, ${typeOf(avro.values!)}>>`;
  return typeOf(avro.type);
}

function parenthesised(type: string): string {
  return type.includes(' ') ? `(${type})` : type;
}

function declare(record: AvroComplex): void {
  if (record.doc === undefined) throw new Error(`${record.name ?? 'a record'} has no doc`);
  const lines = record.fields!.map((field) => {
    if (field.doc === undefined) throw new Error(`${record.name ?? ''}.${field.name} has no doc`);
    return `  /** ${field.doc} */\n  readonly ${field.name}: ${typeOf(field.type)};`;
  });
  interfaces.push(`/** ${record.doc} */\nexport interface ${record.name!} {\n${lines.join('\n')}\n}`);
}

const contexts = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['codec', 'generated', 'history'].includes(entry.name))
  .map((entry) => entry.name)
  .sort();
const events: { context: string; name: string; schema: AvroComplex }[] = [];
for (const context of contexts) {
  for (const file of readdirSync(join(root, context))
    .filter((name) => name.endsWith('.avsc'))
    .sort()) {
    const schema = JSON.parse(readFileSync(join(root, context, file), 'utf8')) as AvroComplex;
    if (`${schema.name!}.avsc` !== file) throw new Error(`${context}/${file} declares ${schema.name!}`);
    declare(schema);
    events.push({ context, name: schema.name!, schema });
  }
}

const text = `// Generated from schemas/**/*.avsc by \`npm run generate\`; do not edit.

${interfaces.join('\n\n')}

/** Every event type by name. */
export interface Events {
${events.map((event) => `  ${event.name}: ${event.name};`).join('\n')}
}

/** Name of an event type. */
export type EventName = keyof Events;

/** The Avro schema of each event type, and the context that it belongs to. */
export const eventSchemas: Record<EventName, { readonly context: string; readonly fullName: string; readonly avro: string }> = {
${events
  .map(
    (event) =>
      `  ${event.name}: { context: '${event.context}', fullName: '${event.schema.namespace!}.${event.name}', avro: ${JSON.stringify(JSON.stringify(event.schema))} },`,
  )
  .join('\n')}
};
`;

if (process.argv.includes('--check')) {
  let current = '';
  try {
    current = readFileSync(target, 'utf8');
  } catch {
    // absent counts as stale
  }
  if (current !== text) {
    console.error('schemas/generated/events.ts is stale: run `npm run generate` and commit the result.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}
