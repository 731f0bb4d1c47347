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
  /** Kruize's three when absent or empty; others as they are defined. */
  readonly terms?: readonly (TermName | Term)[];
  /** Kruize's two when absent or empty; others as they are defined. */
  readonly models?: readonly (EngineName | Engine)[];
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

/** Those asked for by name, and those that are given; all that are known when none is. */
function chosen<T extends { readonly name: string }>(
  known: readonly T[],
  wanted: readonly (string | T)[],
): T[] {
  if (wanted.length === 0) return [...known];
  return [
    ...known.filter(({ name }) => wanted.includes(name)),
    ...wanted.filter((one): one is T => typeof one !== 'string'),
  ];
}

/** Fills in the defaults. Terms come shortest first and engines by percentile, whatever the order asked. */
export function question(options: RecommendOptions): Question {
  const cpu = options.formats?.cpu ?? 'cores';
  const memory = options.formats?.memory ?? 'bytes';
  return {
    kind: options.kind,
    requestedEnd: options.requestedEnd,
    measurementMinutes: options.measurementMinutes ?? 15,
    threshold: options.threshold ?? 0.1,
    terms: chosen(terms, options.terms ?? []).sort((a, b) => a.days - b.days),
    engines: chosen(engines, options.models ?? []).sort((a, b) => a.cpuPercentile - b.cpuPercentile),
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
