/** The topology as values, each with its place in the file. */
import type { At } from './problems.ts';

/** A name and where it stands. */
export interface Ref extends At {
  readonly name: string;
}

/** A text or number and where it stands. */
export interface Placed<T> extends At {
  readonly value: T;
}

/** Names under one key; `at` is the place of the key. */
export interface Names {
  readonly at: At;
  readonly refs: readonly Ref[];
}

/** A topic: one context's facts in one ordering scope. */
export interface TopicEntry {
  readonly id: Ref;
  readonly about: string;
  /** What a key is made of, e.g. org/cluster/namespace/type/name; `every partition`: its events are written to each of them. */
  readonly key: Placed<string>;
  readonly partitions: Placed<number>;
  readonly retention: Placed<string>;
  readonly events: Names;
  /** JSON is taken for it on `<topic>.json`, which is kept so long (`7d`). */
  readonly json?: Placed<string>;
  /** Written by the run loop itself, whatever the unit. */
  readonly fromRuntime: boolean;
}

/** A stream or projection. */
export interface UnitEntry {
  readonly kind: 'stream' | 'projection';
  readonly id: Ref;
  readonly context: string;
  readonly about: string;
  readonly from: Names;
  /** `to` of a stream, `emits` of a projection. */
  readonly to: Names;
  /** None for a stream. */
  readonly tables: Names;
  /** Why what it writes does not come back to it for ever. */
  readonly cycle?: Placed<string>;
}

/** A connector: what touches the world outside. */
export interface ConnectorEntry {
  readonly id: Ref;
  readonly about: string;
  /** Topics that it appends to. */
  readonly writes: Names;
  /** Units in it, which read topics of others. */
  readonly units: Names;
}

/** An HTTP API under a prefix. */
export interface MountEntry {
  readonly id: Ref;
  readonly about: string;
  readonly connector: Ref;
  readonly prefix: Placed<string>;
}

/** The whole file. */
export interface Topology {
  readonly topics: readonly TopicEntry[];
  readonly units: readonly UnitEntry[];
  readonly connectors: readonly ConnectorEntry[];
  readonly mounts: readonly MountEntry[];
  /** Place of each section's key; line 1 when it is absent. */
  readonly sections: Readonly<Record<Section, At>>;
}

/** The sections of the file. */
export const sections = ['topics', 'streams', 'projections', 'connectors', 'mounts'] as const;
export type Section = (typeof sections)[number];
