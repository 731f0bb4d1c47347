/** What a caller may read of its organisation, as filters on a table. */
import type { Filter, Reach, TableInfo } from '../../projections/runtime/ports.ts';
import { BadInput } from '../../streams/runtime/errors.ts';

/** The words that upstream refuses with. */
export const notAuthorized = 'User is not authorized';

/** True for a caller that may read all of its organisation. */
export function readsAll({ clusters, projects }: Reach): boolean {
  return clusters === undefined && projects === undefined;
}

/** Filters for tables that name cluster and namespace. */
export function reachFilters({ clusters, projects }: Reach): Filter[] {
  const filters: Filter[] = [];
  if (clusters !== undefined) {
    // Ids of clusters are kept in lower case where they are UUIDs.
    const value = [...new Set(clusters.flatMap((id) => [id, id.toLowerCase()]))];
    filters.push({ column: 'cluster_id', op: 'in', value });
  }
  if (projects !== undefined) filters.push({ column: 'namespace', op: 'in', value: projects });
  return filters;
}

/** The same for any table; one that does not say what its rows are of: BadInput NOT_AUTHORIZED. */
export function tableReach(reach: Reach, { columns }: TableInfo): Filter[] {
  const filters = reachFilters(reach);
  if (filters.every(({ column }) => columns.some(({ name }) => name === column))) return filters;
  throw new BadInput({ code: 'NOT_AUTHORIZED', message: notAuthorized });
}
