/** What a history is about: workloads, policies, quotas, as they were said last. Knows nothing of the deciders. */

/** Requests and limits, by the names that events use. */
export interface Amounts {
  cpu_request: number | null;
  cpu_limit: number | null;
  memory_request: number | null;
  memory_limit: number | null;
}
export const names = ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'] as const;

export interface WorldContainer extends Amounts {
  name: string;
  cpu_restart: boolean;
  memory_restart: boolean;
}

export interface WorldChange {
  readonly name: string;
  readonly before: Amounts;
  readonly after: Amounts;
}

/** A decision, as it was emitted. */
export interface WorldDecision {
  readonly namespace: string;
  readonly workload: string;
  readonly decision: number;
  readonly kind: string;
  readonly why: string;
  readonly rolls_back: number | null;
  readonly containers: readonly WorldChange[];
  readonly notes: readonly string[];
  readonly restarts: boolean;
  readonly at: number;
}

export interface WorldWorkload {
  readonly namespace: string;
  readonly name: string;
  /** What was said of it last. */
  facts: {
    service: string | null;
    label: string | null;
    replicas: number;
    ready: number;
    qos: string;
    rolling: boolean;
    rolled_out: boolean;
    containers: WorldContainer[];
    kills: { pod: string; container: string; at: number }[];
    disruptions: number | null;
    scaled_on: string[];
  };
  /** What its pods have, as far as decisions and templates go. */
  has: Record<string, Amounts>;
  advice: Record<string, Amounts & { at: number; confidence: number; do_nothing: boolean }>;
  throttled: { container: string; start: number; end: number; throttled: number; used: number }[];
  flying: WorldDecision | null;
  last: { readonly it: WorldDecision; ended: string | null; ended_at: number; touched: boolean } | null;
  reversals: number;
  rolled_back_at: number | null;
  /** Its template was changed by hand while a decision was in flight. */
  edited: boolean;
}

export interface WorldQuota {
  readonly name: string;
  readonly resource: string;
  hard: number;
  used: number;
}
export interface WorldRange {
  readonly name: string;
  readonly type: string;
  readonly resource: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly ratio: number | null;
}

export interface WorldPolicy {
  mode: 'off' | 'propose' | 'auto';
  cpu: { min: number; max: number };
  memory: { min: number; max: number };
  most_lower: number;
  most_raise: number;
  least_confidence: number;
  cooldown_minutes: number;
  per_minute: number;
  in_flight: number;
  rollout_hours: { from: number; to: number } | null;
  watch_minutes: number;
  throttled_share: number;
  rest_hours: number;
  advice_hours: number;
}

export interface World {
  readonly workloads: WorldWorkload[];
  readonly policies: Map<string, WorldPolicy>;
  readonly quotas: Map<string, WorldQuota[]>;
  readonly ranges: Map<string, WorldRange[]>;
  /** What decisions add to a namespace that its quotas do not count yet. */
  readonly pending: {
    namespace: string;
    decision: number;
    adds: Record<string, number>;
    ended: boolean;
    told: boolean;
  }[];
  /** When decisions were made. */
  readonly decided: number[];
}

export const MIB = 1_048_576;

/** Requests and limits alone. */
export function amountsOf({ cpu_request, cpu_limit, memory_request, memory_limit }: Amounts): Amounts {
  return { cpu_request, cpu_limit, memory_request, memory_limit };
}

/** The class as Kubernetes tells it. */
export function classOf(containers: readonly Amounts[]): string {
  const set = containers.flatMap((it) => names.map((name) => it[name])).some((value) => (value ?? 0) > 0);
  if (!set) return 'BestEffort';
  const equal = (it: Amounts) =>
    it.cpu_limit !== null &&
    it.memory_limit !== null &&
    it.cpu_request === it.cpu_limit &&
    it.memory_request === it.memory_limit;
  return containers.every(equal) ? 'Guaranteed' : 'Burstable';
}

/** The policy that holds in a namespace. */
export function policyIn({ policies }: World, namespace: string): WorldPolicy | undefined {
  return policies.get(namespace) ?? policies.get('');
}

/** off, propose or auto. */
export function allowedMode(world: World, { namespace, facts }: WorldWorkload): string {
  const mode = policyIn(world, namespace)?.mode ?? 'off';
  if (mode === 'off') return 'off';
  if (facts.service !== null) return 'propose';
  if (facts.label !== 'auto' && facts.label !== 'propose') return 'off';
  return mode === 'auto' && facts.label === 'auto' ? 'auto' : 'propose';
}
