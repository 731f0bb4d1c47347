/** What the placer may count on: a node as it is declared, and as the cluster shows it where that is less. */
import type { ObservedTaint } from '../../schemas/generated/events.ts';
import type { Row } from '../runtime/table.ts';
import { nodeOf } from './declared.ts';
import type { observedTables } from './observed-tables.ts';
import type { Node, Taint } from './placer/model.ts';
import type { placementTables } from './tables.ts';

type Declared = Readonly<Row<(typeof placementTables)['nodes']>>;

/** What counts of an observed node. */
export type Seen = Pick<
  Row<(typeof observedTables)['observed_nodes']>,
  'gone' | 'ready' | 'lost' | 'unschedulable' | 'cpu' | 'memory' | 'taints'
>;

/** Taints that Kubernetes sets by itself; readiness tells the same, with a delay of our own. */
const OWN_TAINTS = 'node.kubernetes.io/';

/** The node; one that was never observed is as it is declared. */
export function effectiveNode(declared: Declared, seen: Readonly<Seen> | undefined): Node {
  const node = nodeOf(declared);
  if (seen === undefined) return node;
  const cpu = least(node.cpu, seen.cpu);
  const memory = least(node.memory, seen.memory);
  const state = stateOf(seen);
  return {
    ...node,
    ...{ cpu, memory },
    taints: withSeen(node.taints, JSON.parse(seen.taints) as readonly ObservedTaint[]),
    schedulable: node.schedulable && state === undefined,
    ...(state === undefined ? {} : { state }),
    ...(cpu === node.cpu && memory === node.memory
      ? {}
      : { declared: { cpu: node.cpu, memory: node.memory } }),
  };
}

function stateOf({ gone, lost, ready, unschedulable }: Readonly<Seen>): Node['state'] {
  if (gone) return 'gone';
  if (lost) return 'lost';
  if (!ready) return 'not-ready';
  return unschedulable ? 'cordoned' : undefined;
}

/** 0 was not told. */
function least(declared: number, seen: number): number {
  return seen === 0 ? declared : Math.min(declared, seen);
}

function withSeen(declared: readonly Taint[], seen: readonly ObservedTaint[]): readonly Taint[] {
  const more = seen.filter(
    (taint) =>
      !taint.key.startsWith(OWN_TAINTS) &&
      !declared.some(
        ({ key, value, effect }) =>
          key === taint.key && (value ?? null) === taint.value && effect === taint.effect,
      ),
  );
  return [
    ...declared,
    ...more.map(({ key, value, effect }) => ({
      ...{ key, ...(value === null ? {} : { value }) },
      effect: effect as Taint['effect'],
    })),
  ];
}
