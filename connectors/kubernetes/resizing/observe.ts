/** What the cluster has, as events say it: workloads that may be resized, and what their namespaces allow. Pure. */
import type { NamespaceLimitsObserved, WorkloadObserved } from '../../../schemas/generated/events.ts';
import { marks } from '../names.ts';
import { billionths } from '../quantity.ts';
import { fields, items, text, whole, WORKLOAD_KINDS } from './objects.ts';
import type { SeenObject, SeenObjects } from './objects.ts';
import { amountsOf, bytes, millicores } from './resources.ts';
import type { PodContainer } from './resources.ts';
import { selects } from './selectors.ts';

/** Label of workloads that are not ours and may be resized: propose or auto. */
export const RESIZE_LABEL = 'rightstream.io/resize';
/** Kills of a workload that are told. */
const MOST_KILLS = 50;
const MOST_TEXT = 253;

/** Whose cluster. */
export interface Scope {
  readonly org_id: string;
  readonly cluster_id: string;
}

/** A workload with its pods. */
export interface SeenWorkload {
  readonly object: SeenObject;
  /** Those that are not being deleted, and not at an end. */
  readonly pods: readonly SeenObject[];
  /** Service of ours; null: not ours. */
  readonly service: string | null;
  readonly label: string | null;
  /** Pods that may be away now by budgets; null: no budget. */
  readonly disruptions: number | null;
}

/** Workloads that are labelled, or ours, by `namespace/kind/name`. `isOurs` says which. */
export function workloadsOf(
  seen: Pick<SeenObjects, 'of'>,
  isOurs: (object: Pick<SeenObject, 'metadata'>) => boolean,
): Map<string, SeenWorkload> {
  const found = new Map<string, SeenWorkload>();
  const pods = podsByOwner(seen.of('Pod'));
  const budgets = groupedBy(seen.of('PodDisruptionBudget'), ({ metadata }) => metadata.namespace ?? '');
  for (const kind of WORKLOAD_KINDS) {
    for (const object of seen.of(kind)) {
      const { namespace = '', name, labels = {}, annotations = {} } = object.metadata;
      const service = isOurs(object) ? (annotations[marks.service] ?? null) : null;
      const label = labels[RESIZE_LABEL] ?? null;
      if (service === null && label === null) continue;
      const id = workloadId(namespace, kind, name);
      const disruptions = disruptionsOf(object, budgets.get(namespace) ?? []);
      found.set(id, { object, pods: pods.get(id) ?? [], service, label, disruptions });
    }
  }
  return found;
}

/** Names a workload among others. */
export function workloadId(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind.toLowerCase()}/${name}`;
}

function groupedBy<T>(list: readonly T[], keyOf: (it: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const it of list) {
    const key = keyOf(it);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [it]);
    else known.push(it);
  }
  return groups;
}

function podsByOwner(pods: readonly SeenObject[]): Map<string, SeenObject[]> {
  const alive = pods.filter(({ metadata, status }) => {
    const over = status['phase'] === 'Succeeded' || status['phase'] === 'Failed';
    return metadata.deletionTimestamp === undefined && !over;
  });
  return groupedBy(alive, ownerOf);
}

/** A pod of a Deployment belongs to a ReplicaSet that is named by it and the hash of the template. */
function ownerOf({ metadata }: SeenObject): string {
  const { namespace = '', ownerReferences = [], labels = {} } = metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return '';
  const hash = labels['pod-template-hash'];
  const ofDeployment = owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`);
  return ofDeployment
    ? workloadId(namespace, 'Deployment', owner.name.slice(0, -hash.length - 1))
    : workloadId(namespace, owner.kind, owner.name);
}

/** Labels and containers of the pods that a workload makes. */
export function templateOf({ spec }: SeenObject): {
  labels: Record<string, string>;
  containers: PodContainer[];
} {
  const template = fields(spec['template']);
  return {
    labels: fields(fields(template['metadata'])['labels']) as Record<string, string>,
    containers: items(fields(template['spec'])['containers']) as unknown as PodContainer[],
  };
}

function disruptionsOf(object: SeenObject, budgets: readonly SeenObject[]): number | null {
  const { labels } = templateOf(object);
  const allowed = budgets
    .filter(({ spec }) => selects(spec['selector'], labels))
    .map(({ status }) => whole(status['disruptionsAllowed']));
  return allowed.length === 0 ? null : Math.min(...allowed);
}

/** What is said of a workload. */
export function observedWorkload(
  scope: Scope,
  workload: SeenWorkload,
  scalers: readonly SeenObject[],
): WorkloadObserved {
  const { object, pods, service, label, disruptions } = workload;
  const { namespace = '', name, resourceVersion = '' } = object.metadata;
  const { containers } = templateOf(object);
  return {
    ...scope,
    ...{ namespace, workload_type: object.kind.toLowerCase(), workload: name, service },
    ...{ label: label?.slice(0, MOST_TEXT) ?? null, disruptions, replicas: replicasOf(object) },
    ready: pods.filter(isReady).length,
    qos: qosOf(pods),
    rolling: rolls(object),
    rolled_out: rolledOut(object, pods),
    containers: containers.map((container) => ({
      ...{ name: container.name, ...amountsOf(container) },
      cpu_restart: restartsOn(container, 'cpu'),
      memory_restart: restartsOn(container, 'memory'),
    })),
    kills: killsOf(pods),
    scaled_on: scaledOn(object, scalers),
    resource_version: resourceVersion,
  };
}

/** Pods that should run. */
export function replicasOf({ kind, spec, status }: SeenObject): number {
  if (kind === 'DaemonSet') return whole(status['desiredNumberScheduled']);
  return typeof spec['replicas'] === 'number' ? whole(spec['replicas']) : 1;
}

/** True when a pod says that it is ready. */
export function isReady({ status }: SeenObject): boolean {
  return items(status['conditions']).some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

/** The class that all pods have; empty when they have none, several, or resources of their own. */
function qosOf(pods: readonly SeenObject[]): string {
  const classes = new Set(
    pods.map(({ spec, status }) => (spec['resources'] === undefined ? text(status['qosClass']) : '')),
  );
  return classes.size === 1 ? [...classes][0]! : '';
}

function rolls({ kind, spec }: SeenObject): boolean {
  const { type } = fields(spec[kind === 'Deployment' ? 'strategy' : 'updateStrategy']);
  return type === undefined || type === 'RollingUpdate';
}

function rolledOut({ kind, metadata, status, ...object }: SeenObject, pods: readonly SeenObject[]): boolean {
  if (whole(status['observedGeneration']) < (metadata.generation ?? 0)) return false;
  if (kind === 'StatefulSet' && text(status['updateRevision']) !== '')
    return pods.every(
      (pod) => pod.metadata.labels?.['controller-revision-hash'] === status['updateRevision'],
    );
  const should = replicasOf({ kind, metadata, status, ...object });
  const updated = status[kind === 'DaemonSet' ? 'updatedNumberScheduled' : 'updatedReplicas'];
  return kind === 'StatefulSet' || (whole(updated) >= should && pods.length <= should);
}

/** True when a change of a resource restarts a container. */
export function restartsOn({ resizePolicy = [] }: PodContainer, resource: string): boolean {
  return resizePolicy.some((it) => it.resourceName === resource && it.restartPolicy === 'RestartContainer');
}

/** The latest kill for memory of each container of each pod. */
function killsOf(pods: readonly SeenObject[]): WorkloadObserved['kills'] {
  const kills = pods.flatMap(({ metadata, status }) =>
    items(status['containerStatuses']).flatMap(({ name, state, lastState }) => {
      const ends = [fields(fields(state)['terminated']), fields(fields(lastState)['terminated'])];
      const end = ends.find(({ reason }) => reason === 'OOMKilled');
      const at = Date.parse(text(end?.['finishedAt']));
      return Number.isNaN(at) ? [] : [{ pod: metadata.name, container: text(name), at }];
    }),
  );
  return kills.sort((a, b) => b.at - a.at || (a.pod < b.pod ? -1 : 1)).slice(0, MOST_KILLS);
}

/** Resources of pods, or of one container of them, that a scaler goes by. */
function scaledOn({ kind, metadata }: SeenObject, scalers: readonly SeenObject[]): string[] {
  const mine = scalers.filter(({ metadata: { namespace }, spec }) => {
    const target = fields(spec['scaleTargetRef']);
    return namespace === metadata.namespace && target['kind'] === kind && target['name'] === metadata.name;
  });
  const names = mine.flatMap(({ spec }) =>
    items(spec['metrics']).map((metric) =>
      text(
        fields(metric['type'] === 'ContainerResource' ? metric['containerResource'] : metric['resource'])[
          'name'
        ],
      ),
    ),
  );
  // A scaler without metrics goes by CPU.
  const assumed = mine.some(({ spec }) => items(spec['metrics']).length === 0) ? ['cpu'] : [];
  return [...new Set([...names, ...assumed])].filter((name) => name === 'cpu' || name === 'memory').sort();
}

const QUOTA_NAMES: Readonly<Record<string, string>> = {
  ...{ cpu: 'requests.cpu', memory: 'requests.memory' },
  ...{ 'requests.cpu': 'requests.cpu', 'requests.memory': 'requests.memory' },
  ...{ 'limits.cpu': 'limits.cpu', 'limits.memory': 'limits.memory' },
};

/** What is said of a namespace. */
export function observedLimits(
  scope: Scope,
  namespace: string,
  quotas: readonly SeenObject[],
  ranges: readonly SeenObject[],
): NamespaceLimitsObserved {
  return {
    ...{ ...scope, namespace },
    quotas: quotas
      .flatMap(quotaOf)
      .sort((a, b) => (`${a.name}/${a.resource}` < `${b.name}/${b.resource}` ? -1 : 1)),
    ranges: ranges.flatMap(rangeOf),
  };
}

function quotaOf({
  metadata: { name },
  spec,
  status,
}: SeenObject): NamespaceLimitsObserved['quotas'][number][] {
  const hard = { ...fields(spec['hard']), ...fields(status['hard']) };
  const used = fields(status['used']);
  return Object.entries(hard).flatMap(([written, value]) => {
    const resource = QUOTA_NAMES[written];
    const most = resource === undefined ? null : amount(resource, value);
    return resource === undefined || most === null
      ? []
      : [{ name, resource, hard: most, used: amount(resource, used[written]) ?? 0 }];
  });
}

function rangeOf({ metadata: { name }, spec }: SeenObject): NamespaceLimitsObserved['ranges'][number][] {
  return items(spec['limits'])
    .filter(({ type }) => type === 'Container' || type === 'Pod')
    .flatMap((rule) =>
      ['cpu', 'memory'].flatMap((resource) => {
        const of = (what: string) => amount(resource, fields(rule[what])[resource]);
        const times = billionths(String(fields(rule['maxLimitRequestRatio'])[resource] ?? ''));
        const [min, max, ratio] = [of('min'), of('max'), times === undefined ? null : Number(times) / 1e9];
        if (min === null && max === null && ratio === null) return [];
        return [{ name, type: text(rule['type']), resource, min, max, ratio }];
      }),
    );
}

function amount(resource: string, value: unknown): number | null {
  const quantity = typeof value === 'number' ? String(value) : text(value);
  if (quantity === '') return null;
  return resource.endsWith('cpu') ? millicores(quantity) : bytes(quantity);
}
