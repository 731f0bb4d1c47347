/** Kafka's default partitioner: murmur2 of the key, the same in every profile. */

/** murmur2 as Kafka's Java client computes it (seed 0x9747b28c), as a signed 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = bytes.length;
  let h = 0x9747b28c ^ length;
  const words = length >> 2;
  for (let i = 0; i < words; i++) {
    const at = i * 4;
    let k = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const tail = words * 4;
  const rest = length & 3;
  if (rest === 3) h ^= bytes[tail + 2]! << 16;
  if (rest >= 2) h ^= bytes[tail + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ bytes[tail]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

/** Partition of a key among `partitions`. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

/** What topology.yaml says of the key of a topic whose events are written once to each partition. */
export const EVERY_PARTITION = 'every partition';

/**
 * The keys that reach each of `partitions` partitions once, by partition: `+<partition>`, with `.<n>` behind it where another
 * partition has that key. No key of anything else begins with `+`.
 */
export function partitionKeys(partitions: number): readonly string[] {
  const known = keysByCount.get(partitions);
  if (known !== undefined) return known;
  const keys = Array.from({ length: partitions }, (_, partition) => keyOf(partition, partitions));
  keysByCount.set(partitions, keys);
  return keys;
}

/** Is it a key of {@link partitionKeys}: the event concerns all keys of its partition. */
export function reachesPartition(key: string | null): boolean {
  return key?.startsWith('+') === true;
}

const keysByCount = new Map<number, readonly string[]>();

function keyOf(partition: number, partitions: number): string {
  for (let n = 0; ; n++) {
    const key = n === 0 ? `+${partition}` : `+${partition}.${n}`;
    if (partitionOf(key, partitions) === partition) return key;
  }
}
