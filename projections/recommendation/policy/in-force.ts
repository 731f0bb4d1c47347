/** The policies by which a partition decides. */
import type { EnginePoliciesChanged, PolicyInForce } from '../../../schemas/generated/events.ts';
import type { EventMeta } from '../../../streams/runtime/ports.ts';
import type { Rows } from '../../runtime/define.ts';
import type { recommendationTables } from '../tables.ts';
import type { ReportedUsage } from '../usage-event.ts';
import type { EnginePolicy } from './policy.ts';
import { policyFor } from './resolve.ts';
import type { AppliedPolicy, ScopedPolicy } from './resolve.ts';

type Tables = typeof recommendationTables;

/** A policy, and which policies it is made of. */
export interface DecidedBy {
  readonly policy: AppliedPolicy;
  readonly sources: string[];
}

/** Takes over what holds from now on; what an older change says is passed over. */
export function foldPolicies(rows: Rows<Tables>, event: EnginePoliciesChanged, meta: EventMeta): void {
  const { org_id, sequence } = event;
  const { partition } = meta;
  if ((rows.policies_in_force.get(partition, org_id)?.sequence ?? 0) >= sequence) return;
  const names = ['cluster_id', 'namespace', 'workload', 'policy', 'sequence'];
  const policies = JSON.stringify(event.policies, names);
  rows.policies_in_force.put({ partition, org_id, sequence, policies });
}

/** By what a partition decides on an object. */
export function decidedBy(rows: Rows<Tables>, usage: ReportedUsage, partition: number): DecidedBy {
  const { org_id, cluster_id, namespace, workload } = usage.identity;
  const row = rows.policies_in_force.get(partition, org_id);
  const policies = row === undefined ? [] : scoped(row.policies);
  return policyFor(policies, {
    ...{ cluster_id, namespace },
    workload: usage.kind === 'container' ? workload : null,
  });
}

/** What was read last: decisions of a batch are of one organisation after the other. */
let last: { readonly text: string; readonly policies: readonly ScopedPolicy[] } = {
  text: '[]',
  policies: [],
};

function scoped(text: string): readonly ScopedPolicy[] {
  if (last.text !== text) {
    const policies = (JSON.parse(text) as PolicyInForce[]).map(({ policy, sequence, ...scope }) => ({
      scope,
      policy: JSON.parse(policy) as EnginePolicy,
      sequence,
    }));
    last = { text, policies };
  }
  return last.policies;
}
