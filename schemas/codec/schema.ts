/** A schema as a registry knows it. */
export interface RegisteredSchema {
  /** Namespace and name of the record, e.g. `rightstream.intake.UploadReceived`. */
  readonly fullName: string;
  /** The schema as JSON text. */
  readonly avro: string;
}

/** A committed version of a schema; the id never changes, so records stay readable. */
export interface HistoricSchema extends RegisteredSchema {
  readonly id: number;
}
