/** From advice to new resources: steps, bounds, limits, LimitRanges, quotas. */
import { changed, resources, resourcesOf, sameResources } from './model.ts';
import type {
  Advice,
  Change,
  Container,
  NamespaceLimits,
  Range,
  Resource,
  Resources,
  amounts,
} from './model.ts';
import { boundsOf, leastChange } from './policy.ts';
import type { ResizingPolicy } from './policy.ts';

/** Changes, what bent the advice on the way, and which resources cannot change and why. */
export interface Aimed {
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
  readonly out: readonly string[];
}

/** What containers should have by advice. Resources in `fixed` stay. */
export function aim(
  containers: readonly Container[],
  advice: Readonly<Record<string, Advice>>,
  policy: ResizingPolicy,
  ranges: readonly Range[],
  fixed: ReadonlySet<string>,
): Aimed {
  const notes = new Set<string>();
  const out = new Set<string>();
  const changes = containers.flatMap((container): Change[] => {
    const before = resourcesOf(container);
    const found = advice[container.name];
    if (found === undefined || found.do_nothing) return [];
    let after: Resources = before;
    for (const resource of resources) {
      if (fixed.has(resource)) continue;
      const to = requestOf(resource, before, found, policy, ranges, notes);
      if (to === undefined) continue;
      const next = withRequest(resource, after, to, policy);
      const why = outside(resource, before, next, policy, ranges);
      if (why === undefined) after = next;
      else out.add(why);
    }
    return sameResources(before, after) ? [] : [{ name: container.name, before, after }];
  });
  return { changes, notes: [...notes].sort(), out: [...out].sort() };
}

/** True when both are the same for those who decide: from the same resources, to requests that differ by no reason to act. */
export function near(some: readonly Change[], others: readonly Change[], policy: ResizingPolicy): boolean {
  return (
    some.length === others.length &&
    some.every((a) => {
      const b = others.find(({ name }) => name === a.name);
      return b !== undefined && sameResources(a.before, b.before) && nearRequests(a.after, b.after, policy);
    })
  );
}

function nearRequests(a: Resources, b: Resources, policy: ResizingPolicy): boolean {
  return resources.every((resource) => {
    const [one, other] = [a[`${resource}_request`], b[`${resource}_request`]];
    if (one === null || other === null) return one === other;
    return Math.abs(one - other) < Math.max(1, leastChange(policy, resource, one));
  });
}

/** The request that a resource moves to; undefined: it stays. */
function requestOf(
  resource: Resource,
  before: Resources,
  advice: Advice,
  policy: ResizingPolicy,
  ranges: readonly Range[],
  notes: Set<string>,
): number | undefined {
  const now = before[`${resource}_request`];
  const wanted = advice[`${resource}_request`];
  // What is not set stays so: setting it could change the class, and a limit alone stands for its request.
  if (now === null || now <= 0 || wanted === null) return undefined;
  const { min, max } = boundsOf(policy, resource);
  const note = (code: string, value: number, from: number): number => {
    if (value !== from) notes.add(code);
    return value;
  };
  let to = wanted;
  to = note('BOUNDS', Math.min(max, Math.max(min, to)), to);
  for (const range of rulesOf(ranges, 'Container', resource))
    to = note('LIMIT_RANGE', Math.min(range.max ?? to, Math.max(range.min ?? to, to)), to);
  const limit = before[`${resource}_limit`];
  if (policy.limits === 'keep' && limit !== null && limit !== now)
    to = note('LIMIT', Math.min(to, limit), to);
  if (Math.abs(to - now) < Math.max(1, leastChange(policy, resource, now))) return undefined;
  const least = Math.ceil(now * (1 - policy.most_lower));
  const most = Math.floor(now * (1 + policy.most_raise));
  to = note('STEP', Math.min(most, Math.max(least, to)), to);
  return to === now ? undefined : Math.round(to);
}

function withRequest(resource: Resource, before: Resources, to: number, policy: ResizingPolicy): Resources {
  const now = before[`${resource}_request`]!;
  const limit = before[`${resource}_limit`];
  const next = { ...before, [`${resource}_request`]: to };
  if (limit === null) return next;
  if (limit === now) return { ...next, [`${resource}_limit`]: to };
  return policy.limits === 'keep' ? next : { ...next, [`${resource}_limit`]: Math.ceil(to * (limit / now)) };
}

/** Why a resource may not become that; undefined: it may. */
function outside(
  resource: Resource,
  before: Resources,
  after: Resources,
  policy: ResizingPolicy,
  ranges: readonly Range[],
): string | undefined {
  const request = after[`${resource}_request`]!;
  const { min, max } = boundsOf(policy, resource);
  if (request < min || request > max) return 'BOUNDS';
  const worse = rulesOf(ranges, 'Container', resource).some((range) => breaks(range, resource, after));
  return worse ? 'LIMIT_RANGE' : sameLimitKind(resource, before, after) ? undefined : 'QOS';
}

/** A request below its limit does not come to be as large as it, nor the other way round: the class hangs on it. */
function sameLimitKind(resource: Resource, before: Resources, after: Resources): boolean {
  const equal = (it: Resources) => it[`${resource}_request`] === it[`${resource}_limit`];
  const limit = after[`${resource}_limit`];
  return equal(before) === equal(after) && (limit === null || after[`${resource}_request`]! <= limit);
}

/** True when a rule for containers does not allow these resources. */
function breaks({ min, max, ratio }: Range, resource: Resource, it: Resources): boolean {
  const request = it[`${resource}_request`];
  const limit = it[`${resource}_limit`];
  if (min !== null && request !== null && request < min) return true;
  if (max !== null && Math.max(request ?? 0, limit ?? 0) > max) return true;
  return ratio !== null && request !== null && request > 0 && limit !== null && limit / request > ratio;
}

function rulesOf(ranges: readonly Range[], type: string, resource: Resource): Range[] {
  return ranges.filter((range) => range.type === type && range.resource === resource);
}

/** True when rules for containers or whole pods do not allow what is different in these containers. */
export function breaksRanges(
  before: readonly Container[],
  changes: readonly Change[],
  ranges: readonly Range[],
): boolean {
  const after = changed(before, changes);
  return resources.some((resource) => {
    const touched = changes.filter((it) => moves(it, resource));
    if (touched.length === 0) return false;
    const alone = rulesOf(ranges, 'Container', resource);
    if (touched.some((it) => alone.some((range) => breaks(range, resource, it.after)))) return true;
    const whole = sumOf(after);
    return rulesOf(ranges, 'Pod', resource).some((range) => breaks(range, resource, whole));
  });
}

/** True when the requests that a change moves are in the bounds of the policy. */
export function inBounds(change: Change, policy: ResizingPolicy): boolean {
  return resources.every((resource) => {
    const { min, max } = boundsOf(policy, resource);
    const request = change.after[`${resource}_request`];
    return !moves(change, resource) || request === null || (request >= min && request <= max);
  });
}

/** True when a change touches a resource. */
export function moves({ before, after }: Change, resource: Resource): boolean {
  return (['request', 'limit'] as const).some(
    (what) => before[`${resource}_${what}`] !== after[`${resource}_${what}`],
  );
}

/** The first resource of a quota that has no room for what the changes add to so many pods; undefined: there is room. */
export function overQuota(
  changes: readonly Change[],
  pods: number,
  { room }: Pick<NamespaceLimits, 'room'>,
): string | undefined {
  const more = added(changes, pods);
  return room.find(({ resource, left }) => {
    const plus = more[resource as keyof typeof more] ?? 0;
    return plus > 0 && plus > left;
  })?.resource;
}

/** What changes add to so many pods, by the names that quotas have; less than 0 where they take away. */
export function added(changes: readonly Change[], pods: number) {
  const sum = (amount: (typeof amounts)[number]): number =>
    pods *
    changes.reduce((total, { before, after }) => total + (after[amount] ?? 0) - (before[amount] ?? 0), 0);
  return {
    'requests.cpu': sum('cpu_request'),
    'limits.cpu': sum('cpu_limit'),
    'requests.memory': sum('memory_request'),
    'limits.memory': sum('memory_limit'),
  };
}

function sumOf(containers: readonly Resources[]): Resources {
  const sum = (amount: (typeof amounts)[number]): number | null => {
    const known = containers.map((it) => it[amount]).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  return {
    ...{ cpu_request: sum('cpu_request'), cpu_limit: sum('cpu_limit') },
    ...{ memory_request: sum('memory_request'), memory_limit: sum('memory_limit') },
  };
}
