/** What a cluster is made of now, from the tables: nodes with what is used of them, services with what has a place. */
import { runningOf, serviceOf as placerService } from '../../../../projections/placement/declared.ts';
import { effectiveNode } from '../../../../projections/placement/effective.ts';
import { grouped } from '../../../../projections/placement/placer/grouped.ts';
import type { State } from '../../../../projections/placement/placer/reconcile.ts';
import type { ReadModels } from '../../../../projections/runtime/ports.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { HttpDeps } from '../../deps.ts';
import { observedNodes, progressOf, serviceOf } from './shown.ts';
import type { Fields, ObservedNode, Shown } from './shown.ts';

/** Rows that are read at a time, and how many are read at most. */
const PAGE = 1_000;
const MOST = 25_000;

export { serviceOf } from './shown.ts';
export type { Fields } from './shown.ts';

/** Tables of a cluster, and the last column of their keys. */
const ties = {
  ...{ nodes: 'name', services: 'name', replicas: 'replica_id', unplaceable: 'service' },
  ...{ observed_nodes: 'name', objects: 'object_id', deployments: 'uid', pods: 'uid' },
} as const;

/** All rows of a table of one cluster, by its key. */
export async function rowsOf(
  { readModels }: Pick<HttpDeps, 'readModels'>,
  table: keyof typeof ties,
  org: string,
  cluster: string,
): Promise<Fields[]> {
  const query: Parameters<ReadModels['select']>[0] = {
    ...{ table, org, where: [{ column: 'cluster_id', op: 'eq', value: cluster }] },
    orderBy: [{ column: ties[table], descending: false }],
    limit: PAGE,
  };
  const rows: Fields[] = [];
  for (let offset = 0; offset < MOST; offset += PAGE) {
    const page = await readModels.select({ ...query, offset });
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
  throw new BadInput({ code: 'TOO_MANY_ROWS', message: `${table} of ${cluster} has more than ${MOST} rows` });
}

/** What the cluster shows; undefined while no cluster reports. */
export async function shownOf(
  deps: Pick<HttpDeps, 'readModels'>,
  org: string,
  cluster: string,
): Promise<Shown | undefined> {
  const [objects, deployments, pods] = await Promise.all([
    rowsOf(deps, 'objects', org, cluster),
    rowsOf(deps, 'deployments', org, cluster),
    rowsOf(deps, 'pods', org, cluster),
  ]);
  const reports = [objects, deployments, pods].some((rows) => rows.length > 0);
  return reports || (await seesNodes(deps, org, cluster)) ? { objects, deployments, pods } : undefined;
}

async function seesNodes({ readModels }: Pick<HttpDeps, 'readModels'>, org: string, cluster: string) {
  const where = [
    { column: 'cluster_id', op: 'eq', value: cluster },
    { column: 'gone', op: 'eq', value: false },
  ] as const;
  const some = await readModels.select({ table: 'observed_nodes', org, where, limit: 1 });
  return some.length > 0;
}

/** What the placer is told of a cluster: nodes as they are declared and observed, services, and what is placed now. */
export async function placerState(
  deps: Pick<HttpDeps, 'readModels'>,
  org: string,
  cluster: string,
): Promise<State> {
  const [nodes, observed, services, replicas] = await Promise.all([
    rowsOf(deps, 'nodes', org, cluster),
    rowsOf(deps, 'observed_nodes', org, cluster),
    rowsOf(deps, 'services', org, cluster),
    rowsOf(deps, 'replicas', org, cluster),
  ]);
  type Declared = Parameters<typeof effectiveNode>[0];
  type Seen = NonNullable<Parameters<typeof effectiveNode>[1]>;
  const seen = new Map(observed.map((row) => [row['name'], stored<Seen>(row)]));
  return {
    nodes: nodes.map((row) => effectiveNode(stored<Declared>(row), seen.get(row['name']))),
    services: services.map((row) => placerService(stored<Parameters<typeof placerService>[0]>(row))),
    placed: replicas.map((row) => runningOf(stored<Parameters<typeof runningOf>[0]>(row))),
  };
}

/** A row as projections see it: json as text. */
function stored<R>(row: Fields): R {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    ]),
  ) as R;
}

/** A node, what is used of it, and how many replicas of which service it carries. */
export interface NodeState {
  readonly name: string;
  readonly mac: string | null;
  readonly cpu: { readonly capacity: number; readonly used: number };
  readonly memory: { readonly capacity: number; readonly used: number };
  readonly cores: { readonly capacity: readonly number[]; readonly used: readonly number[] };
  readonly accelerators: readonly { id: string; type: string; capacity: number; used: number }[];
  readonly labels: unknown;
  readonly taints: unknown;
  readonly schedulable: boolean;
  readonly services: Readonly<Record<string, number>>;
  /** What the cluster shows of it; null: it was never seen. */
  readonly observed: ObservedNode | null;
}

/** Nodes as they are; used is the sum over the replicas that have their place there. */
export function nodeStates(
  nodes: readonly Fields[],
  replicas: readonly Fields[],
  observed: readonly Fields[] = [],
): NodeState[] {
  const seen = observedNodes(observed);
  const byNode = grouped(replicas, (row) => String(row['node']));
  return nodes.map((node) => {
    const here = byNode.get(String(node['name'])) ?? [];
    const sum = (name: string) => here.reduce((total, replica) => total + Number(replica[name]), 0);
    const taken = <T>(name: string) => here.flatMap((replica) => replica[name] as readonly T[]);
    const cores = node['cores'] as readonly number[];
    const coreShares = taken<{ core: number; percent: number }>('cores');
    const deviceShares = taken<{ device: string; percent: number }>('accelerators');
    const devices = node['accelerators'] as readonly { id: string; type: string; capacity: number }[];
    const services: Record<string, number> = {};
    for (const replica of here) {
      const service = String(replica['service']);
      services[service] = (services[service] ?? 0) + 1;
    }
    return {
      name: String(node['name']),
      mac: node['mac'] as string | null,
      cpu: { capacity: Number(node['cpu']), used: sum('cpu') },
      memory: { capacity: Number(node['memory']), used: sum('memory') },
      cores: {
        capacity: cores,
        used: cores.map((_, i) => percents(coreShares.filter(({ core }) => core === i))),
      },
      accelerators: devices.map((device) => ({
        ...device,
        used: percents(deviceShares.filter(({ device: id }) => id === device.id)),
      })),
      labels: node['labels'],
      taints: node['taints'],
      schedulable: node['schedulable'] === true,
      services,
      observed: seen.get(String(node['name'])) ?? null,
    };
  });
}

/** Services with how many of their replicas have a place, where, why others have none, and how far they have got in the cluster. */
export function serviceStates(
  services: readonly Fields[],
  replicas: readonly Fields[],
  unplaceable: readonly Fields[],
  shown?: Shown,
): Fields[] {
  const progress = progressOf(shown);
  const byService = grouped(replicas, serviceOf);
  const lacking = grouped(unplaceable, serviceOf);
  return services.map((service) => {
    const here = byService.get(String(service['name'])) ?? [];
    const lack = lacking.get(String(service['name']))?.[0];
    const declared = Object.entries(service).filter(([name]) => name !== 'org_id' && name !== 'cluster_id');
    return {
      ...Object.fromEntries(declared),
      placed: here.length,
      ...progress(String(service['name']), here.length),
      nodes: here.map((replica) => ({ replica: replica['replica'], node: replica['node'] })),
      unplaceable:
        lack === undefined
          ? null
          : {
              replicas: lack['replicas'],
              reasons: lack['reasons'],
              nearest: {
                node: lack['nearest_node'],
                code: lack['nearest_code'],
                message: lack['nearest_message'],
              },
            },
    };
  });
}

function percents(shares: readonly { readonly percent: number }[]): number {
  return shares.reduce((sum, { percent }) => sum + percent, 0);
}
