/** Slices of GPUs (MIG): the smallest one that would have been enough, on cards whose slices are known. */
import { percentileOf } from './percentile.ts';

/** How much of its card a container used, per interval. */
export interface AcceleratorUsage {
  /** Name of the card in the newest interval that has one, as it was sent. */
  readonly model: string;
  /** Interval ends, ms since 1970. */
  readonly ends: Float64Array;
  /** Per interval the greatest of what was sent, per cent of the card; NaN where nothing was. */
  readonly used: Float64Array;
}

/** A slice to put into the limits, or the code that says why there is none. */
export interface Slice {
  /** `nvidia.com/mig-3g.20gb`; null when the card is not supported. */
  readonly resource: MigResource | null;
  readonly code: number;
}

/** Name of a slice as Kubernetes counts it. */
export type MigResource = `nvidia.com/mig-${string}`;

/** A card that can be sliced. */
export interface Card {
  /** Its memory, MiB. */
  readonly memoryMib: number;
  /** Slices, smallest first: name, share of the memory, share of the streaming multiprocessors. */
  readonly slices: readonly (readonly [name: string, memory: number, compute: number])[];
}

const CHOSEN = 128001;
const UNSUPPORTED = 328001;

const shares = [
  [1 / 8, 1 / 7],
  [1 / 4, 1 / 7],
  [2 / 8, 2 / 7],
  [4 / 8, 3 / 7],
  [4 / 8, 4 / 7],
  [1, 1],
] as const;

function card(gib: number, names: readonly string[]): Card {
  return { memoryMib: gib * 1024, slices: names.map((name, i) => [name, ...shares[i]!]) };
}

const of40 = card(40, ['1g.5gb', '1g.10gb', '2g.10gb', '3g.20gb', '4g.20gb', '7g.40gb']);
const of80 = card(80, ['1g.10gb', '1g.20gb', '2g.20gb', '3g.40gb', '4g.40gb', '7g.80gb']);

/**
 * The card of a model name, `NVIDIA-A100-SXM4-40GB` or `NVIDIA H100 80GB HBM3`; undefined when its slices are not known: other
 * cards, and an A100 or H100 whose memory the name does not tell.
 */
export function cardOf(model: string): Card | undefined {
  const words = model.toUpperCase().split(/[^A-Z0-9]+/);
  if (words.includes('A100') && words.includes('40GB')) return of40;
  const known = words.includes('A100') || words.includes('H100');
  return known && words.includes('80GB') ? of80 : undefined;
}

/**
 * The smallest slice whose shares of memory and of multiprocessors both reach the percentile (0..100) of what was used by intervals
 * that end within [from, to], at most the whole card. On 40 GB, 49 % needs 4g.20gb: 3g.20gb has 3/7 of the multiprocessors.
 * Undefined when no interval says anything of an accelerator.
 */
export function sliceFor(
  { model, ends, used }: AcceleratorUsage,
  from: number,
  to: number,
  percentile: number,
): Slice | undefined {
  const within = used.filter((value, i) => ends[i]! >= from && ends[i]! <= to && value === value);
  if (within.length === 0) return undefined;
  const found = cardOf(model);
  if (found === undefined) return { resource: null, code: UNSUPPORTED };
  const need = Math.min(1, percentileOf(within, percentile) / 100);
  const [name] = found.slices.find(([, memory, compute]) => memory >= need && compute >= need)!;
  return { resource: `nvidia.com/mig-${name}`, code: CHOSEN };
}
