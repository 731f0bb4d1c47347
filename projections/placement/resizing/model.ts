/** What right-sizing looks at and what it says: workloads, advice, changes. CPU in millicores, memory in bytes, times in ms since 1970. */

/** Resources of a container; null: not set. */
export interface Resources {
  readonly cpu_request: number | null;
  readonly cpu_limit: number | null;
  readonly memory_request: number | null;
  readonly memory_limit: number | null;
}

/** The names of resources of a container. */
export const amounts = ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'] as const;

/** Resources that can be changed. */
export const resources = ['cpu', 'memory'] as const;
export type Resource = (typeof resources)[number];

/** A container of a workload. */
export interface Container extends Resources {
  readonly name: string;
  /** A change of this resource restarts the container. */
  readonly cpu_restart: boolean;
  readonly memory_restart: boolean;
}

/** A container that was killed for memory. */
export interface Kill {
  readonly pod: string;
  readonly container: string;
  readonly at: number;
}

/** A workload as the cluster has it. */
export interface Facts {
  readonly service: string | null;
  readonly label: string | null;
  readonly replicas: number;
  readonly ready: number;
  readonly qos: string;
  readonly rolling: boolean;
  readonly rolled_out: boolean;
  readonly containers: readonly Container[];
  readonly kills: readonly Kill[];
  readonly disruptions: number | null;
  readonly scaled_on: readonly string[];
}

/** What a container should request. */
export interface Advice extends Resources {
  readonly at: number;
  readonly confidence: number;
  readonly do_nothing: boolean;
}

/** An interval in which a container was held back. */
export interface Throttled {
  readonly start: number;
  readonly end: number;
  readonly throttled: number;
  readonly used: number;
}

/** What one container has, and is to have. */
export interface Change {
  readonly name: string;
  readonly before: Resources;
  readonly after: Resources;
}

/** The last decision that was carried out on a workload. */
export interface LastResize {
  readonly decision: number;
  readonly kind: string;
  readonly why: string;
  readonly rolls_back: number | null;
  readonly containers: readonly Change[];
  /** Containers restart. */
  readonly restarts: boolean;
  readonly decided_at: number;
  /** When it had been carried out; null: it ended otherwise, or has not ended. */
  readonly applied_at: number | null;
  /** How it ended: applied, infeasible, refused, failed, rolled-back; null: it is in flight. */
  readonly ended: string | null;
  /** Pods may have what was decided although it did not end well. */
  readonly touched: boolean;
}

/** What is known of a workload. */
export interface Workload {
  readonly namespace: string;
  readonly workload_type: string;
  readonly workload: string;
  readonly facts: Facts;
  readonly advice: Readonly<Record<string, Advice>>;
  readonly throttled: Readonly<Record<string, readonly Throttled[]>>;
  /** What containers have by decisions that the template does not say yet; null: what the template says. */
  readonly desired: Readonly<Record<string, Resources>> | null;
  readonly last: LastResize | null;
  /** How often in a row a decision went against the one before. */
  readonly reversals: number;
  readonly rolled_back_at: number | null;
}

/** What a quota leaves of one resource in a namespace; null: there is none. */
export interface Room {
  readonly resource: string;
  readonly left: number;
}

/** A rule of a LimitRange. */
export interface Range {
  readonly type: string;
  readonly resource: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly ratio: number | null;
}

/** What a namespace allows. */
export interface NamespaceLimits {
  readonly room: readonly Room[];
  readonly ranges: readonly Range[];
}

/** Why nothing is done now; looked at again at `until`, or, when it is null, when something changes. */
export interface Held {
  readonly reason: string;
  readonly message: string;
  readonly until: number | null;
}

/** What the containers of a workload have now, by what was decided and else by the template. */
export function currentOf({ facts, desired }: Pick<Workload, 'facts' | 'desired'>): Container[] {
  return facts.containers.map((container) => ({ ...container, ...desired?.[container.name] }));
}

/** The containers as they are after changes. */
export function changed(containers: readonly Container[], changes: readonly Change[]): Container[] {
  const after = new Map(changes.map((change) => [change.name, change.after]));
  return containers.map((container) => ({ ...container, ...after.get(container.name) }));
}

/** True when both say the same. */
export function sameResources(a: Resources, b: Resources): boolean {
  return amounts.every((amount) => a[amount] === b[amount]);
}

/** Resources alone. */
export function resourcesOf({ cpu_request, cpu_limit, memory_request, memory_limit }: Resources): Resources {
  return { cpu_request, cpu_limit, memory_request, memory_limit };
}
