/** What bounds the memory of reading one report, whatever its bytes. */
export interface CsvLimits {
  /** Longest line in bytes, without its line end; a longer one becomes a broken row without being held. */
  readonly maxLineBytes: number;
  /** Bytes that are read before they are parsed together; grows up to one longest line. */
  readonly blockBytes: number;
  /** Most rows (good and broken) of one batch. */
  readonly batchRows: number;
  /** Most distinct texts per column before the dictionaries start anew. */
  readonly maxTexts: number;
  /** Most bytes of distinct texts per column before the dictionaries start anew; one text always fits. */
  readonly maxTextBytes: number;
  /** Most columns of a header. */
  readonly maxColumns: number;
}

/** The limits unless told otherwise: some 40 MB at worst, about 2 MB for a usual report. */
export const defaultLimits: CsvLimits = {
  maxLineBytes: 1 << 20,
  blockBytes: 256 << 10,
  batchRows: 2048,
  maxTexts: 1 << 16,
  maxTextBytes: 4 << 20,
  maxColumns: 1024,
};
