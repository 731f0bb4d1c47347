/** What the HTTP server is composed of. */
import type { Authorize, PastReads, ReadModels } from '../../projections/runtime/ports.ts';
import type { PipelineStatus, UploadIntake, WishIntake } from '../../streams/runtime/ports.ts';
import type { HttpSettings } from './settings.ts';

/** A unit as the graph draws it. */
export interface TopologyUnit {
  readonly id: string;
  readonly kind: 'stream' | 'projection';
  readonly about: string;
  /** Topics it reads and writes. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Tables it owns. */
  readonly tables: readonly string[];
}

/** The whole system as a picture: topics, units and tables. */
export interface Topology {
  /** Mermaid source of the same graph. */
  readonly mermaid: string;
  readonly units: readonly TopologyUnit[];
  readonly topics: readonly { readonly name: string; readonly about: string; readonly partitions: number }[];
}

/** Everything the server needs; built by the composition root. */
export interface HttpDeps {
  readonly readModels: ReadModels;
  /** Tables as they were; absent: `as_of` is refused. */
  readonly past?: PastReads;
  readonly uploads: UploadIntake;
  readonly wishes: WishIntake;
  readonly pipeline: PipelineStatus;
  readonly topology: Topology;
  readonly settings: HttpSettings;
  /** What callers may read of their organisation; absent: all. */
  readonly authorize?: Authorize;
  /** Why a recommendation says what it says, derived again; absent: the routes leave `explanation` null. */
  readonly explain?: (org: string, id: string) => Promise<unknown>;
  /** The time, ms since 1970; the machine's clock when absent. */
  readonly now?: () => number;
  /** Where unexpected errors go; nowhere when absent. */
  readonly logError?: (error: unknown, request: { method: string; url: string }) => void;
  /** Version and commit that /version tells. */
  readonly version?: { readonly version: string; readonly commit: string };
}
