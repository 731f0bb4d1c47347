/**
 * Writes schemas/generated/events.ts (types, embedded schemas) from the .avsc files, and schemas/generated/history.ts
 * from schemas/history, to which a schema that changed is added when it can still read its older versions.
 * `--check` compares instead of writing and exits 1 when a committed file is stale; an incompatible change always fails.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyModule, readHistory, writeHistory } from './codegen-history.ts';
import { checkEvolution, newVersions } from './codec/evolution.ts';

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

const check = process.argv.includes('--check');
const historyFolder = join(root, 'history');
const current = events.map(({ name, schema }) => ({
  fullName: `${schema.namespace!}.${name}`,
  avro: JSON.stringify(schema),
}));
const history = readHistory(historyFolder);
const problems = checkEvolution(current, history).filter((problem) => check || problem.kind !== 'unrecorded');
if (problems.length > 0) {
  for (const problem of problems) console.error(problem.message);
  process.exit(1);
}
const added = newVersions(current, history);
if (!check) writeHistory(historyFolder, added);

emit(target, 'schemas/generated/events.ts', text);
emit(
  join(root, 'generated', 'history.ts'),
  'schemas/generated/history.ts',
  historyModule([...history, ...added]),
);

function emit(path: string, shown: string, content: string): void {
  let committed = '';
  try {
    committed = readFileSync(path, 'utf8');
  } catch {
    // absent counts as stale
  }
  if (committed === content) return;
  if (check) {
    console.error(`${shown} is stale: run \`npm run generate\` and commit the result.`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, content);
  }
}
