/** Which posted records count: the checks that need to know the experiment, in the order in which Kruize makes them. */
import type { PostedRecord, PostedTarget, RecordOutcome } from '../../../schemas/generated/events.ts';
import type { Definition, ObjectDefinition } from './definition.ts';

/** What the checks know of the experiment. */
export interface Judged {
  readonly name: string;
  readonly version: string | null;
  readonly type: string;
  readonly measurementMinutes: number;
  readonly definition: Definition;
}

type Refusal = Pick<RecordOutcome, 'code' | 'message' | 'http_status'>;

/** An interval may be so much longer or shorter than agreed, ms. */
const TOLERANCE_MS = 30_000;

const refuse = (code: string, message: string, status = 400): Refusal => ({
  code,
  message,
  http_status: status,
});

/** Why a record of an experiment that does not exist does not count. */
export function unknownExperiment(name: string): Refusal {
  return refuse('EXPERIMENT_NOT_FOUND', `Not Found: experiment_name does not exist: ${name}`);
}

/** Why a record that has been posted before does not count. */
export const alreadyThere = refuse('RESULT_EXISTS', 'An entry for this record already exists!', 409);

/** Why a record does not count whatever else is known; undefined: nothing is wrong with it. */
export function judgeRecord(
  experiment: Judged,
  record: PostedRecord,
  targets: readonly PostedTarget[],
): Refusal | undefined {
  return (
    wrongVersion(experiment, record) ??
    (record.problem === null ? undefined : refuse('BAD_METRICS', record.problem)) ??
    wrongTarget(
      experiment,
      record.targets.map((place) => targets[place]!),
    ) ??
    wrongInterval(experiment, record)
  );
}

function wrongVersion({ version: expected }: Judged, { version }: PostedRecord): Refusal | undefined {
  if (version === null) return refuse('VERSION_MISSING', 'version: must not be blank');
  if (expected === null || version === expected) return undefined;
  return refuse(
    'VERSION_DIFFERS',
    `Version number mismatch found. Expected: ${expected} , Found: ${version}`,
  );
}

function wrongTarget(experiment: Judged, targets: readonly PostedTarget[]): Refusal | undefined {
  if (targets.length === 0) {
    return refuse(
      'OBJECT_MISSING',
      'kubernetes_objects: name one workload with containers, or one namespace',
    );
  }
  const ofNamespace = experiment.type === 'namespace';
  for (const target of targets) {
    if (ofNamespace && !target.of_namespace) {
      return refuse(
        'WRONG_KIND',
        `kubernetes_objects : Expected namespace-level results, but found type, name, and namespace for experiment: ${experiment.name}.`,
      );
    }
    if (!ofNamespace && target.of_namespace) {
      return refuse(
        'WRONG_KIND',
        `kubernetes_objects : Expected container-level results, but found a namespace for experiment: ${experiment.name}.`,
      );
    }
    const wrong = mismatch(experiment, target);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** A target has to be one of the objects of the experiment; what differs is told against the first. */
function mismatch({ name, definition }: Judged, target: PostedTarget): Refusal | undefined {
  const known = definition.kubernetes_objects.map(partsOf);
  const found = [target.type, target.name, target.namespace];
  if (known.some((parts) => parts.every((part, i) => same(part, found[i]!)))) return undefined;
  const expected = known[0] ?? [null, null, null];
  const lines = ['Type', 'Name', 'Namespace'].flatMap((what, i) =>
    same(expected[i]!, found[i]!)
      ? []
      : [
          `Kubernetes Object ${what}s MisMatched. Expected ${what}: ${expected[i] ?? 'null'}, Found: ${found[i] ?? 'null'} in Results for experiment: ${name} \n`,
        ],
  );
  return refuse('OBJECT_DIFFERS', `kubernetes_objects : ${lines.join('')}`);
}

const same = (a: string | null, b: string | null): boolean => a === null || a === b;

function partsOf(object: ObjectDefinition): (string | null)[] {
  if (object.namespaces !== undefined) return [null, null, object.namespaces.namespace];
  return [object.type ?? null, object.name ?? null, object.namespace ?? null];
}

function wrongInterval(
  { measurementMinutes }: Judged,
  { interval_start: start, interval_end: end }: PostedRecord,
): Refusal | undefined {
  if (end === null) return refuse('END_MISSING', 'interval_end_time: must not be null');
  if (start === null || start >= end) {
    return refuse('END_BEFORE_START', 'The Start time should precede the End time!');
  }
  if (Math.abs(end - start - measurementMinutes * 60_000) <= TOLERANCE_MS) return undefined;
  return refuse(
    'WRONG_DURATION',
    'Interval duration cannot be less than or greater than measurement_duration by more than 30 seconds',
  );
}
