/** Sketches by hour, day and month: percentiles over windows that the ring does not reach. */
import { DAY } from '../time.ts';
import { Sketch } from './sketch.ts';

const HOUR = DAY / 24;
/** How long hours and days are kept before the newest value; months stay. */
const KEPT = { hour: 2 * DAY, day: 92 * DAY };
/** Months that are kept: eight years. */
const MAX_MONTHS = 96;

/** A window as it could be answered: its ends are those of the sketches that were there. */
export interface SketchWindow {
  readonly sketch: Sketch;
  /** ms; the window asked for, widened to whole hours, or days or months where those are all that is left. */
  readonly from: number;
  readonly to: number;
  /** Sketches that were merged. */
  readonly merged: number;
}

/**
 * Every value goes into its hour, its day and its month (UTC), so what came late is just added, and hours are dropped after two
 * days and days after 92 without touching months. A window of 30 days that ends at 09:00 is 9 hours, 29 days and 15 hours, or
 * 30 days and 9 hours when the early hours are gone.
 */
export class SketchHistory {
  readonly #hours = new Map<number, Sketch>();
  readonly #days = new Map<number, Sketch>();
  readonly #months = new Map<number, Sketch>();
  #newest = -Infinity;

  /** Adds the value of an interval that ends at a time, ms. */
  add(end: number, value: number, throttled = 0): void {
    // An interval that ends at midnight belongs to the day before.
    const at = end - 1;
    for (const [sketches, start] of [
      [this.#hours, hourOf(at)],
      [this.#days, dayOf(at)],
      [this.#months, monthOf(at)],
    ] as const) {
      let sketch = sketches.get(start);
      if (sketch === undefined) sketches.set(start, (sketch = new Sketch()));
      sketch.add(value, end, throttled);
    }
    this.#newest = Math.max(this.#newest, at);
    drop(this.#hours, hourOf(this.#newest - KEPT.hour));
    drop(this.#days, dayOf(this.#newest - KEPT.day));
    while (this.#months.size > MAX_MONTHS) this.#months.delete(Math.min(...this.#months.keys()));
  }

  /** Sketches that are held. */
  get size(): number {
    return this.#hours.size + this.#days.size + this.#months.size;
  }

  /** Everything whose interval ends in (from, to], ms; to at least the newest hour's. */
  over(from: number, to: number): SketchWindow {
    const sketch = new Sketch();
    let merged = 0;
    let start = Infinity;
    let end = -Infinity;
    const last = Math.min(to, hourOf(this.#newest) + HOUR);
    for (let t = hourOf(Math.max(from, this.#earliest())); t < last;) {
      const [found, begins, ends] = this.#widest(t, last);
      if (found !== undefined) {
        sketch.merge(found);
        merged += 1;
      }
      start = Math.min(start, begins);
      end = Math.max(end, ends);
      t = ends;
    }
    return { sketch, from: start, to: end, merged };
  }

  #earliest(): number {
    return Math.min(...this.#months.keys(), ...this.#days.keys(), ...this.#hours.keys());
  }

  /** The longest stretch that begins at t and does not pass `last`; a longer one around t where the finer ones are gone. */
  #widest(t: number, last: number): [Sketch | undefined, number, number] {
    const [day, month] = [dayOf(t), monthOf(t)];
    const monthEnd = nextMonth(month);
    if (t === month && monthEnd <= last) return [this.#months.get(month), month, monthEnd];
    if (day < dayOf(this.#newest - KEPT.day)) return [this.#months.get(month), month, monthEnd];
    if ((t === day && day + DAY <= last) || t < hourOf(this.#newest - KEPT.hour)) {
      return [this.#days.get(day), day, day + DAY];
    }
    return [this.#hours.get(t), t, t + HOUR];
  }
}

function drop(sketches: Map<number, Sketch>, before: number): void {
  for (const start of sketches.keys()) if (start < before) sketches.delete(start);
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}

function dayOf(time: number): number {
  return Math.floor(time / DAY) * DAY;
}

function monthOf(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

function nextMonth(month: number): number {
  const date = new Date(month);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
