/** Ids of schemas: another registry gives other ids to the same schemas. */

/** What the registry of the target says. */
export interface TargetIds {
  /** The id there of a schema of the source, by the id here; undefined: not a schema that this system uses. */
  readonly same: ReadonlyMap<number, number>;
  /** Whether the id means any schema there. */
  isKnown(id: number): Promise<boolean>;
}

/** An id that no registry gives: they are positive 32-bit integers. */
const NOBODYS = 0x8000_0000;
const PREFIX_BYTES = 5;
const REMEMBERED = 10_000;

/**
 * Rewrites, in place, the id in a value that is in the wire format. An id that meant no event of ours where it comes from keeps
 * meaning none: where the target knows a schema by that id, its first bit is set.
 */
export function idRewriter({ same, isKnown }: TargetIds): (value: Buffer | null) => Promise<void> {
  const others = new Map<number, number>();
  async function other(id: number): Promise<number> {
    let found = others.get(id);
    if (found === undefined) {
      found = (await isKnown(id)) ? (id | NOBODYS) >>> 0 : id;
      if (others.size >= REMEMBERED) others.clear();
      others.set(id, found);
    }
    return found;
  }
  return async (value) => {
    if (value === null || value.length < PREFIX_BYTES || value[0] !== 0) return;
    const id = value.readUInt32BE(1);
    value.writeUInt32BE(same.get(id) ?? (await other(id)), 1);
  };
}
