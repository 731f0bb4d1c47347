/** The signals of one container over 15 days in constant space: 19.6 kB, whatever came. */
import { signalColumns } from '../signals.ts';
import type { Signals } from '../signals.ts';
import { DAY, MINUTE } from '../time.ts';
import { decode, encode } from './log-codes.ts';

/** Intervals of a closed window of 15 days, a quarter of an hour each. */
export const SLOTS = 1_441;
const WIDTH = 15 * MINUTE;
const VERSION = 1;
/** UTC days whose maxima are kept: 15 days touch 16. */
const DAYS = 17;
/** Different lengths of intervals that are told apart. */
const LENGTHS = 15;
const EMPTY = -128;
const MAX_PODS = 4_095;
/** Columns with a code, and those whose daily maximum is exact, by place among the codes. */
const coded = ['iMax', 'iMin', 'mMax', 'mMin', 'spike'] as const;
const exact = [0, 2, 4] as const;
const places = coded.map((name) => signalColumns.indexOf(name));
const CURRENT = signalColumns.indexOf('cpuRequest');

/** Places in the header, in doubles. */
const H = {
  version: 0,
  phase: 1,
  newest: 2,
  cpu: 3,
  memory: 4,
  current: 5,
  lengths: 9,
  size: 9 + LENGTHS,
} as const;

const HEADER = 8 * H.size;
const MAXIMA = 8 * DAYS * exact.length;
const DAY_IDS = 8 * DAYS;
const MAX_SLOTS = 2 * DAYS * exact.length + 2;
const CODES = 2 * SLOTS * coded.length;
const PODS = 2 * SLOTS;

/** Bytes of a ring. */
export const RING_BYTES = HEADER + MAXIMA + DAY_IDS + MAX_SLOTS + CODES + PODS + SLOTS;

/** What the amounts are counted in. */
export interface RingUnits {
  /** Divides memory, so that 1e-6 to 1e3 holds it: 2^30 for bytes, 2^10 for MiB. A power of two loses nothing. */
  readonly memory: number;
  /** Divides CPU: 1 for cores. */
  readonly cpu: number;
}

/** Cores and bytes: memory from 1 KiB to 1 TiB. */
export const reportedUnits: RingUnits = { cpu: 1, memory: 2 ** 30 };

/**
 * Slot of a row: round((end - phase)/15 min) mod 1,441, phase being that of the first row. A slot holds five 16-bit codes, pods
 * (12 bits) with the length of the interval (4 bits into a table), and how many seconds its end lies off the grid. Beside them:
 * the largest iMax, mMax and spike of each UTC day as doubles, and the settings of the newest row. Zero is exact, the maximum of
 * a day that is whole is exact, the rest lies within 0.0158 %. Writing is idempotent; a row with a known end replaces the one before.
 */
export class SignalRing {
  readonly bytes: Uint8Array;
  readonly #head: Float64Array;
  readonly #maxima: Float64Array;
  readonly #dayIds: Float64Array;
  readonly #maxSlots: Uint16Array;
  readonly #codes: Uint16Array;
  readonly #pods: Uint16Array;
  readonly #offsets: Int8Array;

  private constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
    let at = 0;
    const take = (size: number) => (at += size) - size;
    this.#head = new Float64Array(buffer, take(HEADER), H.size);
    this.#maxima = new Float64Array(buffer, take(MAXIMA), DAYS * exact.length);
    this.#dayIds = new Float64Array(buffer, take(DAY_IDS), DAYS);
    this.#maxSlots = new Uint16Array(buffer, take(MAX_SLOTS), DAYS * exact.length);
    this.#codes = new Uint16Array(buffer, take(CODES), SLOTS * coded.length);
    this.#pods = new Uint16Array(buffer, take(PODS), SLOTS);
    this.#offsets = new Int8Array(buffer, take(SLOTS), SLOTS);
  }

  /** An empty ring. */
  static empty(units: RingUnits = reportedUnits): SignalRing {
    const ring = new SignalRing(new ArrayBuffer(RING_BYTES));
    ring.#head[H.version] = VERSION;
    ring.#head[H.newest] = -Infinity;
    ring.#head[H.cpu] = units.cpu;
    ring.#head[H.memory] = units.memory;
    ring.#head.fill(NaN, H.current, H.current + 4);
    ring.#dayIds.fill(NaN);
    ring.#offsets.fill(EMPTY);
    return ring;
  }

  /** A ring from its bytes (of a machine of the same byte order). Another size or version: RangeError. */
  static from(bytes: Uint8Array): SignalRing {
    if (bytes.length !== RING_BYTES)
      throw new RangeError(`a ring has ${RING_BYTES} bytes, not ${bytes.length}`);
    const ring = new SignalRing(bytes.slice().buffer);
    if (ring.#head[H.version] !== VERSION)
      throw new RangeError(`ring version ${ring.#head[H.version]!} is not ${VERSION}`);
    return ring;
  }

  /** Writes row `i` of signals. False, and nothing is written, when it is too old or its end lies 127 s or more off the grid. */
  put({ columns }: Signals, i: number): boolean {
    const end = columns[0]![i]!;
    if (this.#head[H.newest] === -Infinity) this.#head[H.phase] = end - Math.floor(end / WIDTH) * WIDTH;
    const slot = Math.round((end - this.#head[H.phase]!) / WIDTH);
    const offset = Math.round((end - this.#end(slot)) / 1_000);
    if (Math.abs(offset) >= 127 || slot <= this.#head[H.newest]! - SLOTS) return false;
    if (slot > this.#head[H.newest]!) this.#advance(slot);
    if (slot === this.#head[H.newest]!) {
      for (let c = 0; c < 4; c++) this.#head[H.current + c] = columns[CURRENT + c]![i]!;
    }
    const at = slot % SLOTS;
    this.#offsets[at] = offset;
    const length = this.#lengthCode(end - columns[1]![i]!);
    this.#pods[at] = Math.min(MAX_PODS, Math.max(0, columns[7]![i]!)) | (length << 12);
    const values = places.map((place, c) => columns[place]![i]! / this.#unit(c));
    values.forEach((value, c) => (this.#codes[at * coded.length + c] = encode(value)));
    this.#remember(slot, values);
    return true;
  }

  /** Everything that is held, by end; settings stand in the newest row alone. */
  signals(): Signals {
    const newest = this.#head[H.newest]!;
    const slots: number[] = [];
    for (let slot = Math.max(0, newest - SLOTS + 1); slot <= newest; slot++) {
      if (this.#offsets[slot % SLOTS] !== EMPTY) slots.push(slot);
    }
    const columns = signalColumns.map((_, c) => new Float64Array(slots.length).fill(c < CURRENT ? 0 : NaN));
    slots.forEach((slot, i) => {
      const at = slot % SLOTS;
      const end = this.#end(slot) + this.#offsets[at]! * 1_000;
      const packed = this.#pods[at]!;
      columns[0]![i] = end;
      columns[1]![i] = end - this.#length(packed >> 12);
      columns[7]![i] = packed & MAX_PODS;
      places.forEach((place, c) => (columns[place]![i] = this.#value(slot, c) * this.#unit(c)));
    });
    if (slots.length > 0) {
      for (let c = 0; c < 4; c++) columns[CURRENT + c]![slots.length - 1] = this.#head[H.current + c]!;
    }
    return { length: slots.length, columns };
  }

  #end(slot: number): number {
    return slot * WIDTH + this.#head[H.phase]!;
  }

  #unit(c: number): number {
    return this.#head[c < 2 ? H.cpu : H.memory]!;
  }

  /** Slots between the newest and a newer one are empty. */
  #advance(slot: number): void {
    const before = this.#head[H.newest]!;
    if (slot - before >= SLOTS) this.#offsets.fill(EMPTY);
    else for (let s = before + 1; s < slot; s++) this.#offsets[s % SLOTS] = EMPTY;
    this.#head[H.newest] = slot;
  }

  /** Code 0 is a quarter of an hour; others stand in a table that fills up; when it is full the nearest serves. */
  #lengthCode(length: number): number {
    if (length === WIDTH) return 0;
    const table = this.#head.subarray(H.lengths, H.lengths + LENGTHS);
    let nearest = 0;
    for (let k = 0; k < LENGTHS; k++) {
      if (table[k] === length) return k + 1;
      if (table[k] === 0) {
        table[k] = length;
        return k + 1;
      }
      if (Math.abs(table[k]! - length) < Math.abs(table[nearest]! - length)) nearest = k;
    }
    return nearest + 1;
  }

  #length(code: number): number {
    return code === 0 ? WIDTH : this.#head[H.lengths + code - 1]!;
  }

  /** UTC day of a slot; an interval that ends at midnight belongs to the day before. */
  #day(slot: number): number {
    return Math.floor((this.#end(slot) - 1) / DAY);
  }

  #remember(slot: number, values: readonly number[]): void {
    const day = this.#day(slot);
    const d = day % DAYS;
    if (this.#dayIds[d] !== day) {
      this.#dayIds[d] = day;
      this.#maxima.fill(-1, d * exact.length, (d + 1) * exact.length);
    }
    const place = this.#placeInDay(slot, day);
    exact.forEach((c, e) => {
      const k = d * exact.length + e;
      const [value, most] = [values[c]!, this.#maxima[k]!];
      // Of equal ones the earliest, whatever came first. A correction of the largest counts: the second is known by its code alone.
      if (value < most && this.#maxSlots[k] !== place) return;
      if (value === most && this.#maxSlots[k]! <= place) return;
      this.#maxima[k] = value;
      this.#maxSlots[k] = place;
    });
  }

  #placeInDay(slot: number, day: number): number {
    return slot - Math.floor((day * DAY) / WIDTH);
  }

  #value(slot: number, c: number): number {
    const e = exact.indexOf(c as (typeof exact)[number]);
    const day = this.#day(slot);
    const k = (day % DAYS) * exact.length + e;
    const largest =
      e >= 0 &&
      this.#isWhole(day) &&
      this.#dayIds[day % DAYS] === day &&
      this.#maxSlots[k] === this.#placeInDay(slot, day);
    return largest ? this.#maxima[k]! : decode(this.#codes[(slot % SLOTS) * coded.length + c]!);
  }

  /** A day that has begun to slide out may have lost its maximum: which, would depend on the order of arrival. */
  #isWhole(day: number): boolean {
    const oldest = this.#head[H.newest]! - SLOTS + 1;
    return this.#day(oldest - 1) !== day;
  }
}
