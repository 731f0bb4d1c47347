/**
 * A changed policy decides again on what stands: the recommendations of an organisation in a partition are compared with it part by
 * part, and those whose policy comes to something else are made anew from the state that there is. The first part is taken when the
 * policy changes; each next one when the stream apply-policies asks for it, so that other records come in between.
 */
import type { EnginePoliciesChanged, PoliciesApplicationDue } from '../../../schemas/generated/events.ts';
import { topics } from '../../../schemas/topics.ts';
import type { EventMeta } from '../../../streams/runtime/ports.ts';
import type { Read } from '../../../streams/runtime/units.ts';
import type { DeciderMeta, Rows } from '../../runtime/define.ts';
import type { Row } from '../../runtime/table.ts';
import { decideAt, readsToDecideAt, recommendationKey } from '../decide.ts';
import type { Subject } from '../decide.ts';
import type { recommendationTables } from '../tables.ts';
import { dayOf } from '../usage-day.ts';
import { firstUsageDay } from '../usage-expiry.ts';
import { policiesText, policyOf } from './in-force.ts';
import type { DecidedBy } from './in-force.ts';
import { defaultPolicy } from './resolve.ts';
import type { AppliedPolicy } from './resolve.ts';

type Tables = typeof recommendationTables;
type All = Rows<Tables>;

/** Recommendations that one record compares, and makes anew, at most: about a quarter of a second. */
export const PART = { compared: 1_000, decided: 250 };

/** What of a recommendation is looked at to make it anew. */
export const standingColumns = [
  ...(['kind', 'org_id', 'cluster_id', 'namespace', 'workload_type', 'workload', 'container'] as const),
  ...(['cluster_alias', 'source_id', 'monitoring_end_time', 'policy_values', 'usage_offset'] as const),
];

/** A part that is to be compared. */
interface Part {
  readonly org_id: string;
  readonly sequence: number;
  /** Behind which recommendation. */
  readonly after: string;
  /** As they are kept. */
  readonly policies: string;
}

/** What a part comes to. */
interface Compared {
  readonly chosen: readonly { readonly id: string; readonly kind: string; readonly by: DecidedBy }[];
  readonly compared: number;
  /** Null: there are no more. */
  readonly upTo: string | null;
}

/** The part that an event asks for; none once a newer change holds. The same before and after the event is folded. */
function partOf(
  rows: All,
  event: EnginePoliciesChanged | PoliciesApplicationDue,
  { partition }: EventMeta,
): Part | undefined {
  const { org_id, sequence } = event;
  const held = rows.policies_in_force.get(partition, org_id);
  if ('policies' in event) {
    if ((held?.sequence ?? 0) > sequence) return undefined;
    return { org_id, sequence, after: '', policies: policiesText(event) };
  }
  if (held?.sequence !== sequence) return undefined;
  return { org_id, sequence, after: event.after, policies: held.policies };
}

function compare(rows: All, { org_id, after, policies }: Part, { partition }: EventMeta): Compared {
  const page = rows.decided_under.page([partition, org_id], after, PART.compared);
  let upTo = page.upTo;
  const chosen: { id: string; kind: string; by: DecidedBy }[] = [];
  let compared = 0;
  for (const row of page.rows) {
    if (chosen.length === PART.decided) break;
    compared += 1;
    const by = policyOf(policies, row);
    if (isOther(row, by.policy)) chosen.push({ id: row.recommendation_id, kind: row.kind, by });
  }
  if (compared < page.rows.length) upTo = page.rows[compared - 1]!.recommendation_id;
  return { chosen, compared, upTo };
}

/** How often is decided is no part of what is advised. Of one from before policies were recorded the default held. */
function isOther({ policy }: Readonly<Row<Tables['decided_under']>>, now: AppliedPolicy): boolean {
  const before = policy === '{}' ? defaultPolicy : (JSON.parse(policy) as AppliedPolicy);
  return JSON.stringify({ ...before, decide: null }) !== JSON.stringify({ ...now, decide: null });
}

type Event = EnginePoliciesChanged | PoliciesApplicationDue;

/** What applying reads: the part, then what it chooses, then the usage of that. */
export const readsToApply = [
  (rows: All, event: Event, meta: EventMeta): Read[] => {
    const part = partOf(rows, event, meta);
    if (part === undefined) return [];
    const { org_id, after } = part;
    const prefix = [meta.partition, org_id];
    return [
      { table: 'decided_under', prefix, after, limit: PART.compared },
      { table: 'usage_expiry', prefix: [meta.partition] },
    ];
  },
  (rows: All, event: Event, meta: EventMeta): Read[] =>
    chosenBy(rows, event, meta).flatMap(({ id, kind }) => [
      { table: 'recommendations', key: [id], columns: standingColumns },
      { table: 'recommendation_advice', prefix: [id], columns: ['engine', 'org_id', 'cluster_id'] },
      kind === 'container' ? { table: 'containers', key: [id] } : { table: 'workloads', key: [id] },
    ]),
  (rows: All, event: Event, meta: EventMeta): Read[] =>
    chosenBy(rows, event, meta).flatMap(({ id, by }) => {
      const { subject, end } = standing(rows, id);
      const { org_id, cluster_id } = subject.identity;
      return [
        { table: 'cluster_removals', key: [meta.partition, org_id, cluster_id] },
        ...readsToDecideAt(rows, subject, end, by),
      ];
    }),
];

function chosenBy(rows: All, event: Event, meta: EventMeta): Compared['chosen'] {
  const part = partOf(rows, event, meta);
  return part === undefined ? [] : compare(rows, part, meta).chosen;
}

/** A recommendation as it stands. */
function standing(rows: All, id: string): { subject: Subject; end: number; usageOffset: number | null } {
  const row = rows.recommendations.get(id)!;
  const { org_id, cluster_id, namespace, workload_type, workload, container } = row;
  const kind = row.kind === 'namespace' ? 'namespace' : 'container';
  const subject: Subject = {
    ...{ kind, container, objectId: id, days: [], accelerators: [] },
    identity: { org_id, cluster_id, namespace, workload_type, workload },
    table: `${kind}_usage`,
    event: { cluster_alias: row.cluster_alias, source_id: row.source_id },
  };
  return { subject, end: row.monitoring_end_time, usageOffset: row.usage_offset };
}

/** Makes anew what a part chooses, and says how far it came. */
export function applyPolicies(rows: All, event: Event, meta: DeciderMeta): void {
  const part = partOf(rows, event, meta);
  if (part === undefined) return;
  const { chosen, compared, upTo } = compare(rows, part, meta);
  const firstDay = firstUsageDay(rows, meta);
  let decided = 0;
  for (const { id, by } of chosen) {
    const { subject, end, usageOffset } = standing(rows, id);
    // Of an end whose usage is gone nothing can be said.
    if (dayOf(end) < firstDay) continue;
    const data = { ...decideAt(rows, subject, end, by), usage_offset: usageOffset };
    meta.emit({
      topic: topics.recommendations,
      key: recommendationKey(subject),
      type: 'RecommendationMade',
      data,
    });
    decided += 1;
  }
  const { org_id, sequence } = part;
  meta.emit({
    topic: topics.policiesInForce,
    key: meta.partitionKeys[meta.partition]!,
    type: 'PoliciesApplied',
    data: { org_id, sequence, up_to: upTo, compared, decided },
  });
}
