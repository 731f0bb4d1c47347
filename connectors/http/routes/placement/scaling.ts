/** Replicas by load: policies, loads, and what was decided why, with the series for a plot. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import { limitsAt } from '../../../../projections/placement/scaling/timetable.ts';
import type { ScalingPolicy } from '../../../../projections/placement/scaling/policy.ts';
import type { Load } from '../../../../projections/placement/scaling/load.ts';
import { recordKey } from '../../../../schemas/keys.ts';
import { topics } from '../../../../schemas/topics.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { Emission } from '../../../../streams/runtime/ports.ts';
import type { HttpDeps } from '../../deps.ts';
import { errorBody } from '../../errors.ts';
import { answers, page, pageProperties } from '../paging.ts';
import type { PageQuery } from '../paging.ts';
import { readLoadsBody, readPolicyBody } from './scaling-body.ts';
import type { Fields } from './state.ts';
import { MAX_BODY, wish } from './wish.ts';

const prefix = '/api/rightstream/v1/clusters/:cluster';
const path = `${prefix}/services/:service/scaling`;
const tags = ['placement'];
const name = { type: 'string', minLength: 1, maxLength: 253 } as const;
const ofService = { type: 'object', properties: { cluster: name, service: name } } as const;
/** Changes that a plot shows at most. */
const MOST_CHANGES = 1_000;

/** The path says these. */
const hidden = ['org_id', 'cluster_id', 'service'];

interface Params {
  readonly cluster: string;
  readonly service: string;
}

/** Adds the routes. */
export function scalingRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const described = (summary: string, more: object = {}) => ({
    schema: { tags, summary, params: ofService, response: answers, ...more },
    bodyLimit: MAX_BODY,
  });
  app.get<{ Params: Params }>(
    path,
    described('The policy of a service, its load, and what was decided last or why nothing changes'),
    async ({ params, caller: { org } }, reply) => {
      const [row] = await rowsOf(deps, 'scaling', org, params, 1);
      if (row === undefined) return notThere(reply, params);
      const [load] = await rowsOf(deps, 'load', org, params, 1);
      return { data: standing(row, load, now(deps)) };
    },
  );
  app.put<{ Params: Params }>(
    path,
    described('Let the replicas of a service follow its load; replaces a policy that is there'),
    (request, reply) => {
      const { cluster: cluster_id, service } = request.params;
      const policy = readPolicyBody(request.body);
      const data = { cluster_id, service, ...policy };
      return wish(deps, request, reply, 'ScalingRequested', data, () => ({ data: policy }));
    },
  );
  app.delete<{ Params: Params }>(
    path,
    described('Let the number of replicas stay as it is now'),
    (request, reply) => {
      const { cluster: cluster_id, service } = request.params;
      const data = { cluster_id, service };
      return wish(deps, request, reply, 'ScalingRemovalRequested', data, (outcomes) => ({ outcomes }));
    },
  );
  app.get<{ Params: Params; Querystring: PageQuery & { readonly inputs?: boolean } }>(
    `${path}/decisions`,
    described(
      'Decisions and reasons not to change, the latest first; rate and replicas of the last half hour',
      {
        querystring: {
          type: 'object',
          properties: {
            ...pageProperties,
            inputs: { type: 'boolean', default: false, description: 'With all that each depends on.' },
          },
        },
      },
    ),
    async ({ params, query, caller: { org } }) => decisionsOf(deps, org, params, query),
  );
  app.post<{ Params: Params }>(
    `${prefix}/load`,
    described('Report loads of services, at most 1,000; each may be decided on', {
      params: { type: 'object', properties: { cluster: name } },
    }),
    async (request, reply) => {
      const { cluster } = request.params;
      const { org } = request.caller;
      const loads = readLoadsBody(request.body, now(deps));
      await knownOrThrow(deps, org, cluster, new Set(loads.map(({ service }) => service)));
      const events = loads.map((load): Emission => {
        const data = { org_id: org, cluster_id: cluster, ...load };
        return { topic: topics.placement, key: recordKey(org, cluster), type: 'LoadReported', data };
      });
      await deps.wishes.accept({ org, requestId: null, digest: '', events });
      return reply.code(202).send({ status: 'accepted', loads: events.length });
    },
  );
}

function now({ now: clock }: HttpDeps): number {
  return clock?.() ?? Date.now();
}

const itsRows = ({ cluster, service }: Params): Filter[] => [
  { column: 'cluster_id', op: 'eq', value: cluster },
  { column: 'service', op: 'eq', value: service },
];

function rowsOf(
  { readModels }: HttpDeps,
  table: 'scaling' | 'load',
  org: string,
  params: Params,
  limit: number,
): Promise<readonly Fields[]> {
  return readModels.select({ table, org, where: itsRows(params), limit });
}

function notThere(reply: FastifyReply, { service }: Params): FastifyReply {
  const message = `replicas of ${service} follow no policy; PUT one here`;
  return reply.code(404).send(errorBody({ code: 'NO_SCALING', message }));
}

function standing(row: Fields, load: Fields | undefined, at: number): object {
  const policy = row['policy'] as ScalingPolicy;
  const { min, max, entry } = limitsAt(policy, at);
  return {
    policy,
    limits: { min, max, timetable: entry },
    replicas: row['replicas'],
    last:
      row['decided_at'] === null
        ? null
        : { at: row['decided_at'], from: row['decided_from'], reason: row['decided_reason'] },
    held:
      row['held_at'] === null
        ? null
        : { since: row['held_at'], reason: row['held_reason'], message: row['held_message'] },
    load: load === undefined ? null : (load['state'] as Load).last,
  };
}

async function decisionsOf(
  deps: HttpDeps,
  org: string,
  params: Params,
  query: PageQuery & { readonly inputs?: boolean },
): Promise<object> {
  const { limit, offset } = page(query);
  const where = itsRows(params);
  const latest = [
    { column: 'at', descending: true },
    { column: 'decision', descending: true, nullsLast: false },
    { column: 'event_id', descending: true },
  ];
  const table = 'scaling_decisions';
  const rows = await deps.readModels.select({ table, org, where, orderBy: latest, limit, offset });
  const count = await deps.readModels.count({ table, org, where });
  const [load] = await rowsOf(deps, 'load', org, params, 1);
  const pieces = load === undefined ? [] : (load['state'] as Load).pieces;
  const changes = await deps.readModels.select({
    ...{ table, org, orderBy: latest, limit: MOST_CHANGES },
    columns: ['at', 'from_replicas', 'replicas', 'reason'],
    where: [...where, { column: 'decision', op: 'gt', value: 0 }],
  });
  const shown = (row: Fields) =>
    Object.entries(row).filter(
      ([column]) => !hidden.includes(column) && (column !== 'inputs' || query.inputs === true),
    );
  const data = rows.map((row) => Object.fromEntries(shown(row)));
  const why = count > 0 ? {} : { why: 'nothing was decided; PUT a policy, and report loads' };
  return {
    data,
    meta: { count, limit, offset, ...why },
    series: {
      piece_seconds: 15,
      load: pieces.map(({ at, ...piece }) => ({ at: new Date(at).toISOString(), ...piece })),
      replicas: changes
        .map((row) => ({
          at: row['at'],
          from: row['from_replicas'],
          to: row['replicas'],
          reason: row['reason'],
        }))
        .reverse(),
    },
  };
}

async function knownOrThrow(
  { readModels }: HttpDeps,
  org: string,
  cluster: string,
  services: ReadonlySet<string>,
): Promise<void> {
  const found = await readModels.select({
    ...{ table: 'services', org, columns: ['name'], limit: services.size },
    where: [
      { column: 'cluster_id', op: 'eq', value: cluster },
      { column: 'name', op: 'in', value: [...services] },
    ],
  });
  const known = new Set(found.map((row) => String(row['name'])));
  const missing = [...services].find((service) => !known.has(service));
  if (missing === undefined) return;
  const message = `there is no service ${missing} in cluster ${cluster}; declare it first; nothing was taken`;
  throw new BadInput({ code: 'UNKNOWN_SERVICE', message });
}
