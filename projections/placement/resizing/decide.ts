/** What follows for one workload from what is known of it. */
import { aim, inBounds, moves } from './bounds.ts';
import { againstPods, againstRollOut, restarts } from './guards.ts';
import { currentOf, resourcesOf, sameResources } from './model.ts';
import type { Advice, Change, Held, NamespaceLimits, Workload } from './model.ts';
import { coolUntil, hasRoom, HOUR } from './pace.ts';
import type { Pace } from './pace.ts';
import { mayRollOut, modeFor } from './policy.ts';
import type { ResizingPolicy } from './policy.ts';
import { rollBack, watchedUntil } from './rollback.ts';

/** Everything that a decision depends on. */
export interface Situation {
  readonly workload: Workload;
  readonly policy: ResizingPolicy;
  readonly limits: NamespaceLimits;
  readonly pace: Pace;
  /** Now: the time of the event that asks. */
  readonly at: number;
}

/** What is to change. */
export interface Resize {
  /** pods: in place; template: by a roll-out. */
  readonly kind: 'pods' | 'template';
  readonly why: 'auto' | 'accepted' | 'rollback' | 'roll-out';
  readonly rolls_back: number | null;
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
  readonly restarts: boolean;
  readonly advised_at: number;
}

/** The outcome: a decision, a proposal, nothing now, or no room in this minute. */
export type Verdict =
  | { readonly verdict: 'decide' | 'propose'; readonly resize: Resize }
  | { readonly verdict: 'held'; readonly held: Held }
  | { readonly verdict: 'wait' };

/** Judges one workload: first whether something is taken back, then its advice, then whether its template may follow. */
export function judge(situation: Situation): Verdict {
  const { workload, policy } = situation;
  const mode = modeFor(policy, workload.facts);
  if (mode === 'off') return held('OFF', whyOff(workload, policy));
  if (workload.last !== null && workload.last.ended === null)
    return held('IN_FLIGHT', `decision ${workload.last.decision} has not ended`);
  const back = workload.facts.service === null ? undoing(situation) : undefined;
  if (back !== undefined) return back;
  const advised = onAdvice(situation, mode);
  if (advised.verdict !== 'held' || workload.facts.service !== null) return advised;
  return following(situation, advised.held) ?? advised;
}

/** Judges a proposal that somebody accepts: neither cool-down nor confidence hold it, everything else does. */
export function judgeAccepted(
  situation: Situation,
  proposed: Pick<Resize, 'changes' | 'notes' | 'advised_at'>,
): Verdict {
  const { workload, policy, limits, at } = situation;
  if (modeFor(policy, workload.facts) === 'off') return held('OFF', whyOff(workload, policy));
  if (workload.last !== null && workload.last.ended === null)
    return held('IN_FLIGHT', `decision ${workload.last.decision} has not ended`);
  const now = new Map(currentOf(workload).map((it) => [it.name, it]));
  const stale = proposed.changes.find(({ name, before }) => {
    const is = now.get(name);
    return is === undefined || !sameResources(before, is);
  });
  if (stale !== undefined)
    return held('PROPOSAL_STALE', `container ${stale.name} no longer has what the proposal starts from`);
  const watched = watchedUntil(workload, policy);
  if (at < watched) return held('WATCHED', 'the last decision is still watched', watched);
  if (!proposed.changes.every((change) => inBounds(change, policy)))
    return held('BOUNDS', 'the policy has other bounds since it was proposed');
  const against =
    workload.facts.service === null ? againstPods(workload, proposed.changes, limits) : undefined;
  if (against !== undefined) return { verdict: 'held', held: against };
  return inRoom(situation, 'decide', { ...proposed, kind: 'pods', why: 'accepted', rolls_back: null });
}

function held(reason: string, message: string, until: number | null = null): Verdict {
  return { verdict: 'held', held: { reason, message, until } };
}

function whyOff({ facts }: Workload, policy: ResizingPolicy): string {
  if (policy.mode === 'off') return 'no policy allows it; `rightstream resize policy set` sets one';
  return facts.label === null
    ? 'it has no label rightstream.io/resize: propose or auto'
    : `its label rightstream.io/resize says ${facts.label.slice(0, 63)}`;
}

function undoing(situation: Situation): Verdict | undefined {
  const { workload, policy, limits } = situation;
  const back = rollBack(workload, policy);
  if (back === undefined) return undefined;
  const against = againstPods(workload, back.changes, limits);
  if (against !== undefined) return { verdict: 'held', held: against };
  const { decision } = workload.last!;
  return inRoom(situation, 'decide', {
    ...{ kind: 'pods', why: 'rollback', rolls_back: decision, changes: back.changes },
    ...{ notes: [back.reason], advised_at: 0 },
  });
}

function onAdvice(situation: Situation, mode: 'propose' | 'auto'): Verdict {
  const { workload, policy, limits, at } = situation;
  const usable = fresh(situation);
  if (usable.held !== undefined) return { verdict: 'held', held: usable.held };
  const until = Math.max(coolUntil(workload, policy), watchedUntil(workload, policy));
  if (at < until) return held('COOL_DOWN', 'decided on not long ago', until);
  const fixed = new Set(workload.facts.scaled_on);
  const { changes, notes, out } = aim(currentOf(workload), usable.advice, policy, limits.ranges, fixed);
  if (changes.length === 0) return nothing(workload, out);
  const against = workload.facts.service === null ? againstPods(workload, changes, limits) : undefined;
  if (against !== undefined) return { verdict: 'held', held: against };
  const advised_at = Math.max(...changes.map(({ name }) => usable.advice[name]!.at));
  const resize = { kind: 'pods', why: 'auto', rolls_back: null, changes, notes, advised_at } as const;
  return mode === 'auto'
    ? inRoom(situation, 'decide', resize)
    : { verdict: 'propose', resize: { ...resize, restarts: restartsOf(workload, resize) } };
}

function nothing({ facts }: Workload, out: readonly string[]): Verdict {
  const [reason] = out;
  if (reason === 'BOUNDS') return held(reason, 'one step does not lead into the bounds of the policy');
  if (reason === 'LIMIT_RANGE') return held(reason, 'a LimitRange of the namespace does not allow it');
  if (reason !== undefined) return held(reason, 'its class would hang on it');
  return facts.scaled_on.length > 0
    ? held(
        'HPA',
        `a HorizontalPodAutoscaler scales it on ${facts.scaled_on.join(', ')}; nothing else differs`,
      )
    : held('SETTLED', 'what it requests is near enough to what is advised');
}

/** Advice that is neither old nor from before the last decision nor of little confidence. */
function fresh({ workload, policy, at }: Situation): { advice: Record<string, Advice>; held?: Held } {
  const oldest = Math.max(at - policy.advice_hours * HOUR, workload.last?.decided_at ?? -Infinity);
  const all = Object.entries(workload.advice);
  const young = all.filter(([, advice]) => advice.at > oldest);
  const sure = young.filter(([, advice]) => advice.confidence >= policy.least_confidence);
  const hold = (reason: string, message: string) => ({ advice: {}, held: { reason, message, until: null } });
  if (all.length === 0) return hold('NO_ADVICE', 'nothing is advised for it yet');
  if (young.length === 0) return hold('ADVICE_OLD', 'its advice is old, or from before the last decision');
  if (sure.length === 0) return hold('CONFIDENCE', 'its advice is less certain than the policy wants');
  return { advice: Object.fromEntries(sure) };
}

/** The template takes what its pods have, when a roll-out is allowed; undefined: it does not now. */
function following(situation: Situation, otherwise: Held): Verdict | undefined {
  const { workload, policy, limits, at } = situation;
  const changes = behind(workload);
  if (changes.length === 0 || policy.rollout_hours === null) return undefined;
  const { last } = workload;
  const again =
    last?.kind === 'template' && last.ended !== 'applied' ? coolUntil(workload, policy) : -Infinity;
  const watched = Math.max(watchedUntil(workload, policy), again);
  if (at < watched || !mayRollOut(policy, at)) {
    const next = at < watched ? watched : nextHour(policy, at);
    return held(otherwise.reason, otherwise.message, Math.min(next, otherwise.until ?? Infinity));
  }
  const against = againstRollOut({ ...workload, desired: null }, changes, limits);
  if (against !== undefined) return held(against.reason, against.message, otherwise.until);
  return inRoom(situation, 'decide', {
    ...{ kind: 'template', why: 'roll-out', rolls_back: null, changes, notes: [], advised_at: 0 },
  });
}

/** What the template does not say yet. */
export function behind({ facts, desired }: Pick<Workload, 'facts' | 'desired'>): Change[] {
  return facts.containers.flatMap((container): Change[] => {
    const after = desired?.[container.name];
    if (after === undefined || sameResources(container, after)) return [];
    return [{ name: container.name, before: resourcesOf(container), after }];
  });
}

function nextHour(policy: ResizingPolicy, at: number): number {
  let next = (Math.floor(at / HOUR) + 1) * HOUR;
  while (!mayRollOut(policy, next)) next += HOUR;
  return next;
}

function inRoom(situation: Situation, verdict: 'decide', resize: Omit<Resize, 'restarts'>): Verdict {
  const { workload, policy, pace, at } = situation;
  if (!hasRoom(pace, policy, at)) return { verdict: 'wait' };
  return { verdict, resize: { ...resize, restarts: restartsOf(workload, resize) } };
}

function restartsOf({ facts }: Workload, { kind, changes }: Pick<Resize, 'kind' | 'changes'>): boolean {
  return (
    kind === 'pods' &&
    restarts(
      facts.containers,
      changes.filter((it) => moves(it, 'cpu') || moves(it, 'memory')),
    )
  );
}
