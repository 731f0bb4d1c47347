/** Query parameters of the ROS lists, read as filters on the recommendations table. */
import type { Filter } from '../../../../projections/runtime/ports.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import { single, type RawQuery } from './parameters.ts';

/** Filters of a list: groups are OR-ed inside, AND-ed with each other and with `where`. */
export interface ListFilters {
  readonly where: readonly Filter[];
  readonly anyOf: readonly (readonly Filter[])[];
}

/** Types of workload that may be asked for. */
export const workloadTypes = [
  'daemonset',
  'deployment',
  'deploymentconfig',
  'replicaset',
  'replicationcontroller',
  'statefulset',
] as const;
/** Workloads that are namespaces; only the list of workloads knows them. */
const namespaceType = 'namespace';

/** Most values of one parameter. */
const maxValues = 5;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const columns = {
  project: 'namespace',
  workload: 'workload',
  container: 'container',
  workload_type: 'workload_type',
} as const;
type Parameter = keyof typeof columns | 'cluster';

/** Parameters that filter, per kind of list. */
const parameters = {
  workload: ['cluster', 'project', 'workload', 'workload_type'],
  container: ['cluster', 'project', 'workload', 'container', 'workload_type'],
  namespace: ['cluster', 'project'],
} as const satisfies Record<string, readonly Parameter[]>;

/** Names of the parameters that filter a list; each may be repeated. */
export function filterNames(kind: keyof typeof parameters): string[] {
  return parameters[kind].flatMap((name) => [name, `filter[exact:${name}]`, `exclude[${name}]`]);
}

/** True for a text that is shaped like a UUID, in any case and of any version. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/**
 * Reads `P`, `filter[exact:P]` and `exclude[P]`: plain values match as substrings and are OR-ed, exact ones are OR-ed, excluded ones
 * AND-ed; the three groups are AND-ed. A value that is plain and exact counts as exact; one that is excluded and asked for is an error.
 */
export function readFilters(kind: keyof typeof parameters, query: RawQuery): ListFilters {
  const anyOf: Filter[][] = [];
  for (const name of parameters[kind]) {
    const plain = values(query, name);
    const exact = values(query, `filter[exact:${name}]`);
    const excluded = values(query, `exclude[${name}]`);
    for (const value of excluded) {
      if (plain.includes(value) || exact.includes(value)) {
        throw new BadInput({
          code: 'FILTER_CONFLICT',
          message: `${name} "${value}" is both asked for and excluded; leave one of them out`,
        });
      }
    }
    if (name === 'workload_type')
      [...plain, ...exact, ...excluded].forEach((value) => checkType(kind, value));
    const included = plain.filter((value) => !exact.includes(value));
    if (included.length > 0) anyOf.push(included.map((value) => matching(name, value)));
    if (exact.length > 0) anyOf.push(exact.map((value) => equal(name, value, 'eq')));
    for (const value of excluded) anyOf.push(different(name, value));
  }
  const where: Filter[] = kind === 'workload' ? [] : [...advised(kind), ...dates(query)];
  return { where, anyOf };
}

/** Recommendations of a kind that have advice: the ROS API does not know the others. */
export function advised(kind: 'container' | 'namespace'): Filter[] {
  return [
    { column: 'kind', op: 'eq', value: kind },
    { column: 'available', op: 'eq', value: true },
  ];
}

/** The day that a list starts at when `start_date` is absent: the first of the current month, UTC. */
export function defaultStart(now: number): string {
  return `${new Date(now).toISOString().slice(0, 7)}-01`;
}

function values(query: RawQuery, name: string): readonly string[] {
  const raw = query[name];
  const list = (Array.isArray(raw) ? (raw as readonly string[]) : [raw as string | undefined]).filter(
    (value): value is string => value !== undefined && value !== '',
  );
  if (list.length > maxValues) {
    throw new BadInput({
      code: 'TOO_MANY_VALUES',
      message: `${name} has ${list.length} values; at most ${maxValues} are taken`,
    });
  }
  return [...new Set(list)];
}

function checkType(kind: keyof typeof parameters, value: string): void {
  const known: readonly string[] = kind === 'workload' ? [...workloadTypes, namespaceType] : workloadTypes;
  if (!known.includes(value)) {
    throw new BadInput({
      code: 'BAD_WORKLOAD_TYPE',
      message: `invalid workload_type: ${value}; use one of ${known.join(', ')}`,
    });
  }
}

function matching(name: Parameter, value: string): Filter {
  if (name === 'cluster' && isUuid(value)) return equal(name, value, 'eq');
  if (name === 'workload_type') return equal(name, value, 'eq');
  return { column: name === 'cluster' ? 'cluster_alias' : columns[name], op: 'like', value };
}

function equal(name: Parameter, value: string, op: 'eq' | 'ne'): Filter {
  if (name !== 'cluster') return { column: columns[name], op, value };
  return isUuid(value)
    ? { column: 'cluster_id', op, value: value.toLowerCase() }
    : { column: 'cluster_alias', op, value };
}

/** Rows without a value are different from any value. */
function different(name: Parameter, value: string): Filter[] {
  const filter = equal(name, value, 'ne');
  return filter.column === 'cluster_alias' || filter.column === 'container'
    ? [filter, { column: filter.column, op: 'isNull', value: null }]
    : [filter];
}

/** Report ends from `start_date` to the end of `end_date`, as far as they are given. */
export function dates(query: RawQuery): Filter[] {
  const filters: Filter[] = [];
  const start = day(query, 'start_date');
  const end = day(query, 'end_date');
  if (start !== null) filters.push({ column: 'monitoring_end_time', op: 'gte', value: start });
  if (end !== null) filters.push({ column: 'monitoring_end_time', op: 'lt', value: end + 86_400_000 });
  return filters;
}

function day(query: RawQuery, name: string): number | null {
  const text = single(query, name);
  if (text === undefined) return null;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new BadInput({ code: 'BAD_DATE', message: `invalid ${name}: ${text}; write YYYY-MM-DD` });
  }
  return time;
}
