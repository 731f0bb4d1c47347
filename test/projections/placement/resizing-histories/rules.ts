/** What no decision may break, told from what was said: written a second time, beside the deciders. */
import { allowedMode, classOf, MIB, names, policyIn } from './world.ts';
import type {
  Amounts,
  World,
  WorldChange,
  WorldContainer,
  WorldDecision,
  WorldPolicy,
  WorldWorkload,
} from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const kinds = ['cpu', 'memory'] as const;
type Kind = (typeof kinds)[number];

/** Everything that a decision breaks; nothing when it is right. */
export function broken(world: World, workload: WorldWorkload, it: WorldDecision): string[] {
  const policy = policyIn(world, workload.namespace);
  const found: string[] = [];
  const must = (holds: boolean, rule: string): void => {
    if (!holds) found.push(rule);
  };
  const mode = allowedMode(world, workload);
  must(policy !== undefined && mode !== 'off', 'decided where nothing is allowed');
  if (policy === undefined) return found;
  must(it.why !== 'auto' || mode === 'auto', 'decided alone where it may only propose');
  must(workload.facts.service === null, 'resized a service of ours');
  must(workload.flying === null, 'two decisions at once on one workload');
  must(it.containers.length > 0, 'a decision that changes nothing');
  const flying = world.workloads.filter(({ flying: one }) => one !== null).length;
  must(flying < policy.in_flight, 'more decisions at once than the policy wants');
  const sameMinute = world.decided.filter(
    (at) => Math.floor(at / MINUTE) === Math.floor(it.at / MINUTE),
  ).length;
  must(sameMinute < policy.per_minute, 'more decisions in a minute than the policy wants');
  found.push(...ofPods(world, workload, it), ...ofTime(policy, workload, it));
  if (it.why === 'auto') found.push(...ofAdvice(policy, workload, it));
  if (it.why === 'auto' || it.why === 'accepted')
    for (const change of it.containers)
      for (const kind of kinds)
        if (touches(change, kind))
          must(inBounds(policy, kind, change), `${kind} outside the bounds of the policy`);
  if (it.why === 'rollback') found.push(...ofRollback(policy, workload, it));
  return found;
}

function touches({ before, after }: WorldChange, kind: Kind): boolean {
  return (
    before[`${kind}_request`] !== after[`${kind}_request`] ||
    before[`${kind}_limit`] !== after[`${kind}_limit`]
  );
}

function inBounds(policy: WorldPolicy, kind: Kind, { after }: WorldChange): boolean {
  const unit = kind === 'cpu' ? 1 : MIB;
  const { min, max } = policy[kind];
  const request = after[`${kind}_request`];
  return request !== null && request >= min * unit && request <= max * unit;
}

/** The pods, their class, scalers, quotas, limit ranges, and who is away meanwhile. */
function ofPods(world: World, workload: WorldWorkload, it: WorldDecision): string[] {
  const { facts, has, namespace } = workload;
  const found: string[] = [];
  const must = (holds: boolean, rule: string): void => {
    if (!holds) found.push(rule);
  };
  const template = it.kind === 'template';
  const now = facts.containers.map((one): WorldContainer => (template ? one : { ...one, ...has[one.name] }));
  const then = now.map((one): WorldContainer => ({
    ...one,
    ...it.containers.find(({ name }) => name === one.name)?.after,
  }));
  for (const { name, before } of it.containers) {
    const is = now.find((one) => one.name === name);
    must(
      is !== undefined && names.every((amount) => is[amount] === before[amount]),
      'does not start from what is',
    );
  }
  must(then.every(sane), 'a request above its limit, or nothing at all');
  must(classOf(then) === facts.qos, 'the class changes');
  must(
    !kinds.some(
      (kind) => facts.scaled_on.includes(kind) && it.containers.some((change) => touches(change, kind)),
    ),
    'changes what a HorizontalPodAutoscaler scales on',
  );
  must(facts.rolled_out, 'decided while pods are replaced');
  const restarts = it.containers.some((change) =>
    kinds.some(
      (kind) =>
        touches(change, kind) &&
        facts.containers.find(({ name }) => name === change.name)?.[`${kind}_restart`],
    ),
  );
  must(it.restarts === (restarts && !template), 'says wrongly whether containers restart');
  if (template || restarts) {
    must(facts.replicas > 1, 'takes the only replica away');
    must(facts.ready >= facts.replicas, 'takes a pod away while others are away');
    must(facts.disruptions === null || facts.disruptions > 0, 'breaks a PodDisruptionBudget');
  }
  if (template) must(facts.rolling, 'rolls out what is replaced at once');
  if (!template)
    for (const { resource, hard, used } of world.quotas.get(namespace) ?? []) {
      const plus = addedTo(resource, it.containers) * facts.replicas;
      const others = world.pending
        .filter((one) => one.namespace === namespace)
        .reduce((sum, { adds }) => sum + Math.max(0, adds[resource] ?? 0), 0);
      must(plus <= 0 || plus <= hard - used - others, `more than the quota of ${resource}`);
    }
  for (const range of world.ranges.get(namespace) ?? []) {
    const kind = range.resource as Kind;
    const changed = it.containers.filter((change) => touches(change, kind));
    if (changed.length === 0) continue;
    const looked = range.type === 'Pod' ? [total(then)] : changed.map(({ after }) => after);
    const [min, max] = [range.min ?? 0, range.max ?? Infinity];
    for (const one of looked) {
      const request = one[`${kind}_request`] ?? min;
      const limit = one[`${kind}_limit`];
      must(request >= min && Math.max(request, limit ?? 0) <= max, `outside a LimitRange of ${kind}`);
      must(
        range.ratio === null || limit === null || request === 0 || limit / request <= range.ratio,
        `more than a LimitRange's ratio`,
      );
    }
  }
  return found;
}

function sane(it: Amounts): boolean {
  return kinds.every((kind) => {
    const [request, limit] = [it[`${kind}_request`], it[`${kind}_limit`]];
    return (request === null || request > 0) && (limit === null || request === null || request <= limit);
  });
}

/** What changes add per pod to a resource of quotas. */
export function addedTo(resource: string, changes: readonly WorldChange[]): number {
  const name =
    `${resource.endsWith('cpu') ? 'cpu' : 'memory'}_${resource.startsWith('requests') ? 'request' : 'limit'}` as const;
  return changes.reduce((sum, { before, after }) => sum + (after[name] ?? 0) - (before[name] ?? 0), 0);
}

function total(containers: readonly Amounts[]): Amounts {
  const sum = (name: (typeof names)[number]): number | null => {
    const set = containers.filter((it) => it[name] !== null);
    return set.length === 0 ? null : set.reduce((all, it) => all + it[name]!, 0);
  };
  return {
    ...{ cpu_request: sum('cpu_request'), cpu_limit: sum('cpu_limit') },
    ...{ memory_request: sum('memory_request'), memory_limit: sum('memory_limit') },
  };
}

/** Cool-down, rest, watch and hours of roll-outs. */
function ofTime(
  policy: WorldPolicy,
  { last, reversals, rolled_back_at }: WorldWorkload,
  it: WorldDecision,
): string[] {
  const found: string[] = [];
  const watched =
    last?.ended === 'applied' &&
    last.it.why !== 'rollback' &&
    it.at < last.ended_at + policy.watch_minutes * MINUTE;
  if (it.why !== 'rollback' && watched) found.push('decided while the last decision is watched');
  if (it.why === 'auto' && last !== null) {
    const wait = policy.cooldown_minutes * MINUTE * 2 ** Math.min(6, reversals);
    if (it.at < last.it.at + wait) found.push('decided within the cool-down');
    if (rolled_back_at !== null && it.at < rolled_back_at + policy.rest_hours * HOUR)
      found.push('decided soon after something was taken back');
  }
  if (it.why === 'roll-out') {
    const hour = new Date(it.at).getUTCHours();
    const hours = policy.rollout_hours;
    const within = hours !== null && [...hoursOf(hours)].includes(hour);
    if (!within) found.push('a roll-out outside its hours');
  }
  return found;
}

function* hoursOf({ from, to }: { from: number; to: number }): Iterable<number> {
  let hour = from;
  do {
    yield hour;
    hour = (hour + 1) % 24;
  } while (hour !== to);
}

/** Steps, and advice that is new and certain. */
function ofAdvice(policy: WorldPolicy, { advice, last }: WorldWorkload, it: WorldDecision): string[] {
  const found: string[] = [];
  for (const { name, before, after } of it.containers) {
    const said = advice[name];
    const usable =
      said !== undefined &&
      !said.do_nothing &&
      said.confidence >= policy.least_confidence &&
      said.at > it.at - policy.advice_hours * HOUR &&
      said.at > (last?.it.at ?? -Infinity);
    if (!usable) found.push('decided without advice that counts');
    for (const kind of kinds) {
      const [was, is, wanted] = [
        before[`${kind}_request`],
        after[`${kind}_request`],
        said?.[`${kind}_request`] ?? null,
      ];
      if (was === null || is === null || was === is) continue;
      if (is < was * (1 - policy.most_lower) - 1e-6 || is > was * (1 + policy.most_raise) + 1e-6)
        found.push('more than one step');
      // Bounds and limit ranges may lead further than the advice, never past it the other way.
      if (wanted === null) found.push('changes what nothing is advised for');
    }
  }
  return found;
}

/** Something is taken back only with a reason, only what the reason is about, and never twice. */
function ofRollback(policy: WorldPolicy, workload: WorldWorkload, it: WorldDecision): string[] {
  const { last } = workload;
  if (last === null || it.rolls_back !== last.it.decision)
    return ['takes back what was not the last decision'];
  if (last.it.why === 'rollback') return ['takes back what took something back'];
  const found: string[] = [];
  const [reason] = it.notes;
  if (reason === undefined || !reasons(policy, workload).includes(reason))
    found.push(`takes back without ${reason ?? 'reason'}`);
  for (const { name, before, after } of it.containers) {
    const then = last.it.containers.find((change) => change.name === name)?.before;
    if (
      then === undefined ||
      names.some((amount) => after[amount] !== before[amount] && after[amount] !== then[amount])
    )
      found.push('takes back to what was not there');
  }
  return found;
}

/** Why the last decision has to be taken back, by what was said. */
export function reasons(policy: WorldPolicy, { last, facts, throttled }: WorldWorkload): string[] {
  if (last === null || last.it.why === 'rollback' || last.ended === null) return [];
  if (last.ended === 'infeasible') return ['INFEASIBLE'];
  if (last.ended !== 'applied') return last.touched ? ['HALF_DONE'] : [];
  const until = last.ended_at + policy.watch_minutes * MINUTE;
  const lowered = (kind: Kind) =>
    last.it.containers
      .filter(({ before, after }) =>
        (['request', 'limit'] as const).some(
          (what) => (after[`${kind}_${what}`] ?? Infinity) < (before[`${kind}_${what}`] ?? -Infinity),
        ),
      )
      .map(({ name }) => name);
  const killed = facts.kills.some(
    ({ container, at }) => lowered('memory').includes(container) && at > last.it.at && at <= until,
  );
  const slow = lowered('cpu').some((name) => {
    const mine = throttled.filter(
      ({ container, start }) => container === name && start >= last.ended_at && start <= until,
    );
    const lost = mine.reduce((sum, one) => sum + one.throttled, 0);
    return lost > policy.throttled_share * mine.reduce((sum, one) => sum + one.used, 0);
  });
  return [...(killed ? ['OOM_KILLED'] : []), ...(slow ? ['THROTTLED'] : [])];
}

/** True when nothing at all keeps what has to be taken back from being taken back now. */
export function mustTakeBack(world: World, workload: WorldWorkload): boolean {
  const { facts, last, namespace, has } = workload;
  const policy = policyIn(world, namespace);
  if (policy === undefined || allowedMode(world, workload) === 'off' || workload.flying !== null)
    return false;
  if (facts.service !== null || reasons(policy, workload).length === 0) return false;
  const free =
    facts.rolled_out &&
    facts.scaled_on.length === 0 &&
    (world.quotas.get(namespace) ?? []).length === 0 &&
    (world.ranges.get(namespace) ?? []).length === 0 &&
    facts.containers.every((it) => !it.cpu_restart && !it.memory_restart) &&
    classOf(facts.containers.map((it) => ({ ...it, ...has[it.name] }))) === facts.qos;
  const stands = last!.it.containers.every(({ name, after }) =>
    names.every((it) => has[name]?.[it] === after[it]),
  );
  return free && stands;
}
