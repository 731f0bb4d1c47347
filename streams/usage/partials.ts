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
  private highest = new Int32Array(PAGE).fill(-1);
  /** Slots by group; made when an object first comes back to an earlier interval, which most reports never do. */
  private table: Int32Array<ArrayBuffer> | undefined;

  constructor(columns: readonly NumberColumn[], budgetBytes: number, seed: number) {
    this.width = columns.length + 1;
    this.capacity = Math.max(1, Math.floor(budgetBytes / slotBytes(columns.length)));
    this.seed = seed;
    this.adds = Uint8Array.from(columns, ({ combine }) => (combine === 'avg' || combine === 'sum' ? 1 : 0));
    this.minimum = Uint8Array.from(columns, ({ combine }) => (combine === 'min' ? 1 : 0));
  }

  /** The slot of a group; -1 when it is not held. */
  find(object: number, interval: number): number {
    // Intervals are numbered as they come, so the latest of an object is mostly asked for, or one after it.
    const highest = object < this.highest.length ? this.highest[object]! : -1;
    if (interval > highest) return -1;
    const head = this.heads[object]!;
    if (this.intervals[head] === interval) return head;
    if (this.table === undefined) this.rehash();
    const table = this.table!;
    const mask = table.length - 1;
    let at = mix(mix(object ^ this.seed) + interval) & mask;
    for (let slot = table[at]!; slot !== -1; slot = table[at]!) {
      if (this.intervals[slot] === interval && this.objects[slot] === object) return slot;
      at = (at + 1) & mask;
    }
    return -1;
  }

  /** Holds a new group with its first row; `size` must be below `capacity` and the group not held. */
  open(object: number, interval: number, batch: ReportBatch, row: number): void {
    const slot = this.size++;
    if (slot === this.objects.length) this.growSlots();
    while (object >= this.heads.length) this.growObjects();
    this.objects[slot] = object;
    this.intervals[slot] = interval;
    this.nexts[slot] = this.heads[object]!;
    this.heads[object] = slot;
    if (interval > this.highest[object]!) this.highest[object] = interval;
    if (this.table !== undefined) this.link(slot);
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
    this.highest.fill(-1);
    this.table?.fill(-1);
  }

  private link(slot: number): void {
    if (this.table === undefined || this.size * 2 > this.table.length) this.rehash();
    else this.put(this.table, slot);
  }

  private put(table: Int32Array, slot: number): void {
    const mask = table.length - 1;
    let at = mix(mix(this.objects[slot]! ^ this.seed) + this.intervals[slot]!) & mask;
    while (table[at] !== -1) at = (at + 1) & mask;
    table[at] = slot;
  }

  private rehash(): void {
    let length = 2 * PAGE;
    while (length < this.size * 2) length *= 2;
    const table = new Int32Array(length).fill(-1);
    for (let slot = 0; slot < this.size; slot++) this.put(table, slot);
    this.table = table;
  }

  private growSlots(): void {
    const size = this.objects.length * 2;
    this.objects = grown(this.objects, size);
    this.intervals = grown(this.intervals, size);
    this.nexts = grown(this.nexts, size);
  }

  private growObjects(): void {
    const known = this.heads.length;
    this.heads = grown(this.heads, known * 2).fill(-1, known);
    this.highest = grown(this.highest, known * 2).fill(-1, known);
  }
}
