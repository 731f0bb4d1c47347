import { COMMA, LF } from './text.ts';

/**
 * Distinct texts of one column, found by their bytes: a cell that was seen before costs no string.
 *
 * A cell is first compared with the text that followed the previous cell's text last time: reports repeat the
 * same containers in the same order every interval, so this mostly hits and needs no hash. The hash multiplier is
 * drawn per dictionary, so nobody can prepare texts that collide; ids go by first appearance and do not depend on it.
 */
export class Dictionary {
  /** Text by id. Replaced, not emptied, by {@link clear}: batches may still hold the old one. */
  texts: string[] = [];
  private readonly maxTexts: number;
  private readonly maxBytes: number;
  private arena: Buffer;
  private used = 0;
  private offsets: Int32Array;
  private lengths: Int32Array;
  private hashes: Int32Array;
  private followers: Int32Array;
  private table: Int32Array;
  private last = 0;
  private readonly multiplier = ((Math.random() * 0x7fffffff) | 0) * 2 + 1;

  constructor(maxTexts: number, maxBytes: number) {
    this.maxTexts = maxTexts;
    this.maxBytes = maxBytes;
    const room = Math.min(256, maxTexts);
    this.arena = Buffer.allocUnsafeSlow(8192);
    this.offsets = new Int32Array(room);
    this.lengths = new Int32Array(room);
    this.hashes = new Int32Array(room);
    this.followers = new Int32Array(room);
    this.table = new Int32Array(1024).fill(-1);
  }

  /** Forgets everything; ids start at 0 again. */
  clear(): void {
    this.texts = [];
    this.used = 0;
    this.last = 0;
    this.followers.fill(-1);
    this.table.fill(-1);
  }

  /**
   * Where the predicted text ends when the cell at `at` is it (the byte there is a comma or line feed), else -1.
   * After a hit {@link predicted} is its id.
   */
  match(bytes: Uint8Array, at: number): number {
    if (this.texts.length === 0) return -1;
    const id = this.followers[this.last]!;
    if (id === -1) return -1;
    const length = this.lengths[id]!;
    const arena = this.arena;
    let o = this.offsets[id]!;
    const end = at + length;
    if (end >= bytes.length) return -1;
    for (let p = at; p < end; p++, o++) if (bytes[p] !== arena[o]) return -1;
    const next = bytes[end];
    if (next !== COMMA && next !== LF) return -1;
    this.last = id;
    return end;
  }

  /** The id of the last match. */
  get predicted(): number {
    return this.last;
  }

  /**
   * The id of the text `bytes[from, to)`; -1 when the dictionary is full. An empty dictionary takes any text.
   * `predict` is false for cells that were quoted: such a text may hold a comma and must not be matched in a plain line.
   */
  intern(bytes: Buffer, from: number, to: number, predict: boolean): number {
    const length = to - from;
    const multiplier = this.multiplier;
    let hash = length;
    for (let p = from; p < to; p++) hash = Math.imul(hash ^ bytes[p]!, multiplier);
    hash ^= hash >>> 15;
    const table = this.table;
    const mask = table.length - 1;
    let slot = hash & mask;
    for (let id = table[slot]!; id !== -1; id = table[slot]!) {
      if (this.hashes[id] === hash && this.lengths[id] === length && this.same(bytes, from, id, length)) {
        if (predict) this.follow(id);
        return id;
      }
      slot = (slot + 1) & mask;
    }
    return this.add(bytes, from, length, hash, slot, predict);
  }

  private same(bytes: Buffer, from: number, id: number, length: number): boolean {
    const arena = this.arena;
    const offset = this.offsets[id]!;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== arena[offset + i]) return false;
    return true;
  }

  private follow(id: number): void {
    this.followers[this.last] = id;
    this.last = id;
  }

  private add(
    bytes: Buffer,
    from: number,
    length: number,
    hash: number,
    slot: number,
    predict: boolean,
  ): number {
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
    if (predict) this.follow(id);
    return id;
  }

  private reserve(id: number, length: number): void {
    if (id === this.offsets.length) {
      const grow = (old: Int32Array): Int32Array => {
        const wider = new Int32Array(old.length * 2);
        wider.set(old);
        return wider;
      };
      this.offsets = grow(this.offsets);
      this.lengths = grow(this.lengths);
      this.hashes = grow(this.hashes);
      this.followers = grow(this.followers);
    }
    if (this.used + length > this.arena.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(this.arena.length * 2, this.used + length));
      this.arena.copy(wider, 0, 0, this.used);
      this.arena = wider;
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
