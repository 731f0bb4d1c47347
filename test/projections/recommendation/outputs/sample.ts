/** Proposals for tests of outputs. */
import type { Proposal } from '../../../../projections/recommendation/outputs/proposal.ts';

const MIB = 2 ** 20;

/** A container that gets 350m instead of 250m and 512 MiB instead of 1 GiB. */
export function proposal(over: Partial<Proposal> = {}): Proposal {
  return {
    recommendation_id: 'r',
    cluster_id: '1b36b20f-7fa0-4454-a6d2-008294e06378',
    cluster_alias: 'prod',
    namespace: 'shop',
    workload_type: 'deployment',
    workload: 'web',
    container: 'nginx',
    term: 'long',
    engine: 'cost',
    pods: 2,
    current: { cpu_request: 0.25, cpu_limit: null, memory_request: 1024 * MIB, memory_limit: 1024 * MIB },
    advised: {
      cpu_request: 0.35,
      cpu_limit: 0.35,
      memory_request: 512 * MIB,
      memory_limit: 512 * MIB,
    },
    notifications: [],
    ...over,
  };
}

/** Nothing advised. */
export const nothing = { cpu_request: null, cpu_limit: null, memory_request: null, memory_limit: null };
