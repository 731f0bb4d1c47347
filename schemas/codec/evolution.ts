/**
 * Evolution of event schemas, BACKWARD_TRANSITIVE: the current schema of an event reads what every committed version
 * of it wrote. A changed meaning is a new record name, not a new version.
 */
import { avroType, canonicalForm } from './avro.ts';
import type { HistoricSchema, RegisteredSchema } from './schema.ts';

/** Something about the current schemas and their history that must not be. */
export interface EvolutionProblem {
  /** incompatible: old records could not be read. unrecorded: the history lacks this version. removed: an event is gone. */
  readonly kind: 'incompatible' | 'unrecorded' | 'removed' | 'id-reused';
  readonly fullName: string;
  /** Id of the version at fault; absent for unrecorded. */
  readonly id?: number;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** All problems, in the order of the schemas. Empty: every record that was ever written can be read. */
export function checkEvolution(
  current: readonly RegisteredSchema[],
  history: readonly HistoricSchema[],
): EvolutionProblem[] {
  const problems: EvolutionProblem[] = idProblems(history);
  for (const schema of current) {
    const versions = history.filter((version) => version.fullName === schema.fullName);
    const reader = avroType(schema.avro);
    for (const version of versions) {
      try {
        reader.createResolver(avroType(version.avro));
      } catch (error) {
        problems.push({
          kind: 'incompatible',
          fullName: schema.fullName,
          id: version.id,
          message:
            `${schema.fullName} can no longer read its version ${version.id}: ${reasonOf(error)}. ` +
            'Give new fields a default, never change or narrow a type; a changed meaning is a new record name.',
        });
      }
    }
    const form = canonicalForm(schema.avro);
    if (!versions.some((version) => canonicalForm(version.avro) === form)) {
      problems.push({
        kind: 'unrecorded',
        fullName: schema.fullName,
        message: `${schema.fullName} differs from its newest version in schemas/history: run \`npm run generate\` and commit the result.`,
      });
    }
  }
  const names = new Set(current.map((schema) => schema.fullName));
  for (const version of history) {
    if (names.has(version.fullName)) continue;
    problems.push({
      kind: 'removed',
      fullName: version.fullName,
      id: version.id,
      message: `${version.fullName} has history (version ${version.id}) but no schema: records of it could not be read. Restore its .avsc file.`,
    });
  }
  return problems;
}

/** The versions that the history lacks, with the next free ids; call it only when nothing is incompatible. */
export function newVersions(
  current: readonly RegisteredSchema[],
  history: readonly HistoricSchema[],
): HistoricSchema[] {
  const missing = new Set(
    checkEvolution(current, history)
      .filter((problem) => problem.kind === 'unrecorded')
      .map((problem) => problem.fullName),
  );
  let id = Math.max(0, ...history.map((version) => version.id));
  return current
    .filter((schema) => missing.has(schema.fullName))
    .map((schema) => ({ id: ++id, fullName: schema.fullName, avro: schema.avro }));
}

function idProblems(history: readonly HistoricSchema[]): EvolutionProblem[] {
  const owners = new Map<number, string>();
  const problems: EvolutionProblem[] = [];
  for (const version of history) {
    const owner = owners.get(version.id);
    if (owner === undefined) {
      owners.set(version.id, version.fullName);
      continue;
    }
    problems.push({
      kind: 'id-reused',
      fullName: version.fullName,
      id: version.id,
      message: `Schema id ${version.id} belongs to ${owner} and to ${version.fullName}: delete the newer file and run \`npm run generate\`.`,
    });
  }
  return problems;
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.slice(0, 300);
}
