/** What right-sizing reads of objects of a cluster, and nothing else: pods are many, and whole ones are large. */
import type { ClusterObject, Listed, ObjectKind, ObjectMeta, WatchHandlers } from '../cluster.ts';
import { Gone } from '../gone.ts';

/** Kinds that may be resized. */
export const WORKLOAD_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
] as const satisfies readonly ObjectKind[];
/** Kinds that are watched. */
export const WATCHED_KINDS = [
  ...WORKLOAD_KINDS,
  ...(['Pod', 'PodDisruptionBudget', 'HorizontalPodAutoscaler', 'ResourceQuota', 'LimitRange'] as const),
] as const;
export type WatchedKind = (typeof WATCHED_KINDS)[number];

/** An object without what is not looked at. */
export interface SeenObject {
  readonly kind: ObjectKind;
  readonly metadata: ObjectMeta;
  readonly spec: Fields;
  readonly status: Fields;
}

/** JSON of the API. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object of JSON; empty where there is none. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A list of JSON; empty where there is none. */
export function items(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

/** A text; empty where there is none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A whole number; 0 where there is none. */
export function whole(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}

/** Objects of all namespaces by kind: fed by watches and by answers to our own writes, whichever is newer. */
export class SeenObjects {
  readonly #kinds = new Map<ObjectKind, Map<string, SeenObject>>();
  readonly #gone = new Gone();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Whether every kind has been listed. */
  get complete(): boolean {
    return WATCHED_KINDS.every((kind) => this.#kinds.has(kind));
  }

  /** All of a kind. */
  of(kind: WatchedKind): SeenObject[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])];
  }

  /** What the watch of a kind tells. */
  handlers(kind: WatchedKind): Pick<WatchHandlers, 'synced' | 'changed' | 'gone'> {
    return {
      synced: ({ objects }: Listed) => {
        this.#kinds.set(kind, new Map(objects.map((object) => [nameOf(object), trimmed(object)])));
        this.#changed();
      },
      changed: (object) => {
        this.put(object);
        this.#changed();
      },
      gone: (object) => {
        this.#gone.add(object.metadata.uid);
        const known = this.#kinds.get(object.kind);
        if (known?.get(nameOf(object))?.metadata.uid === object.metadata.uid) known?.delete(nameOf(object));
        this.#changed();
      },
    };
  }

  /** Keeps an object unless a newer state of it is known, or it is gone. */
  put(object: ClusterObject): void {
    if (this.#gone.has(object.metadata.uid)) return;
    const objects = this.#kinds.get(object.kind);
    const known = objects?.get(nameOf(object));
    if (known === undefined || revisionOf(known) < revisionOf(object))
      objects?.set(nameOf(object), trimmed(object));
  }
}

function nameOf({ metadata: { namespace = '', name } }: Pick<ClusterObject, 'metadata'>): string {
  return `${namespace}/${name}`;
}

function revisionOf({ metadata: { resourceVersion = '' } }: Pick<ClusterObject, 'metadata'>): bigint {
  return /^\d{1,30}$/.test(resourceVersion) ? BigInt(resourceVersion) : -1n;
}

function trimmed({ kind, metadata, spec, status }: ClusterObject): SeenObject {
  const { name, namespace, uid, resourceVersion, generation, labels, annotations, deletionTimestamp } =
    metadata;
  const kept: Record<string, unknown> = {
    name,
    namespace,
    uid,
    resourceVersion,
    generation,
    labels,
    deletionTimestamp,
  };
  kept['ownerReferences'] = metadata.ownerReferences;
  if (kind !== 'Pod') kept['annotations'] = annotations;
  return {
    kind,
    metadata: kept as unknown as ObjectMeta,
    spec: kind === 'Pod' ? podSpec(fields(spec)) : fields(spec),
    status: kind === 'Pod' ? podStatus(fields(status)) : fields(status),
  };
}

function podSpec({ nodeName, containers, resources }: Fields): Fields {
  return {
    ...{ nodeName, resources },
    containers: items(containers).map(({ name, resources: amounts }) => ({ name, resources: amounts })),
  };
}

function podStatus({ phase, conditions, containerStatuses, qosClass }: Fields): Fields {
  return {
    ...{ phase, qosClass },
    conditions: items(conditions),
    containerStatuses: items(containerStatuses).map(
      ({ name, ready, restartCount, state, lastState, resources }) => ({
        ...{ name, ready, restartCount, state, lastState, resources },
      }),
    ),
  };
}
