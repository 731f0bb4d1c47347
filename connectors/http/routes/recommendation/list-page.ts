/** Order, page and format of the ROS lists, and the links between pages. */
import { engines, terms } from '../../../../projections/recommendation/tables.ts';
import type { Query } from '../../../../projections/runtime/ports.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import { prefersCsv } from './accept.ts';
import { single, type RawQuery } from './parameters.ts';

/** Most rows of one page; `limit=-1` asks for it. */
export const maxLimit = 1000;

/** The page that a client asked for. */
export interface Page {
  /** 0 to 1,000. */
  readonly limit: number;
  readonly offset: number;
  readonly orderBy: NonNullable<Query['orderBy']>;
  readonly csv: boolean;
}

const shared: Readonly<Record<string, string>> = {
  cluster: 'cluster_alias',
  project: 'namespace',
  last_reported: 'monitoring_end_time',
  cpu_request_current: 'cpu_request_current',
  memory_request_current: 'memory_request_current',
  ...Object.fromEntries(
    ['cpu', 'memory'].flatMap((resource) =>
      terms.flatMap((term) =>
        engines.map((engine) => {
          const name = `${resource}_variation_${term}_${engine}`;
          return [name, `${name}_pct`];
        }),
      ),
    ),
  ),
};

/** Names that `order_by` takes, with the column that each sorts by. */
export const orders = {
  namespace: shared,
  container: { ...shared, workload_type: 'workload_type', workload: 'workload', container: 'container' },
} as const;

/** Reads limit, offset, order and format; `cap` is the most rows of a page. */
export function readPage(
  kind: 'container' | 'namespace',
  query: RawQuery,
  accept?: string,
  cap = maxLimit,
): Page {
  const orderBy = single(query, 'order_by') ?? 'last_reported';
  const column = Object.hasOwn(orders[kind], orderBy)
    ? (orders[kind] as Record<string, string>)[orderBy]
    : undefined;
  if (column === undefined) {
    throw new BadInput({ code: 'BAD_ORDER_BY', message: `invalid order_by value: ${orderBy}` });
  }
  const how = single(query, 'order_how') ?? 'desc';
  if (!/^(asc|desc)$/i.test(how)) {
    throw new BadInput({ code: 'BAD_ORDER_HOW', message: `invalid order_how value: ${how}` });
  }
  return {
    ...readWindow(query, cap),
    orderBy: [
      { column, descending: how.toLowerCase() === 'desc', nullsLast: true },
      { column: 'recommendation_id', descending: false },
    ],
    csv: readFormat(single(query, 'format'), accept),
  };
}

/** Reads limit and offset: what is no whole number counts as absent. */
export function readWindow(query: RawQuery, cap = maxLimit): Pick<Page, 'limit' | 'offset'> {
  return {
    limit: readLimit(single(query, 'limit'), cap),
    offset: Math.max(0, integer(single(query, 'offset')) ?? 0),
  };
}

/** Makes the link of the page at an offset. */
function linkTo(path: string, query: RawQuery, limit: number): (offset: number) => string {
  return (offset) => `${path}?${encode({ ...query, limit: `${limit}`, offset: `${offset}` })}`;
}

/** Links of a page: path and query with limit and offset replaced, parameters sorted. */
export function pageLinks(
  path: string,
  query: RawQuery,
  { limit, offset }: Pick<Page, 'limit' | 'offset'>,
  count: number,
): Record<string, string> {
  const to = linkTo(path, query, limit);
  const step = Math.max(1, limit);
  const last = limit > 0 ? Math.max(0, Math.floor((count - 1) / step) * step) : 0;
  return {
    first: to(0),
    // From behind the end, back to where there are rows.
    ...(limit > 0 && offset > 0 ? { previous: to(Math.min(last, Math.max(0, offset - step))) } : {}),
    ...(limit > 0 && offset + limit < count ? { next: to(offset + step) } : {}),
    last: to(last),
  };
}

/** The links as upstream makes them, slips included: see README, "For users of ROS-OCP". */
export function upstreamLinks(
  path: string,
  query: RawQuery,
  { limit, offset }: Pick<Page, 'limit' | 'offset'>,
  count: number,
): Record<string, string> {
  const to = linkTo(path, query, limit);
  return {
    first: to(offset),
    ...(offset > limit ? { previous: to(offset - limit) } : {}),
    ...(offset + limit < count ? { next: to(offset + limit) } : {}),
    last: to(offset + limit),
  };
}

function readLimit(text: string | undefined, cap: number): number {
  const limit = integer(text) ?? 10;
  if (limit < -1) throw new BadInput({ code: 'BAD_LIMIT', message: 'limit cannot be less than -1' });
  return limit === -1 ? cap : Math.min(limit, cap);
}

function readFormat(format: string | undefined, accept: string | undefined): boolean {
  if (format !== undefined && format !== 'json' && format !== 'csv') {
    throw new BadInput({ code: 'BAD_FORMAT', message: `invalid value for format: "${format}"` });
  }
  return prefersCsv(accept, format);
}

function integer(text: string | undefined): number | null {
  return text !== undefined && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Sorted by name; brackets and colons stay readable, everything else that would end a value is escaped. */
function encode(query: RawQuery): string {
  const escape = (text: string): string =>
    encodeURIComponent(text)
      .replaceAll('%20', '+')
      .replaceAll('%5B', '[')
      .replaceAll('%5D', ']')
      .replaceAll('%3A', ':');
  return Object.keys(query)
    .sort()
    .flatMap((name) => [query[name] ?? []].flat().map((value) => `${escape(name)}=${escape(value)}`))
    .join('&');
}
