/** The committed history of event schemas, `schemas/history/<EventName>.<id>.avsc`, and the module generated from it. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoricSchema } from './codec/schema.ts';

const fileName = /^([A-Za-z][A-Za-z0-9]*)\.([1-9][0-9]*)\.avsc$/;

/** The versions in a folder by id (none when the folder is absent). Throws on a file that is not named for its record. */
export function readHistory(folder: string): HistoricSchema[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .map((file) => {
      const [, name, id] = fileName.exec(file) ?? [];
      const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        name?: string;
        namespace?: string;
      };
      if (name === undefined || schema.name !== name || schema.namespace === undefined) {
        throw new Error(`schemas/history/${file} is not named <EventName>.<id>.avsc for the record in it`);
      }
      return { id: Number(id), fullName: `${schema.namespace}.${name}`, avro: JSON.stringify(schema) };
    })
    .sort((a, b) => a.id - b.id);
}

/** Adds versions to a folder, one file each, readable. */
export function writeHistory(folder: string, versions: readonly HistoricSchema[]): void {
  for (const version of versions) {
    const name = version.fullName.slice(version.fullName.lastIndexOf('.') + 1);
    const text = `${JSON.stringify(JSON.parse(version.avro), null, 2)}\n`;
    writeFileSync(join(folder, `${name}.${version.id}.avsc`), text, { flag: 'wx' });
  }
}

/** The text of schemas/generated/history.ts. */
export function historyModule(history: readonly HistoricSchema[]): string {
  const lines = history.map(
    ({ id, fullName, avro }) => `  { id: ${id}, fullName: '${fullName}', avro: ${JSON.stringify(avro)} },`,
  );
  return `// Generated from schemas/history by \`npm run generate\`; do not edit.
import type { HistoricSchema } from '../codec/schema.ts';

/** Every version of every event schema that was ever committed, by id. */
export const schemaHistory: readonly HistoricSchema[] = [
${lines.join('\n')}
];
`;
}
