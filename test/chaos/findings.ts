/** What an auditor looks at and what it reports. */
import type { App } from '../../connectors/cli/app.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';
import type { Expected } from './uploads.ts';

/** Something that must not be. */
export interface Finding {
  /** What was broken, in few words. */
  readonly what: string;
  readonly details: string;
}

/** What the auditor looks at. */
export interface Audited {
  readonly app: App;
  /** The code that the live tables are of. */
  readonly units: Units;
  readonly expected: Expected;
  /** Upload id that clients were told, per request id. */
  readonly answers: ReadonlyMap<string, string>;
  /** Hashes of facts of an undisturbed run of the same uploads. */
  readonly undisturbed: Readonly<Record<string, string>>;
}

/** Takes what was found. */
export type Report = (what: string, details: string) => void;
