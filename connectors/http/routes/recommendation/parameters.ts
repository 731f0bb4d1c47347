/** Parameters of the ROS API by name: which a route knows, and the value of those that have one. */
import { BadInput } from '../../../../streams/runtime/errors.ts';

/** Query parameters as the server hands them over: one value, or a list when a name is repeated. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Longest part of a client's text in a message. */
const SHOWN = 80;

/** Throws BadInput UNKNOWN_PARAMETER, which names the first one that is none of `known`. */
export function checkNames(query: RawQuery, known: readonly string[]): void {
  const strange = Object.keys(query).find((name) => !known.includes(name));
  if (strange === undefined) return;
  throw new BadInput({
    code: 'UNKNOWN_PARAMETER',
    message: `unknown parameter: ${strange.slice(0, SHOWN)}; ${known.length === 0 ? 'there are none here' : `there are ${known.join(', ')}`}`,
  });
}

/** The value of a parameter that has one; empty counts as absent. Given twice: BadInput REPEATED_PARAMETER. */
export function single(query: RawQuery, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new BadInput({
    code: 'REPEATED_PARAMETER',
    message: `${name} is given ${value.length} times; give it once`,
  });
}

/**
 * Only what a route knows, and the first of values that it takes one of: what upstream makes of a query, without a word.
 * `many` tells the parameters that may be repeated.
 */
export function lenient(
  query: RawQuery,
  known: readonly string[],
  many: (name: string) => boolean,
): RawQuery {
  return Object.fromEntries(
    known
      .filter((name) => query[name] !== undefined)
      .map((name) => {
        const value = query[name];
        return [name, typeof value === 'string' || many(name) ? value : value?.[0]];
      }),
  );
}
