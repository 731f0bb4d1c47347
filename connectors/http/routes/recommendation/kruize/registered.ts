/** Experiments that were registered over the API, as lists show them. */
import { showObjects } from '../../../../../projections/recommendation/kruize/definition.ts';
import type {
  Definition,
  KnownContainer,
} from '../../../../../projections/recommendation/kruize/definition.ts';
import type { Filter } from '../../../../../projections/runtime/ports.ts';
import type { HttpDeps } from '../../../deps.ts';
import type { Page, Row } from './page.ts';
import { resultsByObject } from './shown-results.ts';
import type { ResultsOf } from './shown-results.ts';

/** What is shown beside the experiment itself. */
export interface Shown {
  readonly results: boolean;
  readonly recommendations: boolean;
  /** Only the newest result and recommendation. */
  readonly latest: boolean;
}

/** Recommendations of one experiment in one answer. */
const MAX_ENDS = 500;

const byName = [{ column: 'experiment_name', descending: false }];

/** Experiments by name; with a name, the one that has it. */
export function registered(
  deps: HttpDeps,
  org: string,
  name: string | undefined,
  page: Page,
): Promise<readonly Row[]> {
  const where: Filter[] = name === undefined ? [] : [{ column: 'experiment_name', op: 'eq', value: name }];
  return deps.readModels.select({ table: 'experiments', org, where, orderBy: byName, ...page });
}

/** How many experiments there are. */
export function registeredCount(deps: HttpDeps, org: string): Promise<number> {
  return deps.readModels.count({ table: 'experiments', org });
}

/** Which of these names are experiments of the API. */
export async function registeredNames(
  deps: HttpDeps,
  org: string,
  names: readonly string[],
): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const where: Filter[] = [{ column: 'experiment_name', op: 'in', value: names }];
  const columns = ['experiment_name'];
  const rows = await deps.readModels.select({
    table: 'experiments',
    org,
    where,
    columns,
    limit: names.length,
  });
  return new Set(rows.map((row) => String(row['experiment_name'])));
}

/** The answer that was recorded for an interval end. */
export async function documentAt(deps: HttpDeps, org: string, name: string, end: string): Promise<unknown> {
  const where: Filter[] = [
    { column: 'experiment_name', op: 'eq', value: name },
    { column: 'monitoring_end_time', op: 'eq', value: end },
  ];
  const [row] = await deps.readModels.select({ table: 'experiment_recommendations', org, where, limit: 1 });
  return row?.['document'];
}

/** The recommendations of experiments as items of listRecommendations. */
export async function advisedExperiments(
  deps: HttpDeps,
  org: string,
  rows: readonly Row[],
  options: { readonly latest: boolean; readonly end: string | undefined },
): Promise<object[]> {
  const documents = await documentsOf(deps, org, rows, options);
  return rows.flatMap((row) => {
    const found = documents.get(String(row['experiment_id'])) ?? [];
    if (found.length > 0) return [merged(found)];
    return options.end === undefined ? [blank(row)] : [];
  });
}

/** An answer of updateRecommendations as far as it is read here. */
interface Document {
  readonly kubernetes_objects: readonly {
    readonly containers: readonly { readonly container_name: string; readonly recommendations: Advice }[];
    readonly namespaces?: { readonly recommendations: Advice };
  }[];
}

interface Advice {
  readonly data: object;
}

/** Documents by experiment, newest first. */
async function documentsOf(
  deps: HttpDeps,
  org: string,
  rows: readonly Row[],
  { latest, end }: { readonly latest: boolean; readonly end: string | undefined },
): Promise<Map<string, Document[]>> {
  const advised = rows.filter((row) => row['last_recommendation_end'] !== null);
  const found = new Map<string, Document[]>();
  const newest = new Map(
    advised.map((row) => [String(row['experiment_id']), row['last_recommendation_end']]),
  );
  if (newest.size === 0) return found;
  const where: Filter[] = [{ column: 'experiment_id', op: 'in', value: [...newest.keys()] }];
  if (end !== undefined) where.push({ column: 'monitoring_end_time', op: 'eq', value: end });
  else if (latest) {
    const ends = [...new Set(newest.values())].map(String);
    where.push({ column: 'monitoring_end_time', op: 'in', value: ends });
  }
  const columns = ['experiment_id', 'monitoring_end_time', 'document'];
  const orderBy = [{ column: 'monitoring_end_time', descending: true }];
  const limit = latest || end !== undefined ? 10_000 : MAX_ENDS;
  for (const row of await deps.readModels.select({
    table: 'experiment_recommendations',
    org,
    where,
    columns,
    orderBy,
    limit,
  })) {
    const id = String(row['experiment_id']);
    if (latest && end === undefined && row['monitoring_end_time'] !== newest.get(id)) continue;
    found.set(id, [...(found.get(id) ?? []), row['document'] as Document]);
  }
  return found;
}

/** The newest document, with what the others say of earlier ends. */
function merged([newest, ...others]: readonly Document[]): object {
  if (others.length === 0) return newest!;
  const all = [...others.reverse(), newest!];
  const advice = (pick: (document: Document) => Advice | undefined, now: Advice): Advice => ({
    ...now,
    data: Object.assign({}, ...all.map((document) => pick(document)?.data ?? {})) as object,
  });
  return {
    ...newest!,
    kubernetes_objects: newest!.kubernetes_objects.map((object, i) => ({
      ...object,
      containers: object.containers.map((container) => ({
        ...container,
        recommendations: advice(
          (it) =>
            it.kubernetes_objects[i]?.containers.find(
              (other) => other.container_name === container.container_name,
            )?.recommendations,
          container.recommendations,
        ),
      })),
      ...(object.namespaces === undefined
        ? {}
        : {
            namespaces: {
              ...object.namespaces,
              recommendations: advice(
                (it) => it.kubernetes_objects[i]?.namespaces?.recommendations,
                object.namespaces.recommendations,
              ),
            },
          }),
    })),
  };
}

const nothingYet = { version: '1.0', notifications: {}, data: {} };

/** An experiment that has no recommendation yet. */
function blank(row: Row): object {
  return {
    cluster_name: row['cluster_name'],
    experiment_type: row['experiment_type'],
    kubernetes_objects: showObjects(row['definition'] as Definition, row['containers'] as KnownContainer[], {
      container: ({ name, image }) => ({
        container_image_name: image,
        container_name: name,
        recommendations: nothingYet,
      }),
      namespace: () => ({ recommendations: nothingYet }),
      together: (all) => all,
    }),
    version: row['version'],
    experiment_name: row['experiment_name'],
  };
}

/** Experiments as items of listExperiments. */
export async function listedExperiments(
  deps: HttpDeps,
  org: string,
  rows: readonly Row[],
  shown: Shown,
): Promise<object[]> {
  const documents = shown.recommendations
    ? await documentsOf(deps, org, rows, { latest: shown.latest, end: undefined })
    : new Map<string, Document[]>();
  const items: object[] = [];
  for (const row of rows) {
    const found = documents.get(String(row['experiment_id'])) ?? [];
    const results = shown.results ? await resultsByObject(deps, org, row, shown.latest) : undefined;
    items.push(
      experimentItem(row, found.length === 0 ? undefined : (merged(found) as Document), results, shown),
    );
  }
  return items;
}

function experimentItem(
  row: Row,
  document: Document | undefined,
  results: ResultsOf | undefined,
  shown: Shown,
): object {
  const definition = row['definition'] as Definition;
  const advice = new Map(
    (document?.kubernetes_objects ?? []).flatMap(({ containers, namespaces }) => [
      ...containers.map((it) => [it.container_name, it.recommendations] as const),
      ...(namespaces === undefined ? [] : [['', namespaces.recommendations] as const]),
    ]),
  );
  const parts = (object: string): object => ({
    ...(results === undefined ? {} : { results: results.get(object) ?? {} }),
    ...(shown.recommendations ? { recommendations: advice.get(object) ?? nothingYet } : {}),
  });
  return {
    version: row['version'],
    experiment_id: row['experiment_id'],
    experiment_name: row['experiment_name'],
    cluster_name: row['cluster_name'],
    experiment_type: row['experiment_type'],
    ...definition,
    status: 'IN_PROGRESS',
    performance_profile: row['performance_profile'],
    experiment_usecase_type: { remote_monitoring: true, local_monitoring: false, local_experiment: false },
    validation_data: {
      success: true,
      message: 'Registered successfully with Kruize! View registered experiments at /listExperiments',
      errorCode: 201,
    },
    kubernetes_objects: showObjects(definition, row['containers'] as KnownContainer[], {
      container: ({ name, image }) => ({ container_image_name: image, container_name: name, ...parts(name) }),
      namespace: () => parts(''),
      together: (all) =>
        Object.fromEntries(all.map((it) => [(it as { container_name: string }).container_name, it])),
    }),
  };
}
