/** Reading recommendations for the ROS API: a page, one item, and why a list is empty. */
import type { Caller } from '../../caller.ts';
import type { HttpDeps } from '../../deps.ts';
import { reachFilters } from '../../reach.ts';
import type { Page } from './list-page.ts';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import { advised, readFilters, type ListFilters } from './list-query.ts';
import type { RawQuery } from './parameters.ts';
import { historyColumns, historyItem, type RosHistoryItem } from './ros-history.ts';
import { itemColumns, rosItem, type RecommendationRow, type RosItem } from './ros-items.ts';
import type { Options } from './transform.ts';

/** What recommendations are for. */
export type Kind = 'container' | 'namespace';

const table = 'recommendations';

/** Items of a page, and how many there are in all. */
export async function findPage(
  { readModels }: HttpDeps,
  { org, reach }: Caller,
  filters: ListFilters,
  { limit, offset, orderBy }: Page,
  options: Options,
): Promise<{ items: RosItem[]; count: number }> {
  const { anyOf } = filters;
  const where = [...filters.where, ...reachFilters(reach)];
  const count = await readModels.count({ table, org, where, anyOf });
  const rows =
    limit === 0 || offset >= count
      ? []
      : await readModels.select({ table, org, where, anyOf, orderBy, limit, offset, columns: itemColumns });
  return { items: await toItems(readModels, org, rows, options), count };
}

/** One item of the organisation, or null. */
export async function findItem(
  { readModels }: HttpDeps,
  { org, reach }: Caller,
  kind: Kind,
  id: string,
  options: Options,
): Promise<RosItem | null> {
  const rows = await readModels.select({
    table,
    org,
    where: [{ column: 'recommendation_id', op: 'eq', value: id }, ...advised(kind), ...reachFilters(reach)],
    limit: 1,
    columns: itemColumns,
  });
  return (await toItems(readModels, org, rows, options))[0] ?? null;
}

/** What was advised at each report end, the latest first, and how many there are; the caller was let at the item itself. */
export async function findHistory(
  { readModels }: HttpDeps,
  org: string,
  id: string,
  dates: readonly Filter[],
  { limit, offset }: Pick<Page, 'limit' | 'offset'>,
  options: Options,
): Promise<{ items: RosHistoryItem[]; count: number }> {
  const where: Filter[] = [{ column: 'recommendation_id', op: 'eq', value: id }, ...dates];
  const scope = { table: 'recommendation_history', org, where };
  const count = await readModels.count(scope);
  const orderBy = [{ column: 'monitoring_end_time', descending: true }];
  const rows =
    limit === 0 || offset >= count
      ? []
      : await readModels.select({ ...scope, columns: historyColumns, orderBy, limit, offset });
  return { items: rows.map((row) => historyItem(row, options)), count };
}

/** How many rows an empty list would have if it did not start at a default day. */
export async function hiddenByStart(
  { readModels }: HttpDeps,
  { org, reach }: Caller,
  kind: Kind,
  query: RawQuery,
): Promise<number> {
  const { where, anyOf } = readFilters(kind, query);
  return readModels.count({ table, org, where: [...where, ...reachFilters(reach)], anyOf });
}

async function toItems(
  readModels: HttpDeps['readModels'],
  org: string,
  rows: readonly RecommendationRow[],
  options: Options,
): Promise<RosItem[]> {
  const clusters = [...new Set(rows.map((row) => String(row['cluster_id'])))];
  const found =
    clusters.length === 0
      ? []
      : await readModels.select({
          table: 'clusters',
          org,
          where: [{ column: 'cluster_id', op: 'in', value: clusters }],
          columns: ['cluster_id', 'last_reported_at'],
          limit: clusters.length,
        });
  const reported = new Map(found.map((row) => [String(row['cluster_id']), String(row['last_reported_at'])]));
  return rows.map((row) => rosItem(row, reported, options));
}
