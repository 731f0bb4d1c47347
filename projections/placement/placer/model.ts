/** What the placer is told: nodes with what they can carry, and services with what each replica needs. */

/** A device of a node, shared by per cent. */
export interface Accelerator {
  readonly id: string;
  /** As services ask for it: `gpu`, `tpu`. */
  readonly type: string;
  /** Per cent of the device that may be given away. */
  readonly capacity: number;
}

/** A taint as Kubernetes means it. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** A toleration as Kubernetes means it; without a key it tolerates everything, without an effect every effect. */
export interface Toleration {
  readonly key?: string;
  readonly operator: 'Equal' | 'Exists';
  readonly value?: string;
  readonly effect?: Taint['effect'];
}

/** A node: what it can carry. What is used follows from what is placed and is never declared. */
export interface Node {
  readonly id: string;
  /** The value of its label `kubernetes.io/hostname`. */
  readonly name: string;
  /** Millicores. */
  readonly cpu: number;
  /** Memory that may be resident, MB. */
  readonly memory: number;
  /** Per cent of each core that may be given away, usually 100. */
  readonly cores: readonly number[];
  readonly accelerators: readonly Accelerator[];
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** false: what runs there stays, nothing new comes (cordoned, not ready). */
  readonly schedulable: boolean;
  /**
   * What the cluster shows of it that keeps replicas away; such a node is not schedulable. What runs on a node that is `gone` or
   * `lost` (not ready for too long) has to go elsewhere.
   */
  readonly state?: 'cordoned' | 'not-ready' | 'lost' | 'gone';
  /** What is declared, where the cluster lets pods take less: millicores and MB. */
  readonly declared?: { readonly cpu: number; readonly memory: number };
}

/** How evenly the replicas of a service lie over the values of a node label, as topologySpreadConstraints say it. */
export interface Spread {
  readonly topologyKey: string;
  readonly maxSkew: number;
  /** false: it is preferred only. */
  readonly required: boolean;
}

/** Replicas that may not share a value of a node label with replicas of `service` (which may be the service itself). */
export interface Apart {
  readonly service: string;
  readonly topologyKey: string;
}

/** 0 none, 1 CPU, 2 memory, 3 both. */
export type Sensitivity = 0 | 1 | 2 | 3;

/** A service: what each of its replicas needs, and where they may be. */
export interface Service {
  readonly id: string;
  /** Millicores. */
  readonly cpu: number;
  /** MB. */
  readonly memory: number;
  /** Per cent of a core each; every element wants a core of its own. */
  readonly cores: readonly number[];
  /** Per cent of one device, by type; 0 asks for none. */
  readonly accelerators: Readonly<Record<string, number>>;
  readonly sensitivity: Sensitivity;
  /** Replicas that should run. */
  readonly replicas: number;
  /** Labels that a node must have. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly spread: readonly Spread[];
  readonly apart: readonly Apart[];
}

/** What a replica took from its node, so that exactly this can be given back. */
export interface Share {
  readonly node: string;
  /** Core and per cent of it. */
  readonly cores: readonly (readonly [core: number, percent: number])[];
  /** Device and per cent of it. */
  readonly accelerators: readonly (readonly [device: string, percent: number])[];
}

/** A replica that has a place. */
export interface Placed extends Share {
  readonly service: string;
  /** Number of the replica within its service, from 0. */
  readonly replica: number;
}
