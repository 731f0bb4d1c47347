/** What the code says, as far as the check compares it with topology.yaml; stream and projection definitions fit as they are. */

/** A stream's definition. */
export interface StreamCode {
  readonly id: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly on?: Readonly<Record<string, unknown>>;
}

/** A projection's definition. */
export interface ProjectionCode {
  readonly id: string;
  readonly from: readonly string[];
  readonly emits: readonly string[];
  readonly tables: Readonly<Record<string, TableCode>>;
  readonly fold?: Readonly<Record<string, unknown>>;
  readonly decide?: Readonly<Record<string, unknown>>;
}

/** A table's definition. */
export interface TableCode {
  readonly comment: string;
  readonly columns: Readonly<Record<string, { readonly comment: string }>>;
}

/** Everything that a check looks at besides the file. */
export interface Code {
  readonly streams: readonly StreamCode[];
  readonly projections: readonly ProjectionCode[];
  /** Schemas by event name. */
  readonly eventSchemas: Readonly<Record<string, { readonly context: string; readonly avro: string }>>;
  /** Names of the topic constants. */
  readonly topics: readonly string[];
  /** Paths in the repository with `/`; only those under streams/, projections/ and connectors/ matter. */
  readonly files: readonly string[];
}

/** A unit's definition in one shape. */
export interface UnitCode {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly tables: Readonly<Record<string, TableCode>>;
  /** Events with a handler. */
  readonly handles: readonly string[];
}

/** Definitions by `<kind> <id>`. */
export function unitCodes(code: Code): Map<string, UnitCode> {
  const units = new Map<string, UnitCode>();
  for (const { id, from, to, on = {} } of code.streams) {
    units.set(`stream ${id}`, { from, to, tables: {}, handles: Object.keys(on) });
  }
  for (const { id, from, emits, tables, fold = {}, decide = {} } of code.projections) {
    const handles = [...new Set([...Object.keys(fold), ...Object.keys(decide)])];
    units.set(`projection ${id}`, { from, to: emits, tables, handles });
  }
  return units;
}
