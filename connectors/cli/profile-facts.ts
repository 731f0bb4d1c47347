/** Profiles as events. */
import type { ContentionRaised, ProfileRecorded } from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import type { Profile } from '../../projections/placement/profiling/profile.ts';
import type { Emission } from '../../streams/runtime/ports.ts';
import type { ClusterOptions } from './cluster-wishes.ts';
import type { Profiled } from './profiling.ts';

/** Of which run a profile is; of logs that were made otherwise: of none. */
export type RunFacts = Pick<
  ProfileRecorded,
  'plan' | 'run' | 'outcome' | 'scales' | 'started_at' | 'ended_at'
>;

const noRun: RunFacts = {
  ...{ plan: '', run: '', outcome: 'complete', scales: {}, started_at: null, ended_at: null },
};

/** What is recorded of a service: its profile, and every contention that its logs show. */
export function profileFacts(
  { org, cluster }: Pick<ClusterOptions, 'org' | 'cluster'>,
  { service, profile }: Profiled,
  run: RunFacts = noRun,
): Emission[] {
  const scope = { org_id: org, cluster_id: cluster, service };
  const to = { topic: topics.placement, key: recordKey(org, cluster) };
  const recorded: ProfileRecorded = { ...scope, ...run, ...measured(profile) };
  const contentions = profile.contentions.map(({ from, to: end, slowdown }): Emission => {
    const data: ContentionRaised = {
      ...{ ...scope, plan: run.plan, run: run.run, slowdown },
      ...{ from_request: from, to_request: end },
    };
    return { ...to, type: 'ContentionRaised', data };
  });
  return [{ ...to, type: 'ProfileRecorded', data: recorded }, ...contentions];
}

function measured({ alone, shared, throughput, category, needs }: Profile) {
  return {
    requests: (alone?.requests ?? 0) + (shared?.requests ?? 0),
    throughput_average: throughput?.average ?? null,
    throughput_least: throughput?.least ?? null,
    throughput_most: throughput?.most ?? null,
    windows: throughput?.windows ?? 0,
    alone_p50: alone?.p50 ?? null,
    alone_p95: alone?.p95 ?? null,
    shared_p50: shared?.p50 ?? null,
    shared_p95: shared?.p95 ?? null,
    slowdown: category.slowdown?.ratio ?? null,
    sensitivity: category.slowdown === null ? null : category.sensitivity,
    cpu: needs?.cpu ?? null,
    memory: needs?.memory ?? null,
    cores: needs?.cores ?? [],
    accelerators: needs?.accelerators ?? {},
  };
}
