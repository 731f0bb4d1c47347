/** Reading recommendations for the ROS API: a page, one item, and why a list is empty. */
import type { HttpDeps } from '../../deps.ts';
import type { Page } from './list-page.ts';
import { advised, readFilters, type ListFilters, type RawQuery } from './list-query.ts';
import { itemColumns, rosItem, type RecommendationRow, type RosItem } from './ros-items.ts';
import type { Options } from './transform.ts';

/** What recommendations are for. */
export type Kind = 'container' | 'namespace';

const table = 'recommendations';

/** Items of a page and, when asked for, how many there are in all. */
export async function findPage(
  { readModels }: HttpDeps,
  org: string,
  { where, anyOf }: ListFilters,
  { limit, offset, orderBy }: Page,
  options: Options,
  counted: boolean,
): Promise<{ items: RosItem[]; count: number }> {
  const count = counted ? await readModels.count({ table, org, where, anyOf }) : 0;
  const rows =
    limit === 0 || (counted && offset >= count)
      ? []
      : await readModels.select({ table, org, where, anyOf, orderBy, limit, offset, columns: itemColumns });
  return { items: await toItems(readModels, org, rows, options), count };
}

/** One item of the organisation, or null. */
export async function findItem(
  { readModels }: HttpDeps,
  org: string,
  kind: Kind,
  id: string,
  options: Options,
): Promise<RosItem | null> {
  const rows = await readModels.select({
    table,
    org,
    where: [{ column: 'recommendation_id', op: 'eq', value: id }, ...advised(kind)],
    limit: 1,
    columns: itemColumns,
  });
  return (await toItems(readModels, org, rows, options))[0] ?? null;
}

/** How many rows an empty list would have if it did not start at a default day. */
export async function hiddenByStart(
  { readModels }: HttpDeps,
  org: string,
  kind: Kind,
  query: RawQuery,
): Promise<number> {
  return readModels.count({ table, org, ...readFilters(kind, query) });
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
