/** What the lists have in common. */

/** A row of a table. */
export type Row = Readonly<Record<string, unknown>>;

/** A part of a list. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}
