/** What clients of Kruize read, from our tables: performance profile, experiments (our workloads) and their recommendations. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { containerColumns, namespaceColumns } from '../../../../schemas/usage-columns.ts';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import type { HttpDeps } from '../../deps.ts';

const PROFILE = 'resource-optimization-openshift';
/** Workloads of one answer; `limit` and `offset` are ours, Kruize sends all. */
const MAX_EXPERIMENTS = 1_000;
/** Containers that are read for one answer. */
const MAX_ROWS = 10_000;

type Row = Readonly<Record<string, unknown>>;

/** A refusal in the envelope of Kruize. */
class KruizeError extends Error {}

/** Adds the three lists. Whoever wants to create or update sends reports instead. */
export function kruizeRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const tags = ['recommendation'];
  const answers = { validatorCompiler: (): (() => boolean) => () => true };
  app.get(
    '/listPerformanceProfiles',
    {
      ...answers,
      config: { access: 'open' },
      schema: { tags, summary: 'Kruize: which metrics count, and how they are aggregated' },
    },
    () => [performanceProfile],
  );
  app.get(
    '/listExperiments',
    { ...answers, schema: { tags, summary: 'Kruize: workloads as experiments' } },
    (request, reply) =>
      inEnvelope(reply, async () => {
        const { flags, name, page } = asked(request, ['results', 'recommendations', 'latest', 'rm']);
        const found = await experiments(deps, request.caller.org, name, page);
        return withParts(deps, request.caller.org, found, flags.has('recommendations')).then((parts) =>
          parts.map(experimentItem),
        );
      }),
  );
  app.get(
    '/listRecommendations',
    { ...answers, schema: { tags, summary: 'Kruize: recommendations of experiments, the latest of each' } },
    (request, reply) =>
      inEnvelope(reply, async () => {
        const { name, page } = asked(request, undefined);
        const found = await experiments(deps, request.caller.org, name, page);
        return (await withParts(deps, request.caller.org, found, true)).map(recommendationItem);
      }),
  );
}

async function inEnvelope(reply: FastifyReply, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KruizeError)) throw error;
    return reply
      .code(400)
      .send({ message: error.message, httpcode: 400, documentationLink: '', status: 'ERROR' });
  }
}

interface Asked {
  readonly name: string | undefined;
  readonly flags: ReadonlySet<string>;
  readonly page: { readonly limit: number; readonly offset: number };
}

/** Reads the query; with `flags` absent unknown parameters are ignored, as Kruize does there. */
function asked(request: FastifyRequest, flags: readonly string[] | undefined): Asked {
  const query = request.query as Readonly<Record<string, string | string[]>>;
  const ours = ['experiment_name', 'limit', 'offset'];
  const strange = Object.keys(query).filter((name) => ![...ours, ...(flags ?? [])].includes(name));
  if (flags !== undefined && strange.length > 0) {
    throw new KruizeError(`The query param(s) - " [${strange.join(', ')}] " is/are invalid`);
  }
  const on = (flags ?? []).filter((flag) => {
    const value = query[flag] ?? 'false';
    if (value !== 'true' && value !== 'false')
      throw new KruizeError('The query param value(s) is/are invalid');
    return value === 'true';
  });
  const { experiment_name: name } = query;
  const limit = Math.min(MAX_EXPERIMENTS, whole(query['limit'], MAX_EXPERIMENTS));
  return {
    name: typeof name === 'string' ? name : name?.[0],
    flags: new Set(on),
    page: { limit, offset: whole(query['offset'], 0) },
  };
}

function whole(text: unknown, absent: number): number {
  if (text === undefined) return absent;
  if (typeof text === 'string' && /^\d{1,9}$/.test(text)) return Number(text);
  throw new KruizeError('The query param value(s) is/are invalid');
}

/** Workloads in a fixed order; with a name, the one that has it. */
async function experiments(
  { readModels }: HttpDeps,
  org: string,
  name: string | undefined,
  page: Asked['page'],
): Promise<readonly Row[]> {
  const orderBy = ['cluster_id', 'namespace', 'workload_type', 'workload'].map((column) => ({
    column,
    descending: false,
  }));
  const where = name === undefined ? [] : named(name);
  const rows = await readModels.select({ table: 'workloads', org, where, orderBy, ...page });
  const found = name === undefined ? rows : rows.filter((row) => nameOf(row) === name);
  if (name !== undefined && found.length === 0) {
    throw new KruizeError(`Given experiment name - " ${name} " is not valid`);
  }
  return found;
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
  if (recommendations) columns.push('document');
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
    performance_profile: PROFILE,
    trial_settings: { measurement_duration: '15min' },
    recommendation_settings: { threshold: '0.1' },
    experiment_usecase_type: { remote_monitoring: true, local_monitoring: false, local_experiment: false },
    kubernetes_objects: [insideOf(experiment, byName)],
  };
}

function recommendationItem(experiment: Experiment): object {
  return { ...headOf(experiment), kubernetes_objects: [insideOf(experiment, (parts) => parts)] };
}

/** The profile that ROS uses, as far as it is data: queries are not ours, for we read reports. */
const performanceProfile = {
  name: PROFILE,
  profile_version: 2.0,
  k8s_type: 'openshift',
  slo: {
    slo_class: 'resource_usage',
    direction: 'minimize',
    objective_function: { function_type: 'source' },
    function_variables: [
      ...variables('container', containerColumns),
      ...variables('namespace', namespaceColumns),
    ],
  },
};

function variables(
  kind: 'container' | 'namespace',
  columns: readonly { readonly name: string; readonly combine: string }[],
) {
  const functions = new Map<string, string[]>();
  for (const { name, combine } of columns) {
    const metric = metricOf(kind, name.slice(0, -combine.length - 1));
    functions.set(metric, [...(functions.get(metric) ?? []), combine]);
  }
  return [...functions].map(([name, combines]) => ({
    name,
    datasource: 'prometheus',
    value_type: 'double',
    kubernetes_object: kind,
    aggregation_functions: combines.map((combine) => ({ function: combine })),
  }));
}

/** cpu_request_container → cpuRequest, memory_rss_usage_namespace → namespaceMemoryRSS. */
function metricOf(kind: string, column: string): string {
  const words = column
    .split('_')
    .filter((word) => word !== kind)
    .join('_')
    .replace('rss_usage', 'RSS')
    .split('_');
  const own = kind === 'container' ? words : [kind, ...words];
  return own.map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join('');
}
