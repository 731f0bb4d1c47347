/** Schema ids: the port, and the registry of every profile that has no schema registry of its own. */
import { schemaHistory } from '../generated/history.ts';
import { canonicalForm } from './avro.ts';
import { CodecError } from './errors.ts';
import type { HistoricSchema, RegisteredSchema } from './schema.ts';

export type { HistoricSchema, RegisteredSchema } from './schema.ts';

/** Gives schemas ids and back. Adapters of a remote registry fetch beforehand: both calls answer at once. */
export interface SchemaRegistry {
  /** The id of a schema; one that it does not know: CodecError SCHEMA_UNKNOWN. */
  idOf(fullName: string, avroJson: string): number;
  /** The schema of an id, or undefined. */
  schemaOf(id: number): RegisteredSchema | undefined;
}

/**
 * A registry over the committed history (`schemas/history/<EventName>.<id>.avsc`): the same ids everywhere, for ever.
 * Schemas are the same when their canonical forms are: a changed doc needs no new id.
 */
export function localRegistry(history: readonly HistoricSchema[] = schemaHistory): SchemaRegistry {
  const byId = new Map(history.map((version) => [version.id, version]));
  let byForm: Map<string, number> | undefined;
  return {
    idOf(fullName, avroJson) {
      byForm ??= new Map(history.map((version) => [canonicalForm(version.avro), version.id]));
      const id = byForm.get(canonicalForm(avroJson));
      if (id === undefined) {
        throw new CodecError(
          'SCHEMA_UNKNOWN',
          `The current schema of ${fullName} is not in schemas/history: run \`npm run generate\`.`,
          { event: fullName },
        );
      }
      return id;
    },
    schemaOf: (id) => byId.get(id),
  };
}
