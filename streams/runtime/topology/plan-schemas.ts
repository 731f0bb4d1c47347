/** Schemas of a plan: registered when they are new, refused when old records could not be read. */
import { canonicalForm } from '../../../schemas/codec/avro.ts';
import { checkEvolution } from '../../../schemas/codec/evolution.ts';
import { COMPATIBILITY, ourSubjects } from './live.ts';
import type { LiveState, LiveSubject, Wanted, WantedSchema } from './live.ts';
import type { Note, Step } from './steps.ts';

/** These say at least as much as ours. */
const sufficient = new Set([COMPATIBILITY, 'FULL_TRANSITIVE']);

/** The steps for subjects. */
export function planSchemas(wanted: Wanted, live: LiveState): Step[] {
  const there = new Map(live.subjects.map((subject) => [subject.name, subject]));
  return [
    ...wanted.schemas.flatMap((schema) => planSchema(schema, there.get(schema.subject))),
    ...unlisted(wanted, live),
  ];
}

function planSchema(schema: WantedSchema, found: LiveSubject | undefined): Step[] {
  const { subject, fullName, avro } = schema;
  const versions = found?.versions ?? [];
  const latest = versions.at(-1);
  const from = latest === undefined ? null : `version ${latest.version}, id ${latest.id}`;
  // a version that is registered may still be unable to read a newer one: records of that would become dead letters
  const unreadable = incompatibility(schema, versions);
  if (unreadable !== undefined) {
    const to = 'the schema of this version';
    return [{ kind: 'refuse', code: 'SCHEMA_INCOMPATIBLE', target: subject, from, to, why: unreadable }];
  }
  const steps: Step[] = [];
  if (!versions.some((version) => sameForm(version.avro, avro))) {
    const to = latest === undefined ? 'version 1' : `version ${latest.version + 1}`;
    const why = latest === undefined ? 'the event is new to the registry' : 'the event has changed';
    steps.push({ kind: 'register-schema', target: subject, from, to, why, fullName });
  }
  const level = found?.compatibility;
  if (level === undefined || !sufficient.has(level)) {
    const step: Step = {
      kind: 'set-compatibility',
      target: subject,
      from: level ?? null,
      to: COMPATIBILITY,
      why: 'the registry refuses what could not read older records',
    };
    // a subject that is there is guarded before anything is added; one that is not cannot be
    if (latest === undefined) steps.push(step);
    else steps.unshift(step);
  }
  return steps;
}

function incompatibility(
  { fullName, avro }: WantedSchema,
  versions: LiveSubject['versions'],
): string | undefined {
  const history = versions.map((version) => ({ id: version.id, fullName, avro: version.avro }));
  try {
    return checkEvolution([{ fullName, avro }], history).find(({ kind }) => kind === 'incompatible')?.message;
  } catch (error) {
    return `its versions in the registry cannot be compared: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function sameForm(one: string, other: string): boolean {
  try {
    return canonicalForm(one) === canonicalForm(other);
  } catch {
    return false; // no schema that we can read: compared as incompatible
  }
}

/** Subjects of our topics whose event this version does not have: records of it would become dead letters. */
function unlisted(wanted: Wanted, live: LiveState): Note[] {
  const listed = new Set(wanted.schemas.map(({ subject }) => subject));
  return ourSubjects(
    wanted,
    live.subjects.map(({ name }) => name),
  )
    .filter((name) => !listed.has(name))
    .map((name) => ({
      kind: 'note',
      code: 'SUBJECT_UNLISTED',
      target: name,
      from: name,
      to: null,
      why: 'this version has no such event: records of it become dead letters',
    }));
}
