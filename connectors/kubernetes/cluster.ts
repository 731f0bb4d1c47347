/**
 * The port to a Kubernetes cluster. Objects are the plain JSON of the API; times are RFC 3339 text.
 * Every call rejects with one of two classes of `errors.ts`: Retryable (away, busy, changed meanwhile) or Refused (it will not do it as it stands).
 */

/** Metadata of an object, as far as we read it. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly unknown[];
}

/** Who an object belongs to. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** An object of the cluster, or one that is to become one: a manifest. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: ObjectKind;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** The kinds that the product reads or writes: version, plural in paths, and whether they live in a namespace. */
export const OBJECT_KINDS = {
  Namespace: { apiVersion: 'v1', plural: 'namespaces', namespaced: false },
  Node: { apiVersion: 'v1', plural: 'nodes', namespaced: false },
  Pod: { apiVersion: 'v1', plural: 'pods', namespaced: true },
  Service: { apiVersion: 'v1', plural: 'services', namespaced: true },
  ConfigMap: { apiVersion: 'v1', plural: 'configmaps', namespaced: true },
  LimitRange: { apiVersion: 'v1', plural: 'limitranges', namespaced: true },
  ResourceQuota: { apiVersion: 'v1', plural: 'resourcequotas', namespaced: true },
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments', namespaced: true },
  ReplicaSet: { apiVersion: 'apps/v1', plural: 'replicasets', namespaced: true },
  StatefulSet: { apiVersion: 'apps/v1', plural: 'statefulsets', namespaced: true },
  DaemonSet: { apiVersion: 'apps/v1', plural: 'daemonsets', namespaced: true },
  HorizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v2',
    plural: 'horizontalpodautoscalers',
    namespaced: true,
  },
  PodDisruptionBudget: { apiVersion: 'policy/v1', plural: 'poddisruptionbudgets', namespaced: true },
  Lease: { apiVersion: 'coordination.k8s.io/v1', plural: 'leases', namespaced: true },
} as const satisfies Record<string, { apiVersion: string; plural: string; namespaced: boolean }>;

/** A kind by its name. */
export type ObjectKind = keyof typeof OBJECT_KINDS;

/** Names an object. `namespace` is left out for kinds without one. */
export interface ObjectRef {
  readonly kind: ObjectKind;
  readonly namespace?: string;
  readonly name: string;
}

/** Which objects are meant. */
export interface ObjectQuery {
  readonly kind: ObjectKind;
  /** All namespaces otherwise. */
  readonly namespace?: string;
  /** In the API's own syntax: `a=b,c in (d,e),f`. */
  readonly labelSelector?: string;
  /** In the API's own syntax: `spec.nodeName=n1`. */
  readonly fieldSelector?: string;
}

/** What was there at a moment. */
export interface Listed {
  readonly objects: readonly ClusterObject[];
  /** The moment: a watch goes on from here. */
  readonly resourceVersion: string;
}

/** Told what a watch sees. The next is told when the promise of the one before has resolved; what they throw ends the watch. */
export interface WatchHandlers {
  /** Everything that is there: at the start, and again when the thread was lost. What is not among it is gone. */
  synced(listed: Listed): void | Promise<void>;
  /** Added or changed. */
  changed(object: ClusterObject): void | Promise<void>;
  /** Deleted; its last state. */
  gone(object: ClusterObject): void | Promise<void>;
  /** Disconnected, and tried again. */
  interrupted?(error: unknown): void;
}

/** How a manifest is applied. */
export interface ApplyOptions {
  /**
   * What is to be there before: the resourceVersion that was read, or `absent`. Another state is a Retryable CLUSTER_CONFLICT.
   * Without it, whatever is there.
   */
  readonly expect?: string;
  /** Takes fields that others own. Default no: then they are a Refused CLUSTER_OWNED_BY_OTHER. */
  readonly force?: boolean;
  /** Default `rightstream`. */
  readonly fieldManager?: string;
  /** The server checks all and keeps nothing. */
  readonly dryRun?: boolean;
}

/** Which very object is to be removed. */
export interface Precondition {
  readonly uid: string;
  readonly resourceVersion?: string;
}

/** What containers of a pod shall request and be limited to, as the API writes quantities (`cpu: 250m`, `memory: 300Mi`). */
export interface ContainerResources {
  readonly name: string;
  readonly resources: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** A question about the rights of whose kubeconfig this is. */
export interface Permission {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  readonly kind: ObjectKind;
  readonly subresource?: string;
  readonly namespace?: string;
}

/** A right to be the only one that works, held while `signal` is not aborted. */
export interface Leadership {
  /** Aborted when it is lost, or when another may think so. */
  readonly signal: AbortSignal;
  /** How often the lease has changed hands. */
  readonly transitions: number;
  /** Gives it back so that the next one need not wait. */
  release(): Promise<void>;
}

/** A cluster. */
export interface Cluster {
  /** `v1.37.2`. */
  version(): Promise<string>;
  /** All of them, page by page; more than the bound is a Refused CLUSTER_TOO_MANY. */
  list(query: ObjectQuery): Promise<Listed>;
  read(ref: ObjectRef): Promise<ClusterObject | null>;
  /** Lists, then watches until the signal is aborted; disconnections, 410 and silence are survived. Resolves when aborted; rejects when refused. */
  watch(query: ObjectQuery, handlers: WatchHandlers, signal: AbortSignal): Promise<void>;
  /** Server-side apply; the object as it is then. */
  apply(manifest: ClusterObject, options?: ApplyOptions): Promise<ClusterObject>;
  /** Deletes this very object, its dependants after it. False when it is gone already. */
  remove(ref: ObjectRef, precondition: Precondition): Promise<boolean>;
  /** Changes requests and limits of a running pod in place; the pod as it is then. */
  resizePod(
    pod: { readonly namespace: string; readonly name: string },
    containers: readonly ContainerResources[],
    options?: Pick<ApplyOptions, 'expect' | 'fieldManager' | 'dryRun'>,
  ): Promise<ClusterObject>;
  allowed(permission: Permission): Promise<boolean>;
  /** Waits until the lease is ours; rejects with the signal's reason when aborted. */
  lead(
    lease: { readonly namespace: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<Leadership>;
  /** Closes connections. */
  close(): Promise<void>;
}
