/** What a cluster shall be: declared nodes and services and the place of every replica, as read from the tables at one position. */
import type { RegisteredNode, RegisteredService } from '../../schemas/generated/events.ts';

/** Who decides on the node of a pod: the placer of this product, or the scheduler of Kubernetes. */
export type Binding = 'placer' | 'scheduler';

/** What becomes of fields of ours that somebody else has changed in the cluster. */
export type DriftPolicy = 'put-back' | 'adopt';

/** How a cluster is kept. */
export interface DesiredPlacing {
  readonly binding: Binding;
  readonly drift: DriftPolicy;
}

/** A replica that has a place, with what was given to it there. */
export interface DesiredReplica {
  readonly service: string;
  /** Number within the service, from 0. */
  readonly replica: number;
  /** Name of the node as it is declared. */
  readonly node: string;
  /** Millicores. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

/** The desired state of one cluster of one organisation, read in one transaction. Order of the lists means nothing. */
export interface DesiredCluster {
  readonly org: string;
  readonly cluster: string;
  /** Position of the projection `placement` in the cluster's partition: of two states the one with the higher is the later. */
  readonly position: number;
  /** Number of the cluster's last decision. */
  readonly decisions: number;
  readonly placing: DesiredPlacing;
  readonly nodes: readonly RegisteredNode[];
  readonly services: readonly RegisteredService[];
  readonly replicas: readonly DesiredReplica[];
}
