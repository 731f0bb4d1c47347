/** Parameters and answers that the lists of this product's own API share. */
import type { Query } from '../../../projections/runtime/ports.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';

/** A page by offset. */
export interface PageQuery {
  readonly limit?: number;
  readonly offset?: number;
}

/** Its parameters. */
export const pageProperties = {
  limit: { type: 'integer', minimum: 1, maximum: 1000, default: 50 },
  offset: { type: 'integer', minimum: 0, maximum: 1_000_000_000, default: 0 },
} as const;

/** Its values. */
export function page(query: PageQuery): { limit: number; offset: number } {
  return { limit: query.limit ?? 50, offset: query.offset ?? 0 };
}

/** Reads `col,-col2` as an order over known columns, with `tie` last so that pages do not overlap. */
export function sortOrder(
  text: string,
  columns: readonly string[],
  ...tie: readonly string[]
): NonNullable<Query['orderBy']> {
  const order = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const descending = part.startsWith('-');
      return { column: descending ? part.slice(1) : part, descending, nullsLast: true };
    });
  const unknown = order.find(({ column }) => !columns.includes(column));
  if (unknown !== undefined) {
    throw new BadInput({
      code: 'UNKNOWN_COLUMN',
      message: `there is no column ${unknown.column} to sort by; there are ${columns.join(', ')}`,
    });
  }
  const sorted = new Set(order.map(({ column }) => column));
  return [
    ...order,
    ...tie.filter((column) => !sorted.has(column)).map((column) => ({ column, descending: false })),
  ];
}

/** Answers of most routes, for the description. */
export const answers = {
  200: { description: 'What was asked for.', type: 'object', additionalProperties: true },
  400: { description: 'A parameter cannot be read; the message says which.', $ref: 'Error#' },
  401: { description: 'No identity that can be read.', $ref: 'Error#' },
  404: { description: 'Not there, or not of this organisation.', $ref: 'Error#' },
  503: { description: 'Something this needs is away; try again.', $ref: 'Error#' },
} as const;
