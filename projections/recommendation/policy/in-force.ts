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

/** What a policy may name of an object. */
export interface PolicySubject {
  readonly kind: string;
  readonly cluster_id: string;
  readonly namespace: string;
  readonly workload: string;
}

/** Takes over what holds from now on; what an older change says is passed over. */
export function foldPolicies(rows: Rows<Tables>, event: EnginePoliciesChanged, meta: EventMeta): void {
  const { org_id, sequence } = event;
  const { partition } = meta;
  if ((rows.policies_in_force.get(partition, org_id)?.sequence ?? 0) >= sequence) return;
  rows.policies_in_force.put({ partition, org_id, sequence, policies: policiesText(event) });
}

/** Policies of a change, as they are kept. */
export function policiesText({ policies }: EnginePoliciesChanged): string {
  return JSON.stringify(policies, ['cluster_id', 'namespace', 'workload', 'policy', 'sequence']);
}

/** By what a partition decides on an object. */
export function decidedBy(rows: Rows<Tables>, usage: ReportedUsage, partition: number): DecidedBy {
  const { org_id, cluster_id, namespace, workload } = usage.identity;
  const row = rows.policies_in_force.get(partition, org_id);
  return policyOf(row?.policies ?? '[]', { kind: usage.kind, cluster_id, namespace, workload });
}

/** What kept policies come to for an object. */
export function policyOf(
  policies: string,
  { kind, cluster_id, namespace, workload }: PolicySubject,
): DecidedBy {
  const object = { cluster_id, namespace, workload: kind === 'container' ? workload : null };
  return policyFor(scoped(policies), object);
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
