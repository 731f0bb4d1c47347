/** What Deployments take of nodes, live and wanted, and which nodes have no room for more before there is less. */
import type { ClusterObject } from './cluster.ts';
import { billionths } from './quantity.ts';

/** Millicores and MiB. */
export interface Weight {
  readonly cpu: number;
  readonly memory: number;
}

const NOTHING: Weight = { cpu: 0, memory: 0 };

/** Replicas times what each requests; nothing for what is no Deployment. */
export function weightOf(object: ClusterObject | undefined): Weight {
  const spec = at(object, 'spec');
  const replicas = Number(at(spec, 'replicas') ?? 1);
  const containers = at(at(at(spec, 'template'), 'spec'), 'containers');
  if (object?.kind !== 'Deployment' || !Array.isArray(containers)) return NOTHING;
  let weight = NOTHING;
  for (const container of containers as readonly unknown[]) {
    const requests = at(at(container, 'resources'), 'requests');
    weight = {
      cpu: weight.cpu + amount(at(requests, 'cpu'), 1_000_000n),
      memory: weight.memory + amount(at(requests, 'memory'), 1_048_576_000_000_000n),
    };
  }
  return { cpu: weight.cpu * replicas, memory: weight.memory * replicas };
}

/** A Deployment before and after. */
export interface Change {
  readonly node: string | null;
  readonly before: Weight;
  readonly after: Weight;
}

/** Whether it becomes less in no respect more. */
export function shrinks({ before, after }: Pick<Change, 'before' | 'after'>): boolean {
  return (
    after.cpu <= before.cpu &&
    after.memory <= before.memory &&
    (after.cpu < before.cpu || after.memory < before.memory)
  );
}

/** Nodes on which what is there and what comes do not go together: there, less comes first. */
export function fullNodes(
  nodes: readonly (Weight & { readonly name: string })[],
  changes: readonly Change[],
): Set<string> {
  const most = new Map<string, Weight>();
  for (const { node, before, after } of changes) {
    if (node === null) continue;
    const so = most.get(node) ?? NOTHING;
    most.set(node, {
      cpu: so.cpu + Math.max(before.cpu, after.cpu),
      memory: so.memory + Math.max(before.memory, after.memory),
    });
  }
  const full = nodes.filter(({ name, cpu, memory }) => {
    const sum = most.get(name) ?? NOTHING;
    return sum.cpu > cpu || sum.memory > memory;
  });
  return new Set(full.map(({ name }) => name));
}

function amount(quantity: unknown, unit: bigint): number {
  const found = typeof quantity === 'string' ? billionths(quantity) : undefined;
  return found === undefined ? 0 : Number(found / unit);
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
