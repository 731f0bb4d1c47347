/** When a decision is taken back, and what that changes. */
import { amounts, currentOf } from './model.ts';
import type { Change, LastResize, Resource, Workload } from './model.ts';
import { moves } from './bounds.ts';
import { MINUTE } from './pace.ts';
import type { ResizingPolicy } from './policy.ts';
import { qosOf } from './qos.ts';

/** What takes a decision back, and why. */
export interface RollBack {
  readonly reason: 'OOM_KILLED' | 'THROTTLED' | 'INFEASIBLE' | 'HALF_DONE';
  readonly changes: readonly Change[];
}

/** Until when a decision is watched; -Infinity when none is. */
export function watchedUntil({ last }: Pick<Workload, 'last'>, policy: ResizingPolicy): number {
  if (last === null || last.applied_at === null || last.why === 'rollback') return -Infinity;
  return last.applied_at + policy.watch_minutes * MINUTE;
}

/**
 * What takes the last decision back; undefined: it stands. A kill takes back memory that was lowered, throttling CPU that was lowered:
 * to take away what was added would make either worse. What could not be done, or was done in part, is taken back whole. What was
 * decided to take something back is not taken back.
 */
export function rollBack(workload: Workload, policy: ResizingPolicy): RollBack | undefined {
  const { last } = workload;
  if (last === null || last.why === 'rollback' || last.ended === null) return undefined;
  if (last.ended === 'infeasible') return whole(workload, last, 'INFEASIBLE');
  if (last.ended !== 'applied') return last.touched ? whole(workload, last, 'HALF_DONE') : undefined;
  const killed = last.containers.filter(
    (it) => lowered(it, 'memory') && wasKilled(workload, last, policy, it),
  );
  if (killed.length > 0) return undo(workload, last, 'OOM_KILLED', killed, 'memory');
  const slowed = last.containers.filter(
    (it) => lowered(it, 'cpu') && isThrottled(workload, last, policy, it),
  );
  return slowed.length > 0 ? undo(workload, last, 'THROTTLED', slowed, 'cpu') : undefined;
}

/** True when a change takes something of a resource away. */
export function lowered({ before, after }: Change, resource: Resource): boolean {
  return (['request', 'limit'] as const).some((what) => {
    const [was, is] = [before[`${resource}_${what}`], after[`${resource}_${what}`]];
    return was !== null && is !== null && is < was;
  });
}

function wasKilled(workload: Workload, last: LastResize, policy: ResizingPolicy, { name }: Change): boolean {
  const until = watchedUntil(workload, policy);
  return workload.facts.kills.some(
    ({ container, at }) => container === name && at > last.decided_at && at <= until,
  );
}

function isThrottled(
  workload: Workload,
  last: LastResize,
  policy: ResizingPolicy,
  { name }: Change,
): boolean {
  const until = watchedUntil(workload, policy);
  const within = (workload.throttled[name] ?? []).filter(
    ({ start }) => start >= last.applied_at! && start <= until,
  );
  const sum = (what: 'throttled' | 'used') => within.reduce((total, it) => total + it[what], 0);
  return sum('throttled') > policy.throttled_share * sum('used');
}

/** One resource of some containers as before; everything, when that alone would change the class. */
function undo(
  workload: Workload,
  last: LastResize,
  reason: RollBack['reason'],
  at: readonly Change[],
  resource: Resource,
): RollBack | undefined {
  const names = new Set(at.map(({ name }) => name));
  const some = undone(workload, last, (name) => (names.has(name) ? [resource] : []));
  if (some === undefined) return undefined;
  const now = currentOf(workload);
  const after = new Map(some.map((change) => [change.name, change.after]));
  const same = qosOf(now) === qosOf(now.map((it) => ({ ...it, ...after.get(it.name) })));
  return same ? { reason, changes: some } : whole(workload, last, reason);
}

function whole(workload: Workload, last: LastResize, reason: RollBack['reason']): RollBack | undefined {
  const changes = undone(workload, last, () => ['cpu', 'memory']);
  return changes === undefined ? undefined : { reason, changes };
}

/** Undefined when somebody has changed these containers since, or nothing would be different. */
function undone(
  workload: Workload,
  last: LastResize,
  of: (name: string) => readonly Resource[],
): Change[] | undefined {
  const now = new Map(currentOf(workload).map((it) => [it.name, it]));
  const changes: Change[] = [];
  for (const { name, before, after } of last.containers) {
    const container = now.get(name);
    const wanted = of(name);
    if (wanted.length === 0) continue;
    const ours = amounts.filter((amount) => wanted.some((it) => amount.startsWith(it)));
    if (container === undefined || ours.some((amount) => container[amount] !== after[amount]))
      return undefined;
    const { cpu_request, cpu_limit, memory_request, memory_limit } = container;
    const is = { cpu_request, cpu_limit, memory_request, memory_limit };
    const to = { ...is, ...Object.fromEntries(ours.map((amount) => [amount, before[amount]])) };
    const change = { name, before: is, after: to };
    if (moves(change, 'cpu') || moves(change, 'memory')) changes.push(change);
  }
  return changes.length === 0 ? undefined : changes;
}
