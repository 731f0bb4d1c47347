/** Mixing of small integers for open-addressing tables. The seed comes from the report's digest: fixed per file, not choosable. */

/** Scrambles a 32-bit integer. */
export function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/** A seed from a hex digest; 0 when it is none. */
export function seedOf(digest: string): number {
  const seed = Number.parseInt(digest.slice(0, 8), 16);
  return Number.isNaN(seed) ? 0 : seed | 0;
}

/** A larger copy of a column. */
export function grown(old: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(size);
  wider.set(old);
  return wider;
}
