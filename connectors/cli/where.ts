/** What people type to choose rows: `k=v`, `k!=v`, `k>v`, `k>=v`, `k<v`, `k<=v`, `k~v`, and `column:desc`. */
import type { Filter, Query } from '../../projections/runtime/ports.ts';
import { BadInput } from '../../streams/runtime/errors.ts';

const operators = {
  '=': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '~': 'like',
} as const;

/** A condition as a filter; `k=null` and `k!=null` ask whether there is a value. */
export function parseWhere(text: string): Filter {
  const match = /^\s*(\w+)\s*(!=|>=|<=|=|>|<|~)([^]*)$/.exec(text);
  if (match === null) {
    throw new BadInput({
      code: 'BAD_CONDITION',
      message: `${JSON.stringify(text)} is no condition: write column=value, or one of != > >= < <= ~ (contains) for =`,
    });
  }
  const column = match[1]!;
  const op = operators[match[2] as keyof typeof operators];
  const value = match[3]!.trim();
  if (value === 'null' && op === 'eq') return { column, op: 'isNull', value: null };
  if (value === 'null' && op === 'ne') return { column, op: 'notNull', value: null };
  return { column, op, value };
}

/** `column`, `column:asc` or `column:desc`, several with commas. */
export function parseOrder(text: string): NonNullable<Query['orderBy']> {
  return list(text).map((part) => {
    const match = /^(\w+)(?::(asc|desc))?$/.exec(part);
    if (match === null) {
      throw new BadInput({
        code: 'BAD_ORDER',
        message: `${JSON.stringify(part)} is no order: write column, column:asc or column:desc`,
      });
    }
    return { column: match[1]!, descending: match[2] === 'desc', nullsLast: true };
  });
}

/** Names with commas between them. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A whole number of an option. Anything else: BadInput BAD_OPTION. */
export function wholeNumber(option: string, text: string, low = 0, high = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  const range = high === Number.MAX_SAFE_INTEGER ? `${low} or more` : `from ${low} to ${high}`;
  throw new BadInput({
    code: 'BAD_OPTION',
    message: `${option} must be a whole number, ${range}; got ${JSON.stringify(text)}`,
  });
}
