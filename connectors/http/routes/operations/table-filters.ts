/** Filters on tables as query parameters: `where=column:op:value` and `filter[column]=value`. */
import type { Filter, TableInfo } from '../../../../projections/runtime/ports.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';

const operators = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'notIn',
  'like',
  'anyLike',
  'isNull',
  'notNull',
] as const;
const lists = new Set<string>(['in', 'notIn', 'anyLike']);
/** Most values of one list. */
const maxValues = 500;

/** What the description says about `where`. */
export const filterHelp = `column:op:value, AND-ed; op is one of ${operators.join(', ')}; values of lists by comma. filter[column]=value is short for eq.`;

/** Reads all filters of a query; a parameter that is none is refused, so that a misspelt one does not show everything. */
export function readTableFilters(info: TableInfo, query: Readonly<Record<string, unknown>>): Filter[] {
  const where = (query['where'] as readonly string[] | undefined) ?? [];
  const filters = where.map((text) => readFilter(info, text));
  for (const [name, value] of Object.entries(query)) {
    if (known.has(name)) continue;
    const column = /^filter\[(.+)\]$/.exec(name)?.[1];
    if (column === undefined) {
      throw new BadInput({
        code: 'UNKNOWN_PARAMETER',
        message: `there is no parameter "${name.slice(0, 80)}"; filters are written where=column:op:value`,
      });
    }
    const values = [value].flat().map(String);
    filters.push(make(info, column, values.length === 1 ? 'eq' : 'in', values));
  }
  return filters;
}

const known = new Set(['where', 'sort', 'columns', 'limit', 'offset', 'after', 'count', 'format', 'as_of']);

function readFilter(info: TableInfo, text: string): Filter {
  const [column = '', op = '', ...rest] = text.split(':');
  const operator = operators.find((name) => name === op);
  if (operator === undefined) {
    throw new BadInput({
      code: 'BAD_FILTER',
      message: `"${text.slice(0, 80)}" is no filter; write column:op:value with op one of ${operators.join(', ')}`,
    });
  }
  const value = rest.join(':');
  return make(info, column, operator, lists.has(operator) ? value.split(',') : [value]);
}

function make(info: TableInfo, column: string, op: Filter['op'], values: readonly string[]): Filter {
  const found = info.columns.find(({ name }) => name === column);
  if (found === undefined) {
    throw new BadInput({
      code: 'UNKNOWN_COLUMN',
      message: `${info.name} has no column "${column.slice(0, 80)}"; it has ${info.columns.map(({ name }) => name).join(', ')}`,
    });
  }
  if (values.length > maxValues) {
    throw new BadInput({
      code: 'TOO_MANY_VALUES',
      message: `${column}: at most ${maxValues} values in one filter`,
    });
  }
  if (op === 'isNull' || op === 'notNull') return { column, op, value: null };
  if (found.type === 'bytea') {
    throw new BadInput({
      code: 'BAD_FILTER',
      message: `${column} holds bytes; only isNull and notNull work on it`,
    });
  }
  return { column, op, value: lists.has(op) ? values : values[0]! };
}
