/** Finding stored recommendations and deriving them again from the log. */
import { deadRecords } from '../../projections/runtime/folding.ts';
import recommendations from '../../projections/recommendation/recommendations.projection.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import { partitionOf } from '../../streams/runtime/partitioner.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import type { Filter } from '../../projections/runtime/ports.ts';
import { proposalNames } from '../../projections/recommendation/policy/advise.ts';
import { recordedPolicy } from '../../projections/recommendation/policy/detail.ts';
import type { App } from './app.ts';
import { deriveFromLog, verifyAgain } from './derive.ts';
import type { Derived } from './derive.ts';

/** A row of the table recommendations, as it is read. */
export interface Recommendation extends Readonly<Record<string, unknown>> {
  readonly recommendation_id: string;
  readonly kind: 'container' | 'namespace';
  readonly org_id: string;
  readonly cluster_id: string;
  readonly namespace: string;
  readonly workload_type: string;
  readonly workload: string;
  readonly container: string | null;
  readonly monitoring_end_time: string;
  readonly cpu_request_current: number | null;
  readonly memory_request_current: number | null;
  readonly notifications: readonly number[];
  readonly document: unknown;
  readonly policy: string;
  readonly engine_version: number;
  readonly precision: 'exact' | 'compact';
  readonly intervals: number;
  readonly cause: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The recommendation of an id or a name such as namespace/workload/container. None, or several: BadInput. */
export async function find(app: App, org: string, name: string): Promise<Recommendation> {
  const rows = await select(app, org, conditions(name), 20);
  if (rows.length === 1) return rows[0]!;
  if (rows.length > 1) {
    const lines = rows.map((row) => `  ${row.recommendation_id}  ${keyOf(row)}/${row.container ?? ''}`);
    throw new BadInput({
      code: 'RECOMMENDATION_AMBIGUOUS',
      message: `${name} can be each of these, give the id:\n${lines.join('\n')}`,
    });
  }
  throw new BadInput({
    code: 'RECOMMENDATION_UNKNOWN',
    message: `organisation ${org} has no recommendation ${name}; \`rightstream query recommendations --columns recommendation_id,namespace,workload,container --org ${org}\` lists them`,
  });
}

function conditions(name: string): Filter[] {
  const eq = (column: string, value: string): Filter => ({ column, op: 'eq', value });
  if (UUID.test(name)) return [eq('recommendation_id', name.toLowerCase())];
  const [namespace, workload, container, ...rest] = name.split('/');
  if (rest.length > 0 || workload === undefined) {
    throw new BadInput({
      code: 'BAD_RECOMMENDATION',
      message: `${JSON.stringify(name)} is neither a recommendation id nor namespace/workload[/container]`,
    });
  }
  const where = [eq('namespace', namespace!), eq('workload', workload)];
  return container === undefined ? where : [...where, eq('container', container)];
}

async function select(
  app: App,
  org: string,
  where: readonly Filter[],
  limit: number,
  offset = 0,
): Promise<Recommendation[]> {
  const rows = await app.readModels.select({ table: 'recommendations', org, where, limit, offset });
  return rows as Recommendation[];
}

/** The key of the records that a recommendation follows from. */
export function keyOf(row: Recommendation): string {
  return recordKey(row.org_id, row.cluster_id, row.namespace, row.workload_type, row.workload);
}

/** Derives these recommendations from the log, as far as the projection has read it; each partition is read once. */
export async function deriveFor(
  app: App,
  rows: readonly Recommendation[],
): Promise<ReadonlyMap<string, Derived>> {
  const partitions = (await app.log.ends(topics.usage)).length;
  const positions = await app.store.positions(recommendations.id);
  const { codec, limits } = app.pipeline;
  const dead = await deadRecords({ log: app.log, codec, limits }, recommendations.id);
  const keys = new Set(rows.map(keyOf));
  const all = new Map<string, Derived>();
  for (const partition of new Set([...keys].map((key) => partitionOf(key, partitions)))) {
    const at = positions.get(partition) ?? {};
    const until = Object.fromEntries(
      [topics.usage, retryTopic(recommendations.id)].map((topic) => [topic, at[topic] ?? 0]),
    );
    const source = { log: app.log, codec, limits, partition, until, dead };
    for (const [id, derived] of await deriveFromLog(source, (key) => keys.has(key))) all.set(id, derived);
  }
  return all;
}

/** Where a stored row differs from what the log says. */
export function verifyRow(
  row: Recommendation,
  derived: Derived | undefined,
  proposals: readonly unknown[],
): string[] {
  const { kind, document, notifications, intervals, precision } = row;
  const end = Date.parse(row.monitoring_end_time);
  const policy = recordedPolicy(row['policy_values']);
  return verifyAgain(
    { kind, end, document, notifications, intervals, precision, policy, proposals },
    derived,
  );
}

/** What engines proposed, by recommendation; engines by name. */
export async function proposalsOf(
  app: App,
  org: string,
  rows: readonly Recommendation[],
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const found = new Map<string, unknown[]>();
  const ids = rows.map((row) => row.recommendation_id);
  for (let from = 0; from < ids.length; from += IDS) {
    const value = ids.slice(from, from + IDS);
    const where = [{ column: 'recommendation_id', op: 'in', value } as const];
    const query = { table: 'recommendation_advice', org, where, limit: 10_000 };
    const advice = await app.readModels.select({
      ...query,
      columns: ['recommendation_id', ...proposalNames],
    });
    for (const { recommendation_id: id, ...proposal } of advice)
      found.set(String(id), [...(found.get(String(id)) ?? []), proposal]);
  }
  return found;
}

/** Recommendations whose proposals are read at once; each has one per engine. */
const IDS = 500;

/** Recommendations that are held at once. */
const PAGE = 2_000;

/** Every recommendation of an organisation, with where it differs. */
export async function* findAll(
  app: App,
  org: string,
): AsyncGenerator<{ row: Recommendation; differences: string[] }> {
  for (let offset = 0; ; offset += PAGE) {
    const rows = await select(app, org, [], PAGE, offset);
    if (rows.length === 0) return;
    const derived = await deriveFor(app, rows);
    const proposals = await proposalsOf(app, org, rows);
    for (const row of rows) {
      const id = row.recommendation_id;
      yield { row, differences: verifyRow(row, derived.get(id), proposals.get(id) ?? []) };
    }
  }
}
