/** What can be wrong with the bytes of a record or with an event that is to be written; the runtime decides what follows. */
export type CodecErrorCode =
  /** Shorter than the 5-byte prefix, or the Avro data ends early. */
  | 'RECORD_CUT_SHORT'
  /** The first byte is not 0. */
  | 'RECORD_MAGIC_BYTE'
  /** Bytes follow the Avro data. */
  | 'RECORD_TRAILING_BYTES'
  /** The Avro data cannot be read. */
  | 'RECORD_DAMAGED'
  /** A 64-bit integer is beyond 2^53 - 2. */
  | 'NUMBER_UNSAFE'
  /** The registry does not know the schema id, or has no id for a schema. */
  | 'SCHEMA_UNKNOWN'
  /** The current schema cannot read what this schema wrote. */
  | 'SCHEMA_INCOMPATIBLE'
  /** The schema is of no event that this version knows. */
  | 'EVENT_UNKNOWN'
  /** The data does not fit the schema of the event. */
  | 'EVENT_INVALID';

/** Thrown by the codec; never a matter of waiting: the same bytes fail again. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly code: CodecErrorCode;
  /** schemaId, event, field, bytes: what is known of the place. */
  readonly coordinates: Readonly<Record<string, string | number>>;

  constructor(
    code: CodecErrorCode,
    message: string,
    coordinates: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.coordinates = coordinates;
  }
}
