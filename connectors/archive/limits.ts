/** How much of an archive is believed; memory never depends on these, time and later steps do. */
export interface ArchiveLimits {
  /** Bytes of all members together, unpacked. */
  readonly totalBytes: number;
  /** Bytes of one member, unpacked. */
  readonly memberBytes: number;
  /** Members, folders included. */
  readonly members: number;
  /** Bytes of a member's name in UTF-8. */
  readonly nameBytes: number;
  /** Unpacked bytes per packed byte, checked once `ratioAfterBytes` came out. gzip itself ends near 1,030. */
  readonly ratio: number;
  /** Unpacked bytes before the ratio counts: small files of one repeated byte are harmless. */
  readonly ratioAfterBytes: number;
}

/** What is used when nothing else is configured. */
export const defaultLimits: ArchiveLimits = {
  totalBytes: 4 * 1024 ** 3,
  memberBytes: 1024 ** 3,
  members: 10_000,
  nameBytes: 255,
  ratio: 500,
  ratioAfterBytes: 10 * 1024 ** 2,
};
