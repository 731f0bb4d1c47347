/** Policies: which engine decides for whom; answers every wish and tells those who decide. */
import type {
  EnginePoliciesChanged,
  EnginePolicyRefused,
  EnginePolicyRemoved,
  EnginePolicyRequested,
  EnginePolicySet,
} from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import { defineProjection } from '../runtime/define.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import { policyText, readPolicy } from './policy/policy.ts';
import type { EnginePolicy } from './policy/policy.ts';
import { checkScope, scopeText } from './policy/scope.ts';
import type { PolicyScope } from './policy/scope.ts';
import { policyTables } from './policy/tables.ts';

type All = Rows<typeof policyTables>;
type Named = PolicyScope & { readonly org_id: string };

/** Policies of one organisation. */
const MAX_POLICIES = 100;

const target = (org: string) => ({ topic: topics.policies, key: recordKey(org) });
const scopeOf = ({ cluster_id, namespace, workload }: PolicyScope): PolicyScope => ({
  ...{ cluster_id, namespace, workload },
});
const reads = ({ org_id }: Named): Read[] => [
  { table: 'engine_policies', prefix: [org_id] },
  { table: 'engine_policy_changes', key: [org_id] },
];

/** Sets, removes or refuses; what changed is told to every partition that decides. */
function decideOnRequest(rows: All, event: EnginePolicyRequested, meta: DeciderMeta): void {
  const { org_id } = event;
  const scope = scopeOf(event);
  const answered = { request_id: meta.eventId, org_id, ...scope };
  const sequence = (rows.engine_policy_changes.get(org_id)?.sequence ?? 0) + 1;
  const partitions = meta.partitionKeys.length;
  try {
    checkScope(scope);
    const known = rows.engine_policies.range([org_id]);
    const there = known.some((row) => row.scope === scopeText(scope));
    if (event.policy === null) {
      if (!there) throw notFound(scope);
      meta.emit({
        ...target(org_id),
        type: 'EnginePolicyRemoved',
        data: { ...answered, sequence, partitions },
      });
    } else {
      const policy = policyText(readPolicy(event.policy));
      if (!there && known.length >= MAX_POLICIES) throw tooMany();
      meta.emit({
        ...target(org_id),
        type: 'EnginePolicySet',
        data: { ...answered, policy, sequence, partitions },
      });
    }
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const { code, message } = error;
    const data: EnginePolicyRefused = { ...answered, code, http_status: statusOf(code), message };
    meta.emit({ ...target(org_id), type: 'EnginePolicyRefused', data });
    return;
  }
  const data = changed(rows, org_id);
  for (const key of meta.partitionKeys) {
    meta.emit({ topic: topics.policiesInForce, key, type: 'EnginePoliciesChanged', data });
  }
}

/** All policies as they are now, each scope once. */
function changed(rows: All, org_id: string): EnginePoliciesChanged {
  return {
    org_id,
    sequence: rows.engine_policy_changes.get(org_id)!.sequence,
    policies: rows.engine_policies.range([org_id]).map((row) => ({
      ...scopeOf(row),
      policy: policyText(JSON.parse(row.policy) as EnginePolicy),
      sequence: row.sequence,
    })),
  };
}

function notFound(scope: PolicyScope): BadInput {
  const message = `there is no policy for ${scopeText(scope)}; \`rightstream policy list\` shows those that there are`;
  return new BadInput({ code: 'POLICY_NOT_FOUND', message });
}

function tooMany(): BadInput {
  const message = `an organisation has at most ${MAX_POLICIES} policies: remove one, or set one for a wider scope`;
  return new BadInput({ code: 'TOO_MANY_POLICIES', message });
}

function statusOf(code: string): number {
  if (code === 'POLICY_NOT_FOUND') return 404;
  return code === 'TOO_MANY_POLICIES' ? 409 : 400;
}

function answer(
  rows: All,
  event: Named & { readonly request_id: string },
  meta: EventMeta,
  more: Partial<Parameters<All['engine_policy_answers']['put']>[0]>,
): void {
  rows.engine_policy_answers.put({
    request_id: event.request_id,
    org_id: event.org_id,
    scope: scopeText(event),
    ...scopeOf(event),
    http_status: 200,
    code: null,
    message: null,
    sequence: null,
    partitions: 0,
    decided_at: meta.timestamp,
    ...more,
  });
}

function count(rows: All, { org_id, sequence }: { org_id: string; sequence: number }): void {
  const policies = rows.engine_policies.range([org_id]).length;
  rows.engine_policy_changes.put({ org_id, sequence, policies });
}

function foldSet(rows: All, event: EnginePolicySet, meta: EventMeta): void {
  const { org_id, policy, sequence, partitions } = event;
  rows.engine_policies.put({
    ...{ org_id, scope: scopeText(event), ...scopeOf(event) },
    ...{ policy, sequence, set_at: meta.timestamp },
  });
  count(rows, event);
  answer(rows, event, meta, { sequence, partitions });
}

function foldRemoved(rows: All, event: EnginePolicyRemoved, meta: EventMeta): void {
  const { org_id, sequence, partitions } = event;
  rows.engine_policies.delete(org_id, scopeText(event));
  count(rows, event);
  answer(rows, event, meta, { sequence, partitions });
}

export default defineProjection({
  id: 'engine-policies',
  version: 1,
  about: 'Which engine decides for whom, and how.',
  from: [topics.policies],
  emits: [topics.policies, topics.policiesInForce],
  tables: policyTables,
  reads: { EnginePolicyRequested: reads, EnginePolicySet: reads, EnginePolicyRemoved: reads },
  fold: {
    EnginePolicySet: foldSet,
    EnginePolicyRemoved: foldRemoved,
    EnginePolicyRefused: (rows, event, meta) => {
      const { code, message, http_status } = event;
      answer(rows, event, meta, { code, message, http_status });
    },
  },
  decide: { EnginePolicyRequested: decideOnRequest },
});
