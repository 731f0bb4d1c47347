/** Which object a container row is about. */

/** Workload types that are observed; a row of any other type (job, cronjob, …) is set aside. */
export const workloadTypes = [
  'daemonset',
  'deployment',
  'deploymentconfig',
  'replicaset',
  'replicationcontroller',
  'statefulset',
] as const;

/** The type and name of a workload. */
export interface Workload {
  readonly type: string;
  readonly name: string;
}

/** Whether a cell names nothing: empty or `<none>`. `NA`, `true` and `12345` are names like any other. */
export function isBlank(text: string): boolean {
  return text === '' || text === '<none>';
}

/** Whether an owner kind says nothing; a kind is not a name, so the texts for "missing" count here. */
export function isBlankKind(text: string): boolean {
  return isBlank(text) || text === 'NA' || text === 'NaN' || text === '<nil>';
}

/** The owner kinds whose objects stand for themselves when no workload is named; undefined for any other kind. */
export function standsAlone(ownerKind: string): 'replicaset' | 'replicationcontroller' | undefined {
  const kind = ownerKind.toLowerCase();
  return kind === 'replicaset' || kind === 'replicationcontroller' ? kind : undefined;
}

/**
 * The workload of a row. A ReplicaSet or ReplicationController without a workload is its own workload; otherwise the
 * workload columns count as they are, e.g. a StatefulSet with workload `<none>` is named `<none>`.
 */
export function workloadOf(row: {
  readonly ownerKind: string;
  readonly ownerName: string;
  readonly workload: string;
  readonly workloadType: string;
}): Workload {
  const alone = isBlank(row.workload) ? standsAlone(row.ownerKind) : undefined;
  return alone === undefined
    ? { type: row.workloadType.toLowerCase(), name: row.workload }
    : { type: alone, name: row.ownerName };
}
