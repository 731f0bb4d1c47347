/** What the cluster shows: of a service what is applied, ready and failed; of a node whether it is ready. */
import { grouped } from '../../../../projections/placement/placer/grouped.ts';

/** A row of a table. */
export type Fields = Readonly<Record<string, unknown>>;

/** The service of a row. */
export function serviceOf(row: Fields): string {
  return String(row['service']);
}

/** Troubles of a service that are shown. */
const MOST_FAILED = 20;

/** Rows of what was applied and seen. */
export interface Shown {
  readonly objects: readonly Fields[];
  readonly deployments: readonly Fields[];
  readonly pods: readonly Fields[];
}

/** Something of a service that does not work. */
export interface Failed {
  /** Kind of the object, such as Pod. */
  readonly kind: string;
  readonly name: string;
  readonly node: string | null;
  readonly code: string;
  /** What is wrong and what to do next. */
  readonly message: string;
}

/** How far a service has got in the cluster; null and empty while no cluster reports. */
export interface Progress {
  /** Replicas that the cluster has taken over; null: no cluster reports. */
  readonly applied: number | null;
  /** Pods that serve; null: no cluster reports. */
  readonly ready: number | null;
  /** Replicas that run: ready ones, or those that have a place while no cluster reports. */
  readonly running: number;
  readonly failed: readonly Failed[];
}

/** How far each service has got; of one that nothing is known of: nothing applied, nothing ready. */
export function progressOf(shown: Shown | undefined): (service: string, placed: number) => Progress {
  if (shown === undefined)
    return (_, placed) => ({ applied: null, ready: null, running: placed, failed: [] });
  const objects = grouped(shown.objects, serviceOf);
  const deployments = grouped(shown.deployments, serviceOf);
  const pods = grouped(shown.pods, serviceOf);
  return (service) => {
    const its = pods.get(service) ?? [];
    const ready = its.filter((pod) => pod['ready'] === true).length;
    const taken = deployments.get(service) ?? [];
    return {
      applied: taken.reduce((sum, row) => sum + Number(row['replicas']), 0),
      ready,
      running: ready,
      failed: [
        ...(objects.get(service) ?? []).filter((row) => row['code'] !== null).map(failedObject),
        ...taken.filter((row) => row['reason'] !== null).map((row) => failedRow('Deployment', row)),
        ...its
          .filter((row) => row['ready'] !== true && row['reason'] !== null)
          .map((row) => failedRow('Pod', row)),
      ].slice(0, MOST_FAILED),
    };
  };
}

function failedObject(row: Fields): Failed {
  return {
    ...{ kind: String(row['kind']), name: String(row['name']), node: textOrNull(row['node']) },
    ...{ code: String(row['code']), message: String(row['message']) },
  };
}

function failedRow(kind: string, row: Fields): Failed {
  const name = String(row[kind === 'Pod' ? 'pod' : 'name']);
  const node = textOrNull(row['node']);
  return { kind, name, node, code: String(row['reason']), message: String(row['message'] ?? '') };
}

function textOrNull(cell: unknown): string | null {
  return typeof cell === 'string' ? cell : null;
}

/** What the cluster shows of a node. */
export interface ObservedNode {
  readonly state: 'ready' | 'cordoned' | 'not-ready' | 'lost' | 'gone';
  /** When readiness last changed. */
  readonly since: unknown;
  readonly reason: unknown;
  readonly message: unknown;
  /** Millicores and MB that pods may take; 0: not told. */
  readonly cpu: number;
  readonly memory: number;
}

/** By node; nodes that were never seen are not there. */
export function observedNodes(rows: readonly Fields[]): Map<string, ObservedNode> {
  return new Map(
    rows.map((row) => [
      String(row['name']),
      {
        state: nodeState(row),
        ...{ since: row['since'], reason: row['reason'], message: row['message'] },
        ...{ cpu: Number(row['cpu']), memory: Number(row['memory']) },
      },
    ]),
  );
}

function nodeState(row: Fields): ObservedNode['state'] {
  if (row['gone'] === true) return 'gone';
  if (row['lost'] === true) return 'lost';
  if (row['ready'] !== true) return 'not-ready';
  return row['unschedulable'] === true ? 'cordoned' : 'ready';
}
