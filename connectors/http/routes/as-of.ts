/** Reading a table as it was, for every route that takes `as_of`. */
import type { FastifyReply } from 'fastify';
import type { PastQuery, ReadModels } from '../../../projections/runtime/ports.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { HttpDeps } from '../deps.ts';

/** The parameter, for the description. */
export const asOfProperty = {
  as_of: {
    type: 'string',
    maxLength: 8000,
    description:
      'The table as it was: a time (2026-03-29T14:00:00Z, or ms since 1970) or positions as a former answer gave them. ' +
      'Quick when the filters name one workload or a row by its id; else 503 with retry-after until the table is folded.',
  },
} as const;

/** Header that tells the positions; left out when it would be too long for some clients. */
export const POSITIONS_HEADER = 'x-rightstream-positions';
const MAX_HEADER = 4096;

/** The tables as they are, or as they were at some positions. */
export interface Reads extends Pick<ReadModels, 'select' | 'count'> {
  /** What to say in `meta`; empty for the tables of now. */
  readonly meta: { readonly as_of?: string };
}

/** Runs the reads of one answer on the tables of now, or of then when `asOf` says so. */
export async function readAsOf<T>(
  { readModels, past }: HttpDeps,
  reply: FastifyReply,
  question: Omit<PastQuery, 'asOf'>,
  asOf: string | undefined,
  work: (reads: Reads) => Promise<T>,
): Promise<T> {
  if (asOf === undefined || asOf === '') return work({ ...readModels, meta: {} });
  if (past === undefined) {
    throw new BadInput({ code: 'UNKNOWN_PARAMETER', message: 'as_of is not served here' });
  }
  return past.read({ ...question, asOf }, async ({ select, count, positions }) => {
    if (positions.length <= MAX_HEADER) void reply.header(POSITIONS_HEADER, positions);
    return work({ select, count, meta: { as_of: positions } });
  });
}
