/** Nodes and services of a cluster as tables for people. */
import type { Fields, NodeState } from '../http/routes/placement/state.ts';
import { carriesText, lackText } from './placing-text.ts';
import { tableText } from './table-text.ts';

const BAR = 10;

/** Ten cells, full as far as `used` is of `capacity`; beyond it: all full. What is used at all shows. */
export function useBar(used: number, capacity: number): string {
  const share = capacity > 0 ? Math.min(1, used / capacity) : used > 0 ? 1 : 0;
  const full = used > 0 ? Math.max(1, Math.floor(share * BAR)) : 0;
  return '█'.repeat(full) + '░'.repeat(BAR - full);
}

/** Nodes with what is used of them and what they carry. */
export function nodesText(nodes: readonly NodeState[], width: number): string {
  const rows = nodes.map((node) => ({
    node: node.name,
    cpu: useText(node.cpu.used, node.cpu.capacity, 'm'),
    memory: useText(node.memory.used, node.memory.capacity, ' MB'),
    cores: coresText(node),
    accelerators: node.accelerators
      .map(({ type, used, capacity }) => `${type} ${used} of ${capacity} %`)
      .join(', '),
    state: node.observed?.state ?? (node.schedulable ? 'declared' : 'takes nothing new'),
    carries: carriesText(Object.entries(node.services)),
  }));
  const plain = rows.some(({ accelerators }) => accelerators !== '');
  const columns = ['node', 'cpu', 'memory', 'cores', ...(plain ? ['accelerators'] : []), 'state', 'carries'];
  return tableText(rows, columns, width);
}

/** Services with how many of their replicas have a place, and where. */
export function servicesText(services: readonly Fields[], width: number): string {
  const rows = services.map((service) => {
    const [placed, replicas] = [Number(service['placed']), Number(service['replicas'])];
    const lack = lackOf(service);
    return {
      service: service['name'],
      application: service['application'],
      placed: `${useBar(placed, replicas)} ${placed} of ${replicas}`,
      cpu: `${String(service['cpu'])}m`,
      memory: `${String(service['memory'])} MB`,
      nodes: carriesText(countsOf(service['nodes'] as readonly { readonly node: string }[])),
      ready: service['applied'] === null ? '' : `${String(service['ready'])} of ${placed}`,
      lacks: lack === null ? '' : Object.keys(lack.reasons).join(', ') || 'nodes',
    };
  });
  const ready = rows.some((row) => row.ready !== '') ? ['ready'] : [];
  const columns = ['service', 'application', 'placed', ...ready, 'cpu', 'memory', 'nodes', 'lacks'];
  return tableText(rows, columns, width);
}

/** Why replicas of these services have no place, a line each; empty when all have one. */
export function lacksText(services: readonly Fields[]): string {
  return services
    .flatMap((service) => {
      const lack = lackOf(service);
      return lack === null ? [] : [lackText({ service: String(service['name']), ...lack }).trim()];
    })
    .join('\n');
}

interface Lack {
  readonly replicas: readonly number[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly nearest: { readonly node: string; readonly message: string } | null;
}

function lackOf(service: Fields): Lack | null {
  const found = service['unplaceable'] as (Lack & { readonly nearest: { readonly node: unknown } }) | null;
  if (found === null) return null;
  return found.nearest.node === null ? { ...found, nearest: null } : found;
}

function useText(used: number, capacity: number, unit: string): string {
  return `${useBar(used, capacity)} ${used} of ${capacity}${unit}`;
}

/** A digit per core: how many tenths of it are used; a full one is X. */
function coresText({ cores: { capacity, used } }: NodeState): string {
  const tenths = used.map((part, i) => {
    const size = capacity[i] ?? 0;
    if (size <= 0 || part >= size) return 'X';
    return part === 0 ? '·' : String(Math.floor((10 * part) / size));
  });
  return tenths.join('');
}

function countsOf(places: readonly { readonly node: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { node } of places) counts.set(node, (counts.get(node) ?? 0) + 1);
  return counts;
}
