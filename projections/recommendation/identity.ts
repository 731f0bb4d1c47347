/** Ids of containers, namespaces and workloads: made from what they are, so that every replay gives the same. */
import { v5 } from 'uuid';
import { recordKey } from '../../schemas/keys.ts';

/** Namespace of our name-based UUIDs. */
const RIGHTSTREAM = '6f0d3f0e-9d43-5f0a-8b62-3a1f0a4d7c11';

/** What names a workload; a namespace has workload_type `namespace` and its own name as workload. */
export interface WorkloadIdentity {
  readonly org_id: string;
  readonly cluster_id: string;
  readonly namespace: string;
  readonly workload_type: string;
  readonly workload: string;
}

/** Id of a workload, or of a namespace (where it is also the recommendation id). */
export function workloadId(identity: WorkloadIdentity): string {
  const { org_id, cluster_id, namespace, workload_type, workload } = identity;
  return v5(recordKey(org_id, cluster_id, namespace, workload_type, workload), RIGHTSTREAM);
}

/** Id of a container; also the id of its recommendation. */
export function containerId(identity: WorkloadIdentity, container: string): string {
  return v5(recordKey(workloadId(identity), container), RIGHTSTREAM);
}
