/** How many replicas a service has by its load: the rules that somebody sets, and what they may be. */
import type { ScalingSet } from '../../../schemas/generated/events.ts';
import { limits } from '../judge.ts';
import type { Objection } from '../judge.ts';
import { minuteOf } from './timetable.ts';

/** Grows when the same inputs would be decided otherwise; every decision names it. */
export const RULES = 1;

/** Longest stabilisation, s: so far back loads are kept. */
export const LONGEST_WINDOW_S = 1_800;
const DAY_S = 86_400;
const MOST_ENTRIES = 32;

/**
 * A policy. `throughput`: requests/s of one replica, null: as reported or learnt. `target`: share of the throughput that is planned with,
 * above 0, at most 1. `tolerance`: how far load and capacity may differ without a change, 0.1 is 10 %. `drain_seconds`: in what time a
 * queue should be empty, null: queues do not count. `stale_seconds`: a load older than that is none. `ready_seconds`: so long a
 * decision counts as under way unless its replicas are reported ready before. Per direction: how long the load must have been so
 * (`stabilisation`), how long after a decision (`cool_down`), and by how many replicas at a time (`step`, null: without a bound).
 */
export type ScalingPolicy = Omit<ScalingSet, 'request_id' | 'org_id' | 'cluster_id' | 'service'>;

/** What holds where nothing is said; stabilisation and tolerance are those of a Kubernetes HorizontalPodAutoscaler. */
export const defaultPolicy: Omit<ScalingPolicy, 'min' | 'max'> = {
  ...{ enabled: true, throughput: null, target: 1, tolerance: 0.1, drain_seconds: null },
  ...{ stale_seconds: 180, ready_seconds: 60 },
  ...{ up_stabilisation_seconds: 0, up_cool_down_seconds: 15, up_step: null },
  ...{ down_stabilisation_seconds: 300, down_cool_down_seconds: 60, down_step: null },
  ...{ utc_offset_minutes: 0, timetable: [], query: null },
};

/** The policy within an event that sets or wants it, or within a body; nothing else of it. */
export function policyOf(event: ScalingPolicy): ScalingPolicy {
  const names = ['min', 'max', ...Object.keys(defaultPolicy)] as (keyof ScalingPolicy)[];
  return Object.fromEntries(names.map((name) => [name, event[name]])) as unknown as ScalingPolicy;
}

/** Against a policy: BAD_SCALING with the field at fault. */
export function againstPolicy(policy: ScalingPolicy): Objection | undefined {
  const why = wrongLimits(policy, '') ?? wrongNumbers(policy) ?? wrongTimetable(policy);
  return why === undefined ? undefined : { code: 'BAD_SCALING', status: 400, message: why };
}

function wrongLimits({ min, max }: { min: number; max: number }, where: string): string | undefined {
  return min >= 0 && min <= max && max >= 1 && max <= limits.replicas
    ? undefined
    : `${where}min and max: 0 ≤ min ≤ max, and max 1 to ${limits.replicas}`;
}

function wrongNumbers(policy: ScalingPolicy): string | undefined {
  const bounds: [keyof ScalingPolicy, number, number][] = [
    ['throughput', 1e-6, 1e9],
    ['target', 0.01, 1],
    ['tolerance', 0, 1],
    ['drain_seconds', 1, DAY_S],
    ['stale_seconds', 1, DAY_S],
    ['ready_seconds', 0, DAY_S],
    ['up_stabilisation_seconds', 0, LONGEST_WINDOW_S],
    ['down_stabilisation_seconds', 0, LONGEST_WINDOW_S],
    ['up_cool_down_seconds', 0, DAY_S],
    ['down_cool_down_seconds', 0, DAY_S],
    ['up_step', 1, limits.replicas],
    ['down_step', 1, limits.replicas],
    ['utc_offset_minutes', -24 * 60, 24 * 60],
  ];
  for (const [name, low, high] of bounds) {
    const value = policy[name];
    if (value === null) continue;
    if (!(typeof value === 'number' && value >= low && value <= high)) return `${name} is ${low} to ${high}`;
  }
  return (policy.query?.length ?? 0) > 2_000 ? 'query has at most 2000 characters' : undefined;
}

function wrongTimetable({ timetable }: ScalingPolicy): string | undefined {
  if (timetable.length > MOST_ENTRIES) return `timetable has at most ${MOST_ENTRIES} entries`;
  for (const [i, entry] of timetable.entries()) {
    const where = `timetable.${i}: `;
    if (entry.days.length > 7 || entry.days.some((day) => !Number.isInteger(day) || day < 0 || day > 6))
      return `${where}days are 0 (Sunday) to 6`;
    if (minuteOf(entry.from) === undefined || minuteOf(entry.to) === undefined)
      return `${where}from and to are times, 00:00 to 24:00`;
    const wrong = wrongLimits(entry, where);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
