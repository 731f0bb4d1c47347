/** The shape of an explanation. */
import type { Settings } from './advice.ts';
import type { Coverage } from './coverage.ts';
import type { Question } from './question.ts';
import type { Recommendation } from './recommend.ts';
import type { Engine, Term } from './terms.ts';

/** A notification with its cause. */
export interface Reason {
  readonly code: number;
  readonly message: string;
  readonly why: string;
}

/** Where the CPU value of an engine comes from. Amounts in the reported unit (cores). */
export interface CpuExplanation {
  /** peak: below one core the largest value is taken; percentile: from one core on the engine's. */
  readonly rule: 'peak' | 'percentile';
  readonly percentile: number;
  /** Values in the window. */
  readonly n: number;
  /** Index (from 0) into the ascending values. */
  readonly index: number;
  readonly value: number;
  /** End of the newest interval that had this value, ms. */
  readonly from: number;
  readonly formula: string;
}

/** Where the memory value of a term comes from. Amounts in the reported unit. */
export interface MemoryExplanation {
  readonly peak: number;
  /** End of the newest interval that had the peak, ms. */
  readonly peakFrom: number;
  readonly spike: number;
  readonly spikeFrom: number;
  /** peak + 20 %. */
  readonly headroom: number;
  /** peak + spike + 5 % of the spike. */
  readonly burst: number;
  readonly value: number;
  readonly formula: string;
}

/** One of the four settings: what is, what was advised before and after the comparison with it. */
export interface SettingExplanation {
  readonly name: keyof Settings;
  readonly current: number | null;
  readonly advised: number | null;
  readonly config: number | null;
  readonly variation: number | null;
  readonly rule: string;
}

/** One engine of one term. */
export interface EngineExplanation {
  readonly engine: Engine['name'];
  readonly cpu: CpuExplanation;
  readonly memory: MemoryExplanation;
  readonly pods: { readonly value: number; readonly from: number };
  readonly settings: readonly SettingExplanation[];
  readonly notifications: readonly Reason[];
}

/** One term: its window, whether the data suffices, and the engines if so. */
export interface TermExplanation {
  readonly term: Term['key'];
  /** Closed window, ms. */
  readonly start: number;
  readonly end: number;
  readonly points: number;
  readonly hours: number;
  readonly coverage: Coverage;
  readonly engines: readonly EngineExplanation[];
}

/** The whole explanation. */
export interface Explanation {
  readonly policy: string;
  readonly engineVersion: number;
  readonly question: Question;
  /** Rows that were loaded and their bounds, ms; days: of the longest term asked. */
  readonly loaded: {
    readonly from: number;
    readonly to: number;
    readonly days: number;
    readonly rows: number;
  };
  /** Null when no row was loaded. */
  readonly end: number | null;
  readonly current: Readonly<Settings>;
  readonly terms: readonly TermExplanation[];
  /** Codes of the whole and of the timestamp, with what raised them. */
  readonly notifications: readonly Reason[];
  /** What is explained, as {@link recommend} gives it. */
  readonly recommendation: Recommendation;
}
