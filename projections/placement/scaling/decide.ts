/**
 * Decides how many replicas a service should have: a pure function of policy, load, what there is, and the time.
 *
 * wanted = ceil(demand / (throughput × target)), within min and max. 50 requests/s and 8 per replica: ceil(6.25) = 7. That is where a
 * Kubernetes HorizontalPodAutoscaler arrives with an average of requests per pod as its metric: with 2 replicas of 25/s each and a
 * goal of 8 it takes ceil(2 × 25 / 8) = 7. As there, nothing changes while demand and capacity differ by no more than the tolerance:
 * 5 replicas of 10/s keep 45 to 55 requests/s. As there, going down follows the highest wish of the last 300 s, going up the lowest of
 * its own window (none). Otherwise here: there is one throughput and no average over pods, so that pods that are not ready need no
 * correction; steps count per decision, not per period, and cool-downs set the period; and nothing is decided while the last
 * decision is under way.
 */
import type { Seen } from './load.ts';
import type { ScalingPolicy } from './policy.ts';
import { limitsAt } from './timetable.ts';
import type { Limits } from './timetable.ts';

/** How things stand with a service. */
export interface Standing {
  /** Replicas that should run. */
  readonly replicas: number;
  /** The last decision: when (ms since 1970) and from how many; null: there was none. */
  readonly last: { readonly at: number; readonly from: number } | null;
  /** Replicas that the cluster shows as ready, and when (ms since 1970) that was seen; null: it shows none of them. */
  readonly ready: { readonly at: number; readonly replicas: number } | null;
  /** Replicas without a place. */
  readonly unplaceable: number;
  /** Replicas that the cluster may still have in all. */
  readonly room: number;
  /** false: the cluster's placing stands still. */
  readonly placing: boolean;
}

/** All that a decision depends on. */
export interface ScalingInputs {
  readonly policy: ScalingPolicy;
  /** null: nothing has been reported. */
  readonly load: Seen | null;
  readonly standing: Standing;
  /** ms since 1970. */
  readonly now: number;
}

/** Why it changes. */
export type ScaledReason = 'LOAD_UP' | 'LOAD_DOWN' | 'ACTIVATED' | 'TO_ZERO' | 'BELOW_MIN' | 'ABOVE_MAX';
/** Why it does not. */
export type HeldReason =
  | 'STEADY'
  | 'AT_MIN'
  | 'AT_MAX'
  | 'STABILISING'
  | 'COOL_DOWN'
  | 'IN_FLIGHT'
  | 'NO_LOAD'
  | 'NO_THROUGHPUT'
  | 'UNPLACEABLE'
  | 'CLUSTER_FULL'
  | 'PLACING_STOPPED'
  | 'PAUSED';

/** What was decided; `wanted` is the number without windows, steps and cool-downs. */
export type ScalingDecision = Limits & { readonly wanted: number } & (
    | { readonly scaled: true; readonly replicas: number; readonly reason: ScaledReason }
    | { readonly scaled: false; readonly reason: HeldReason }
  );

type Verdict = { readonly to: number; readonly reason: ScaledReason } | { readonly held: HeldReason };

/** Decides. The same inputs give the same decision. */
export function decideScaling(inputs: ScalingInputs): ScalingDecision {
  const { policy, load, standing, now } = inputs;
  const limits = limitsAt(policy, now);
  const wanted = wantedOf(policy, load?.demand ?? null, load, standing.replicas, limits);
  const verdict = judged(inputs, limits, wanted);
  return 'held' in verdict
    ? { ...limits, wanted, scaled: false, reason: verdict.held }
    : { ...limits, wanted, scaled: true, replicas: verdict.to, reason: verdict.reason };
}

function judged(inputs: ScalingInputs, limits: Limits, wanted: number): Verdict {
  const { policy, load, standing, now } = inputs;
  const { replicas } = standing;
  if (!policy.enabled) return { held: 'PAUSED' };
  if (inFlight(inputs)) return { held: 'IN_FLIGHT' };
  if (!standing.placing) return { held: 'PLACING_STOPPED' };
  if (replicas > limits.max) return { to: limits.max, reason: 'ABOVE_MAX' };
  if (replicas < limits.min)
    return standing.room < limits.min - replicas
      ? { held: 'CLUSTER_FULL' }
      : { to: limits.min, reason: 'BELOW_MIN' };
  if (load === null || now - load.at > policy.stale_seconds * 1_000) return { held: 'NO_LOAD' };
  if (load.throughput === null && replicas > 0 && load.high > 0) return { held: 'NO_THROUGHPUT' };
  if (wanted === replicas || withinTolerance(policy, load, replicas))
    return { held: steadyReason(policy, load, limits, wanted, replicas) };
  return wanted > replicas ? up(inputs, load, limits, wanted) : down(inputs, load, limits, wanted);
}

/** Replicas for a demand within limits; null or without a throughput: as many as there are, at least one for a demand. */
function wantedOf(
  { target }: ScalingPolicy,
  demand: number | null,
  load: Seen | null,
  replicas: number,
  { min, max }: Limits,
): number {
  const clamped = (count: number) => Math.min(max, Math.max(min, count));
  if (demand === null) return clamped(replicas);
  if (demand === 0) return clamped(0);
  const throughput = load?.throughput?.value;
  if (throughput === undefined) return clamped(Math.max(1, replicas));
  // 2.1 / 0.7 is above 3 by rounding alone; and the least demand needs one.
  return clamped(Math.max(1, Math.ceil((demand / (throughput * target)) * (1 - 1e-9))));
}

/** True while the last decision may be under way: for as long as the policy says at most. */
export function mayBeInFlight(policy: ScalingPolicy, last: Standing['last'], now: number): boolean {
  return last !== null && now - last.at < policy.ready_seconds * 1_000;
}

/** True until as many replicas are ready as were decided, as the cluster shows after the decision, or else who reports loads. */
function inFlight({ policy, load, standing, now }: ScalingInputs): boolean {
  const { last, replicas } = standing;
  if (last === null || !mayBeInFlight(policy, last, now)) return false;
  const ready = standing.ready ?? load?.ready ?? null;
  if (ready === null || ready.at <= last.at) return true;
  return replicas > last.from ? ready.replicas < replicas : ready.replicas > replicas;
}

function withinTolerance({ target, tolerance }: ScalingPolicy, load: Seen, replicas: number): boolean {
  if (replicas === 0 || load.demand === 0 || load.throughput === null) return false;
  const ratio = load.demand / (replicas * load.throughput.value * target);
  return Math.abs(ratio - 1) <= tolerance + 1e-9;
}

/** The limits are the reason where more or less would be wanted without them. */
function steadyReason(
  policy: ScalingPolicy,
  load: Seen,
  { min, max }: Limits,
  wanted: number,
  replicas: number,
): HeldReason {
  const free = wantedOf(policy, load.demand, load, replicas, { min: 0, max: Infinity, entry: null });
  if (wanted !== replicas || withinTolerance(policy, load, replicas)) return 'STEADY';
  return free > max ? 'AT_MAX' : free < min || replicas === 0 ? 'AT_MIN' : 'STEADY';
}

function up({ policy, standing, now }: ScalingInputs, load: Seen, limits: Limits, wanted: number): Verdict {
  const { replicas, last } = standing;
  // What has none gets its first at once.
  const first = replicas === 0;
  const lasting = first ? wanted : wantedOf(policy, load.low, load, replicas, limits);
  if (lasting <= replicas) return { held: 'STABILISING' };
  if (!first && cooling(last, policy.up_cool_down_seconds, now)) return { held: 'COOL_DOWN' };
  if (standing.unplaceable > 0) return { held: 'UNPLACEABLE' };
  const to = Math.min(wanted, lasting, replicas + (policy.up_step ?? Infinity), replicas + standing.room);
  if (to <= replicas) return { held: 'CLUSTER_FULL' };
  return { to, reason: first ? 'ACTIVATED' : 'LOAD_UP' };
}

function down({ policy, standing, now }: ScalingInputs, load: Seen, limits: Limits, wanted: number): Verdict {
  const { replicas, last } = standing;
  const windowStart = now - policy.down_stabilisation_seconds * 1_000;
  const lasting = wantedOf(policy, load.high, load, replicas, limits);
  // What was not seen may have been high.
  if (lasting >= replicas || (policy.down_stabilisation_seconds > 0 && load.since > windowStart))
    return { held: 'STABILISING' };
  if (cooling(last, policy.down_cool_down_seconds, now)) return { held: 'COOL_DOWN' };
  const to = Math.max(wanted, lasting, replicas - (policy.down_step ?? Infinity));
  return { to, reason: to === 0 ? 'TO_ZERO' : 'LOAD_DOWN' };
}

function cooling(last: Standing['last'], seconds: number, now: number): boolean {
  return last !== null && now - last.at < seconds * 1_000;
}
