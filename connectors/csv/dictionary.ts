import { COMMA, LF } from './text.ts';

/** Instead of a neighbour: the cell was quoted, so its text may hold a comma and must never be matched in a plain line. */
export const UNPREDICTED = -2;

/**
 * Distinct texts of one column, found by their bytes: a cell that was seen before costs no string.
 *
 * A cell is first compared with two guesses: the text that stood beside the same text of the text column before it
 * (its neighbour), and the text that followed the previous row's text. Reports repeat the same containers in the same
 * order, so one of them mostly hits and needs no hash. The hash multiplier is drawn per dictionary, so nobody can
 * prepare texts that collide; ids go by first appearance and do not depend on it.
 */
export class Dictionary {
  /** Text by id. Replaced, not emptied, by {@link clear}: batches may still hold the old one. */
  texts: string[] = [];
  private readonly maxTexts: number;
  private readonly maxBytes: number;
  private arena: Buffer;
  private view: DataView;
  private used = 0;
  private offsets: Int32Array;
  private lengths: Int32Array;
  private hashes: Int32Array;
  private followers: Int32Array;
  private partners: Int32Array;
  private table: Int32Array;
  private last = 0;
  private readonly multiplier = ((Math.random() * 0x7fffffff) | 0) * 2 + 1;

  constructor(maxTexts: number, maxBytes: number) {
    this.maxTexts = maxTexts;
    this.maxBytes = maxBytes;
    const room = 256;
    this.arena = Buffer.allocUnsafeSlow(8192);
    this.view = new DataView(this.arena.buffer);
    this.offsets = new Int32Array(room);
    this.lengths = new Int32Array(room);
    this.hashes = new Int32Array(room);
    this.followers = new Int32Array(room).fill(-1);
    this.partners = new Int32Array(room).fill(-1);
    this.table = new Int32Array(1024).fill(-1);
  }

  /** Forgets everything; ids start at 0 again. */
  clear(): void {
    this.texts = [];
    this.used = 0;
    this.last = 0;
    this.followers.fill(-1);
    this.partners.fill(-1);
    this.table.fill(-1);
  }

  /**
   * Where a guessed text ends when the cell at `at` is it (the byte there is a comma or line feed), else -1. After a hit
   * {@link predicted} is its id. `neighbour` is the id of the text cell before it in the row, -1 for the first.
   */
  match(bytes: Uint8Array, view: DataView, at: number, neighbour: number): number {
    const partner = neighbour >= 0 && neighbour < this.partners.length ? this.partners[neighbour]! : -1;
    if (partner !== -1) {
      const end = this.compare(bytes, view, at, partner);
      if (end !== -1) {
        this.last = partner;
        return end;
      }
    }
    const follower = this.followers[this.last]!;
    if (follower === -1 || follower === partner) return -1;
    const end = this.compare(bytes, view, at, follower);
    if (end !== -1) this.learn(follower, neighbour);
    return end;
  }

  /** The id of the last match. */
  get predicted(): number {
    return this.last;
  }

  /**
   * The id of the text `bytes[from, to)`; -1 when the dictionary is full. An empty dictionary takes any text.
   * `neighbour` is as for {@link match}, or {@link UNPREDICTED}.
   */
  intern(bytes: Buffer, from: number, to: number, neighbour: number): number {
    const length = to - from;
    const multiplier = this.multiplier;
    let hash = length;
    for (let p = from; p < to; p++) hash = Math.imul(hash ^ bytes[p]!, multiplier);
    hash ^= hash >>> 15;
    const table = this.table;
    const mask = table.length - 1;
    let slot = hash & mask;
    let id = table[slot]!;
    while (id !== -1 && !(this.hashes[id] === hash && this.same(bytes, from, id, length))) {
      slot = (slot + 1) & mask;
      id = table[slot]!;
    }
    if (id === -1) id = this.add(bytes, from, length, hash, slot);
    if (id !== -1 && neighbour !== UNPREDICTED) this.learn(id, neighbour);
    return id;
  }

  private compare(bytes: Uint8Array, view: DataView, at: number, id: number): number {
    const length = this.lengths[id]!;
    const end = at + length;
    if (end >= bytes.length) return -1;
    const next = bytes[end];
    if (next !== COMMA && next !== LF) return -1;
    let o = this.offsets[id]!;
    if (length < 4) {
      for (let p = at; p < end; p++, o++) if (bytes[p] !== this.arena[o]) return -1;
      return end;
    }
    const held = this.view;
    const last = end - 4;
    if (view.getInt32(last, true) !== held.getInt32(o + length - 4, true)) return -1;
    for (let p = at; p < last; p += 4, o += 4)
      if (view.getInt32(p, true) !== held.getInt32(o, true)) return -1;
    return end;
  }

  private same(bytes: Buffer, from: number, id: number, length: number): boolean {
    if (this.lengths[id] !== length) return false;
    const arena = this.arena;
    const offset = this.offsets[id]!;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== arena[offset + i]) return false;
    return true;
  }

  private learn(id: number, neighbour: number): void {
    this.followers[this.last] = id;
    this.last = id;
    if (neighbour < 0) return;
    while (neighbour >= this.partners.length) {
      const known = this.partners.length;
      this.partners = widened(this.partners);
      this.partners.fill(-1, known);
    }
    this.partners[neighbour] = id;
  }

  private add(bytes: Buffer, from: number, length: number, hash: number, slot: number): number {
    const id = this.texts.length;
    if (id > 0 && (id >= this.maxTexts || this.used + length > this.maxBytes)) return -1;
    this.reserve(id, length);
    bytes.copy(this.arena, this.used, from, from + length);
    this.offsets[id] = this.used;
    this.lengths[id] = length;
    this.hashes[id] = hash;
    this.followers[id] = -1;
    this.used += length;
    this.texts.push(bytes.toString('utf8', from, from + length));
    this.table[slot] = id;
    if (this.texts.length * 2 > this.table.length) this.rehash();
    return id;
  }

  private reserve(id: number, length: number): void {
    if (id === this.offsets.length) {
      this.offsets = widened(this.offsets);
      this.lengths = widened(this.lengths);
      this.hashes = widened(this.hashes);
      this.followers = widened(this.followers);
    }
    if (this.used + length > this.arena.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(this.arena.length * 2, this.used + length));
      this.arena.copy(wider, 0, 0, this.used);
      this.arena = wider;
      this.view = new DataView(wider.buffer);
    }
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let id = 0; id < this.texts.length; id++) {
      let slot = this.hashes[id]! & mask;
      while (table[slot] !== -1) slot = (slot + 1) & mask;
      table[slot] = id;
    }
    this.table = table;
  }
}

function widened(old: Int32Array): Int32Array {
  const wider = new Int32Array(old.length * 2);
  wider.set(old);
  return wider;
}
