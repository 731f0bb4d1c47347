/** What a recommendation is asked for, and the defaults. */
import type { AcceleratorUsage } from './accelerator.ts';
import type { Formats } from './document.ts';
import { engines, terms, type Engine, type EngineName, type Term, type TermName } from './terms.ts';

/** What is asked. */
export interface RecommendOptions {
  readonly kind: 'container' | 'namespace';
  /** Newest interval end that may count, ms since 1970. */
  readonly requestedEnd: number;
  /** Minutes of one interval; 15 when absent. */
  readonly measurementMinutes?: number;
  /** Per cent of the current value within which nothing is changed; 0.1 (a thousandth) when absent. */
  readonly threshold?: number;
  /** All when absent or empty. */
  readonly terms?: readonly TermName[];
  /** All when absent or empty. */
  readonly models?: readonly EngineName[];
  /** Units to echo: cores and bytes when absent; the four settings take those of cpu and memory. */
  readonly formats?: Partial<Formats>;
  /** Whether the document has box plots; true when absent. */
  readonly plots?: boolean;
  /** What was used of an accelerator; absent: it has none. */
  readonly accelerator?: AcceleratorUsage;
}

/** Options with every default filled in. */
export interface Question {
  readonly kind: 'container' | 'namespace';
  readonly requestedEnd: number;
  readonly measurementMinutes: number;
  readonly threshold: number;
  readonly terms: readonly Term[];
  readonly engines: readonly Engine[];
  readonly formats: Formats;
  readonly plots: boolean;
  readonly accelerator: AcceleratorUsage | undefined;
}

/** Fills in the defaults. Terms and engines come in their own order, whatever the order asked. */
export function question(options: RecommendOptions): Question {
  const cpu = options.formats?.cpu ?? 'cores';
  const memory = options.formats?.memory ?? 'bytes';
  const wantedTerms = options.terms ?? [];
  const wantedModels = options.models ?? [];
  return {
    kind: options.kind,
    requestedEnd: options.requestedEnd,
    measurementMinutes: options.measurementMinutes ?? 15,
    threshold: options.threshold ?? 0.1,
    terms: wantedTerms.length === 0 ? terms : terms.filter((t) => wantedTerms.includes(t.name)),
    engines: wantedModels.length === 0 ? engines : engines.filter((e) => wantedModels.includes(e.name)),
    formats: {
      cpu,
      memory,
      cpuRequest: options.formats?.cpuRequest ?? cpu,
      cpuLimit: options.formats?.cpuLimit ?? cpu,
      memoryRequest: options.formats?.memoryRequest ?? memory,
      memoryLimit: options.formats?.memoryLimit ?? memory,
    },
    plots: options.plots ?? true,
    accelerator: options.accelerator,
  };
}
