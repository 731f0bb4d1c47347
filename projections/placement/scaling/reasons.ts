/** Decisions about replicas in words. */
import type { ScalingDecision, ScalingInputs } from './decide.ts';

/** A sentence for people: what changes or not, why, and what would change it. */
export function scalingText(decision: ScalingDecision, inputs: ScalingInputs): string {
  const { policy, load, standing, now } = inputs;
  const { wanted, min, max } = decision;
  const { replicas } = standing;
  const demand = load === null ? 'no load' : `${amount(load.demand)} requests/s`;
  const throughput = load?.throughput?.value;
  const one = throughput === undefined ? 'an unknown number' : amount(throughput * policy.target);
  const ready = (standing.ready ?? load?.ready)?.replicas;
  const asks = `${demand} at ${one} per replica ask for ${wanted}`;
  const wait = (seconds: number) =>
    `${Math.max(0, Math.ceil(((standing.last?.at ?? now) + seconds * 1_000 - now) / 1_000))} s`;
  switch (decision.reason) {
    case 'LOAD_UP':
    case 'LOAD_DOWN':
    case 'TO_ZERO':
      return `${asks}; ${decision.replicas} instead of ${replicas}`;
    case 'ACTIVATED':
      return `there is load again: ${decision.replicas} instead of none`;
    case 'BELOW_MIN':
      return `at least ${min} have to run; there were ${replicas}`;
    case 'ABOVE_MAX':
      return `at most ${max} may run; there were ${replicas}`;
    case 'STEADY':
      return `${asks}; ${replicas} is near enough`;
    case 'AT_MIN':
      return `${asks}; no fewer than ${min} are allowed`;
    case 'AT_MAX':
      return `${demand} at ${one} per replica would need more than the ${max} that are allowed; raise max`;
    case 'STABILISING':
      return `${asks}; the load has to stay so for ${wanted > replicas ? policy.up_stabilisation_seconds : policy.down_stabilisation_seconds} s`;
    case 'COOL_DOWN':
      return `${asks}; the last decision was a moment ago, the next one may come in ${wait(wanted > replicas ? policy.up_cool_down_seconds : policy.down_cool_down_seconds)}`;
    case 'IN_FLIGHT':
      return `the last decision is under way: ${ready === undefined ? 'nobody has said that' : `${ready} of`} ${replicas} are ready; at most ${wait(policy.ready_seconds)} more`;
    case 'NO_LOAD':
      return `nothing was reported in the last ${policy.stale_seconds} s`;
    case 'NO_THROUGHPUT':
      return 'what a replica handles is not known: set throughput, or report throughput, or served and replicas while requests wait';
    case 'UNPLACEABLE':
      return `${asks}; ${standing.unplaceable} of ${replicas} have no place as it is, more would have none either`;
    case 'CLUSTER_FULL':
      return `${asks}; the cluster has as many replicas as it may have`;
    case 'PLACING_STOPPED':
      return 'placing stands still in this cluster; let it go on';
    case 'PAUSED':
      return 'the policy is not enabled';
  }
}

function amount(value: number): string {
  return String(Number(value.toPrecision(4)));
}
