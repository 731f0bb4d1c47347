/** Workloads that may be resized, as events say them. */
import type { WorkloadObserved } from '../../schemas/generated/events.ts';
import type { Container, Resources } from '../../projections/placement/resizing/model.ts';

export const MIB = 1_048_576;
export const scope = { org_id: 'acme', cluster_id: 'edge' };
export const web = { ...scope, namespace: 'shop', workload_type: 'deployment', workload: 'web' };

/** Requests and limits: millicores, bytes. */
export function resources(
  cpu_request: number | null,
  cpu_limit: number | null,
  memory_request: number | null,
  memory_limit: number | null,
): Resources {
  return { cpu_request, cpu_limit, memory_request, memory_limit };
}

/** A workload of two pods with one container, labelled auto, which may be resized. */
export function observed(
  more: Partial<WorkloadObserved> & { readonly app?: Resources; readonly restart?: boolean } = {},
): WorkloadObserved {
  const { app = resources(1_000, 2_000, 512 * MIB, 1_024 * MIB), restart = false, ...rest } = more;
  const container: Container = { name: 'app', ...app, cpu_restart: restart, memory_restart: restart };
  return {
    ...{ ...web, service: null, label: 'auto', replicas: 2, ready: 2, qos: 'Burstable', rolling: true },
    ...{ rolled_out: true, containers: [container], kills: [], disruptions: null, scaled_on: [] },
    ...{ resource_version: '1', ...rest },
  };
}
