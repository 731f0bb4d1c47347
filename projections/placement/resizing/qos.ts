/** The quality-of-service class of pods, which no resize may change. */
import type { Resources } from './model.ts';
import { amounts, resources } from './model.ts';

/** Classes as Kubernetes names them. */
export type Qos = 'Guaranteed' | 'Burstable' | 'BestEffort';

/**
 * The class of a pod with these containers: Guaranteed when each has a limit of both resources and requests as much (a request that is
 * not set is as large as its limit); BestEffort when none sets anything; else Burstable. 0 counts as not set.
 */
export function qosOf(containers: readonly Resources[]): Qos {
  const guaranteed = containers.every((it) =>
    resources.every((resource) => {
      const limit = it[`${resource}_limit`] ?? 0;
      return limit > 0 && (it[`${resource}_request`] ?? limit) === limit;
    }),
  );
  if (guaranteed && containers.length > 0) return 'Guaranteed';
  const none = containers.every((it) => amounts.every((amount) => (it[amount] ?? 0) === 0));
  return none ? 'BestEffort' : 'Burstable';
}
