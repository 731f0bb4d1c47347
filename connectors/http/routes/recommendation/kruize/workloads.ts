/** Workloads that reports tell of, as experiments of Kruize. */
import { ROS_PROFILE } from '../../../../../projections/recommendation/kruize/profile.ts';
import type { Filter } from '../../../../../projections/runtime/ports.ts';
import type { HttpDeps } from '../../../deps.ts';
import type { Page, Row } from './page.ts';

/** Containers that are read for one answer. */
const MAX_ROWS = 10_000;

/** Workloads as items of listExperiments; with a name, the one that has it. */
export async function listedWorkloads(
  deps: HttpDeps,
  org: string,
  name: string | undefined,
  page: Page,
  recommendations: boolean,
): Promise<Named[]> {
  const found = await withParts(deps, org, await workloads(deps, org, name, page), recommendations);
  return found.map((it) => ({ name: nameOf(it.row), item: experimentItem(it) }));
}

/** Workloads as items of listRecommendations; with an end, those whose advice is of it. */
export async function advisedWorkloads(
  deps: HttpDeps,
  org: string,
  name: string | undefined,
  page: Page,
  end: string | undefined,
): Promise<Named[]> {
  const found = await withParts(deps, org, await workloads(deps, org, name, page), true);
  return found
    .filter(({ parts }) => end === undefined || parts.some((part) => part['monitoring_end_time'] === end))
    .map((it) => ({ name: nameOf(it.row), item: recommendationItem(it) }));
}

/** An item with the name of its experiment. */
export interface Named {
  readonly name: string;
  readonly item: object;
}

/** Workloads in a fixed order; with a name, the one that has it. */
async function workloads(
  { readModels }: HttpDeps,
  org: string,
  name: string | undefined,
  page: Page,
): Promise<readonly Row[]> {
  const orderBy = ['cluster_id', 'namespace', 'workload_type', 'workload'].map((column) => ({
    column,
    descending: false,
  }));
  const where = name === undefined ? [] : named(name);
  const rows = await readModels.select({ table: 'workloads', org, where, orderBy, ...page });
  return name === undefined ? rows : rows.filter((row) => nameOf(row) === name);
}

/** `org|source|cluster|namespace|type|name`, of a namespace `org|source|cluster|namespace|name`. */
function nameOf(row: Row): string {
  const { org_id: org, source_id: source, cluster_id: cluster, namespace, workload_type: type } = row;
  const scope = [org, source ?? '', cluster].map(String).join('|');
  return type === 'namespace'
    ? `${scope}|namespace|${String(namespace)}`
    : `${scope}|${String(namespace)}|${String(type)}|${String(row['workload'])}`;
}

/** Of a name only what cannot hold a separator is taken apart; the whole is compared afterwards. */
function named(name: string): Filter[] {
  const [last, ...before] = name.split('|').reverse();
  const workload = before.length === 0 ? name : last!;
  return [{ column: 'workload', op: 'eq', value: workload }];
}

interface Experiment {
  readonly row: Row;
  /** Rows of the recommendations of its containers, or of the namespace. */
  readonly parts: readonly Row[];
  readonly recommendations: boolean;
}

async function withParts(
  { readModels }: HttpDeps,
  org: string,
  rows: readonly Row[],
  recommendations: boolean,
): Promise<Experiment[]> {
  if (rows.length === 0) return [];
  const anyOf = ['cluster_id', 'workload'].map((column) =>
    [...new Set(rows.map((row) => String(row[column])))].map((value): Filter => ({
      column,
      op: 'eq',
      value,
    })),
  );
  const columns = ['cluster_id', 'namespace', 'workload_type', 'workload', 'container', 'image'];
  if (recommendations) columns.push('document', 'monitoring_end_time');
  const query = { table: 'recommendations', org, where: [], anyOf, columns, limit: MAX_ROWS };
  const parts = new Map<string, Row[]>();
  for (const part of await readModels.select(query)) {
    const name = identityOf(part);
    parts.set(name, [...(parts.get(name) ?? []), part]);
  }
  return rows.map((row) => ({ row, parts: parts.get(identityOf(row)) ?? [], recommendations }));
}

function identityOf(row: Row): string {
  return JSON.stringify(['cluster_id', 'namespace', 'workload_type', 'workload'].map((name) => row[name]));
}

function headOf({ row }: Experiment) {
  return {
    version: 'v2.0',
    experiment_name: nameOf(row),
    cluster_name: `${String(row['org_id'])};${String(row['cluster_id'])}`,
    experiment_type: row['workload_type'] === 'namespace' ? 'namespace' : 'container',
  };
}

/** A container, or with `name` null the namespace itself, as far as it is known. */
function partOf({ parts, recommendations }: Experiment, name: string | null): Row {
  const part = parts.find(({ container }) => (container ?? null) === name);
  const document = part?.['document'] ?? { version: '1.0', notifications: {}, data: {} };
  return {
    ...(name === null ? {} : { container_image_name: part?.['image'] ?? '', container_name: name }),
    ...(recommendations ? { recommendations: document } : {}),
  };
}

/** The workload; `contain` puts its containers together. */
function insideOf(experiment: Experiment, contain: (containers: readonly Row[]) => unknown): Row {
  const { workload_type: type, workload: name, namespace, containers } = experiment.row;
  if (type === 'namespace') return { namespaces: { namespace, ...partOf(experiment, null) } };
  const names = containers as readonly string[];
  return { type, name, namespace, containers: contain(names.map((it) => partOf(experiment, it))) };
}

/** Containers as Kruize's experiments have them: an object by name. */
function experimentItem(experiment: Experiment): object {
  const byName = (parts: readonly Row[]): object =>
    Object.fromEntries(parts.map((part) => [String(part['container_name']), part]));
  return {
    ...headOf(experiment),
    experiment_id: experiment.row['workload_id'],
    mode: 'monitor',
    target_cluster: 'remote',
    status: 'IN_PROGRESS',
    performance_profile: ROS_PROFILE,
    trial_settings: { measurement_duration: '15min' },
    recommendation_settings: { threshold: '0.1' },
    experiment_usecase_type: { remote_monitoring: true, local_monitoring: false, local_experiment: false },
    kubernetes_objects: [insideOf(experiment, byName)],
  };
}

function recommendationItem(experiment: Experiment): object {
  return { ...headOf(experiment), kubernetes_objects: [insideOf(experiment, (parts) => parts)] };
}
