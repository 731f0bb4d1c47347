/** Proposals in the columns of KRR's CSV, for the sheets and scripts that read those. */
import type { Amounts, Proposal } from './proposal.ts';
import { milliQuantity, quantity } from './quantity.ts';
import { severityOfProposal } from './severity.ts';

/** Columns, in KRR's order with every optional one, and the engine behind them. */
export const krrColumns = [
  'Cluster',
  'Namespace',
  'Name',
  'Pods',
  'Old Pods',
  'Type',
  'Container',
  'Severity',
  'CPU Diff',
  'CPU Requests',
  'CPU Limits',
  'Memory Diff',
  'Memory Requests',
  'Memory Limits',
  'Engine',
] as const;

/** A line by column: `(+100m) 250m -> 350m`, `unset`, and `?` where nothing can be said. */
export type KrrRow = Readonly<Record<(typeof krrColumns)[number], string | number>>;

/** The line of a proposal. */
export function krrRow(proposal: Proposal): KrrRow {
  const { pods } = proposal;
  return {
    Cluster: proposal.cluster_alias ?? proposal.cluster_id,
    Namespace: proposal.namespace,
    Name: proposal.workload,
    Pods: pods ?? '?',
    // Reports say nothing of pods that are gone.
    'Old Pods': 0,
    Type: kubernetesKind(proposal.workload_type),
    Container: proposal.container,
    Severity: (severityOfProposal(proposal) ?? 'unknown').toUpperCase(),
    'CPU Diff': totalDiff('cpu', proposal),
    'CPU Requests': cell('cpu', 'cpu_request', proposal),
    'CPU Limits': cell('cpu', 'cpu_limit', proposal),
    'Memory Diff': totalDiff('memory', proposal),
    'Memory Requests': cell('memory', 'memory_request', proposal),
    'Memory Limits': cell('memory', 'memory_limit', proposal),
    Engine: proposal.engine,
  };
}

/** deployment → Deployment; what is not known stays as it is. */
export function kubernetesKind(workloadType: string): string {
  return kinds[workloadType.toLowerCase()]?.kind ?? workloadType;
}

/** Kinds whose pods have a template, by the type that reports name. */
export const kinds: Readonly<Record<string, { readonly kind: string; readonly apiVersion: string }>> = {
  deployment: { kind: 'Deployment', apiVersion: 'apps/v1' },
  statefulset: { kind: 'StatefulSet', apiVersion: 'apps/v1' },
  daemonset: { kind: 'DaemonSet', apiVersion: 'apps/v1' },
  replicaset: { kind: 'ReplicaSet', apiVersion: 'apps/v1' },
  replicationcontroller: { kind: 'ReplicationController', apiVersion: 'v1' },
  deploymentconfig: { kind: 'DeploymentConfig', apiVersion: 'apps.openshift.io/v1' },
};

function cell(resource: 'cpu' | 'memory', name: keyof Amounts, { current, advised, term }: Proposal): string {
  const shown = (amount: number | null): string => (amount === null ? 'unset' : quantity(resource, amount));
  const now = current[name];
  if (term === null || (advised[name] === null && name.endsWith('request'))) return `${shown(now)} -> ?`;
  const change = diff(resource, now, advised[name], 1);
  return `${change === '' ? '' : `(${change}) `}${shown(now)} -> ${shown(advised[name])}`;
}

/** Change of the requests of all pods together. */
function totalDiff(resource: 'cpu' | 'memory', { current, advised, pods }: Proposal): string {
  return diff(
    resource,
    current[`${resource}_request`],
    advised[`${resource}_request`],
    Math.max(1, pods ?? 1),
  );
}

function diff(resource: 'cpu' | 'memory', from: number | null, to: number | null, times: number): string {
  if (from === null || to === null) return '';
  const change = (to - from) * times;
  if (change === 0) return '0';
  const amount = Math.abs(change);
  return `${change < 0 ? '-' : '+'}${resource === 'cpu' ? milliQuantity(amount) : quantity('memory', amount)}`;
}
