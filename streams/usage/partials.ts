/** Partials that are held until they are flushed: one slot per (object, interval), all numbers of a slot side by side. */
import type { NumberColumn } from '../../schemas/usage-columns.ts';
import type { ReportBatch } from '../runtime/ports.ts';
import { grown, mix } from './hashing.ts';

const PAGE_BITS = 12;
const PAGE = 1 << PAGE_BITS;

/** Bytes that one slot takes for a number of columns: its numbers and row count, links, and its share of the table. */
export function slotBytes(columns: number): number {
  return (columns + 1) * 8 + 3 * 4 + 2 * 4;
}

/**
 * Mergeable partials. For n rows: `_avg` columns hold the sum of the rows (NaN when any row lacks it), `_sum` the sum
 * (the same), `_min` and `_max` the extreme of the values that are there (NaN when none is). Sums go in row order.
 * Pages are allocated as they are needed and used again after {@link clear}.
 */
export class Partials {
  /** Slots in use. */
  size = 0;
  /** Most slots that are held. */
  readonly capacity: number;
  private readonly seed: number;
  private readonly adds: Uint8Array;
  private readonly minimum: Uint8Array;
  private readonly width: number;
  private readonly pages: Float64Array[] = [];
  private objects = new Int32Array(PAGE);
  private intervals = new Int32Array(PAGE);
  private nexts = new Int32Array(PAGE);
  private heads = new Int32Array(PAGE).fill(-1);
  private table = new Int32Array(2 * PAGE).fill(-1);

  constructor(columns: readonly NumberColumn[], budgetBytes: number, seed: number) {
    this.width = columns.length + 1;
    this.capacity = Math.max(1, Math.floor(budgetBytes / slotBytes(columns.length)));
    this.seed = seed;
    this.adds = Uint8Array.from(columns, ({ combine }) => (combine === 'avg' || combine === 'sum' ? 1 : 0));
    this.minimum = Uint8Array.from(columns, ({ combine }) => (combine === 'min' ? 1 : 0));
  }

  /** The slot of a group; -1 when it is not held. */
  find(object: number, interval: number): number {
    // The latest slot of an object is mostly the one that is asked for: its pods stand together.
    const head = object < this.heads.length ? this.heads[object]! : -1;
    if (head === -1) return -1;
    if (this.intervals[head] === interval) return head;
    const mask = this.table.length - 1;
    let at = mix(mix(object ^ this.seed) + interval) & mask;
    for (let slot = this.table[at]!; slot !== -1; slot = this.table[at]!) {
      if (this.intervals[slot] === interval && this.objects[slot] === object) return slot;
      at = (at + 1) & mask;
    }
    return -1;
  }

  /** Holds a new group with its first row; `size` must be below `capacity` and the group not held. */
  open(object: number, interval: number, batch: ReportBatch, row: number): void {
    const slot = this.size++;
    if (slot === this.objects.length) this.growSlots();
    while (object >= this.heads.length) {
      const known = this.heads.length;
      this.heads = grown(this.heads, known * 2);
      this.heads.fill(-1, known);
    }
    this.objects[slot] = object;
    this.intervals[slot] = interval;
    this.nexts[slot] = this.heads[object]!;
    this.heads[object] = slot;
    if (this.size * 2 > this.table.length) this.rehash();
    else this.link(slot);
    const page = (this.pages[slot >>> PAGE_BITS] ??= new Float64Array(PAGE * this.width));
    const base = (slot & (PAGE - 1)) * this.width;
    const numbers = batch.numbers;
    const last = this.width - 1;
    for (let c = 0; c < last; c++) page[base + c] = numbers[c]![row]!;
    page[base + last] = 1;
  }

  /** Merges a row into a held group. */
  merge(slot: number, batch: ReportBatch, row: number): void {
    const page = this.pages[slot >>> PAGE_BITS]!;
    const base = (slot & (PAGE - 1)) * this.width;
    const numbers = batch.numbers;
    const last = this.width - 1;
    const { adds, minimum } = this;
    for (let c = 0; c < last; c++) {
      const value = numbers[c]![row]!;
      const held = page[base + c]!;
      if (adds[c] === 1) page[base + c] = held + value;
      else if (held !== held || (minimum[c] === 1 ? value < held : value > held)) page[base + c] = value;
    }
    page[base + last] = page[base + last]! + 1;
  }

  /** Whether an object has slots. */
  holds(object: number): boolean {
    return object < this.heads.length && this.heads[object] !== -1;
  }

  /** The objects that have slots, by first appearance since the last {@link clear}. */
  held(): number[] {
    const out: number[] = [];
    for (let slot = 0; slot < this.size; slot++) if (this.nexts[slot] === -1) out.push(this.objects[slot]!);
    return out;
  }

  /** The slots of an object in the order in which they were opened. */
  slots(object: number): number[] {
    const out: number[] = [];
    for (let slot = this.heads[object] ?? -1; slot !== -1; slot = this.nexts[slot]!) out.push(slot);
    return out.reverse();
  }

  /** The interval number of a slot. */
  interval(slot: number): number {
    return this.intervals[slot]!;
  }

  /** Copies a slot's numbers into row `at` of `columns`: rows first, then the number columns. */
  copy(slot: number, columns: readonly Float64Array[], at: number): void {
    const page = this.pages[slot >>> PAGE_BITS]!;
    const base = (slot & (PAGE - 1)) * this.width;
    const last = this.width - 1;
    columns[0]![at] = page[base + last]!;
    for (let c = 0; c < last; c++) columns[c + 1]![at] = page[base + c]!;
  }

  /** Forgets all slots. */
  clear(): void {
    this.size = 0;
    this.heads.fill(-1);
    this.table.fill(-1);
  }

  private link(slot: number): void {
    const mask = this.table.length - 1;
    let at = mix(mix(this.objects[slot]! ^ this.seed) + this.intervals[slot]!) & mask;
    while (this.table[at] !== -1) at = (at + 1) & mask;
    this.table[at] = slot;
  }

  private rehash(): void {
    this.table = new Int32Array(this.table.length * 2).fill(-1);
    for (let slot = 0; slot < this.size; slot++) this.link(slot);
  }

  private growSlots(): void {
    const size = this.objects.length * 2;
    this.objects = grown(this.objects, size);
    this.intervals = grown(this.intervals, size);
    this.nexts = grown(this.nexts, size);
  }
}
