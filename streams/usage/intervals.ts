/** The distinct intervals of one report, numbered by first appearance, and which object has which. */
import { mix } from './hashing.ts';
import { MAX_GROUP_RUNS, MAX_INTERVALS } from './rejections.ts';

/** Numbers (start, end) pairs. Two intervals with one end and two starts are two intervals. */
export class Intervals {
  /** By number, ms since 1970. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  private readonly numbers = new Map<string, number>();
  private epoch = -1;
  /** Per start id: the end id that it was last seen with, and their interval. */
  private endIds: number[] = [];
  private found: number[] = [];

  /** The number of an interval, given by the text ids of the row and the times that they mean; -1: one too many. */
  find(epoch: number, startId: number, endId: number, start: number, end: number): number {
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.endIds = [];
      this.found = [];
    }
    if (this.endIds[startId] === endId) return this.found[startId]!;
    const key = `${start} ${end}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      if (this.starts.length >= MAX_INTERVALS) return -1;
      number = this.starts.length;
      this.starts.push(start);
      this.ends.push(end);
      this.numbers.set(key, number);
    }
    while (this.endIds.length <= startId) {
      this.endIds.push(-1);
      this.found.push(-1);
    }
    this.endIds[startId] = endId;
    this.found[startId] = number;
    return number;
  }
}

/** Counts distinct (object, interval) groups: one bit each, 32 intervals of an object in one table entry. */
export class Groups {
  /** How many distinct groups were marked. */
  count = 0;
  private readonly seed: number;
  private readonly maxRuns: number;
  private keys = new Int32Array(4096).fill(-1);
  private masks = new Int32Array(4096);
  private used = 0;

  constructor(seed: number, maxRuns = MAX_GROUP_RUNS) {
    this.seed = seed;
    this.maxRuns = maxRuns;
  }

  /** Marks a group; false when the report has too many. Numbers of objects and intervals are below 2^18 and 2^15. */
  mark(object: number, interval: number): boolean {
    const key = (object << 10) | (interval >>> 5);
    const bit = 1 << (interval & 31);
    const mask = this.keys.length - 1;
    let slot = mix(key ^ this.seed) & mask;
    while (this.keys[slot] !== -1 && this.keys[slot] !== key) slot = (slot + 1) & mask;
    if (this.keys[slot] === -1) {
      if (this.used >= this.maxRuns) return false;
      this.keys[slot] = key;
      this.masks[slot] = bit;
      this.count += 1;
      this.used += 1;
      if (this.used * 2 > this.keys.length) this.rehash();
      return true;
    }
    if ((this.masks[slot]! & bit) === 0) {
      this.masks[slot] = this.masks[slot]! | bit;
      this.count += 1;
    }
    return true;
  }

  private rehash(): void {
    const [keys, masks] = [this.keys, this.masks];
    this.keys = new Int32Array(keys.length * 2).fill(-1);
    this.masks = new Int32Array(keys.length * 2);
    const mask = this.keys.length - 1;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === -1) continue;
      let slot = mix(keys[i]! ^ this.seed) & mask;
      while (this.keys[slot] !== -1) slot = (slot + 1) & mask;
      this.keys[slot] = keys[i]!;
      this.masks[slot] = masks[i]!;
    }
  }
}
