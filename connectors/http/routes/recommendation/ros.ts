/** The ROS API: recommendations for containers and namespaces, in the shape that its clients know. */
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { BadInput, Retryable } from '../../../../streams/runtime/errors.ts';
import { csvLine } from '../../csv.ts';
import type { HttpDeps } from '../../deps.ts';
import { checkTakesJson } from './accept.ts';
import { maxLimit, pageLinks, readPage, readWindow, upstreamLinks, type Page } from './list-page.ts';
import { dates, defaultStart, filterNames, isUuid, readFilters } from './list-query.ts';
import { checkNames, lenient, type RawQuery } from './parameters.ts';
import { findHistory, findItem, findPage, hiddenByStart, type Kind } from './ros-read.ts';
import { rosCsvHeader, rosCsvRows, type RosItem } from './ros-items.ts';
import { detailQuery, historyQuery, listQuery, namesOf, rosResponses } from './ros-schema.ts';
import { readUnits } from './units.ts';

/** Where the ROS API is mounted. */
export const rosPrefix = '/api/cost-management/v1/recommendations/openshift';
/** Rows of a CSV export; `limit` does not count there, `offset` does. */
const csvRows = 1000;
/** Most rows of a page where `limit` is not capped as here (setting rosCompat). */
const uncapped = 10_000;

/** Adds lists, details and histories. */
export function rosRoutes(app: FastifyInstance, deps: HttpDeps): void {
  for (const [path, kind] of [
    ['', 'container'],
    ['/container', 'container'],
    ['/namespace', 'namespace'],
  ] as const) {
    const add = (
      rest: string,
      schema: FastifySchema,
      answer: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
    ): void => {
      const options = {
        ...rosOptions,
        schema: { tags: ['recommendation'], response: rosResponses, ...schema },
      };
      app.get(`${rosPrefix}${path}${rest}`, options, (request, reply) =>
        likeUpstream(deps, kind, () => answer(request, reply)),
      );
    };
    const params = { type: 'object', properties: { id: { type: 'string', format: 'uuid' } } };
    add('', { summary: `Recommendations per ${kind}`, querystring: listQuery(kind) }, (request, reply) =>
      rosList(deps, kind, defaultStart((deps.now ?? Date.now)()), request, reply),
    );
    add(
      '/:id',
      { summary: `One recommendation of a ${kind}, with plots`, params, querystring: detailQuery(kind) },
      (request) => rosDetail(deps, kind, request),
    );
    add(
      '/:id/history',
      {
        summary: `What was advised for a ${kind} at each report end, the latest first`,
        params,
        querystring: historyQuery(kind),
      },
      (request) => rosHistory(deps, kind, request),
    );
  }
  app.get(
    `${rosPrefix}/openapi.json`,
    { config: { access: 'open' }, schema: { tags: ['operations'], summary: 'This description' } },
    (_request, reply) => reply.type('application/json; charset=utf-8').send(app.swagger()),
  );
}

/** Options of a route whose parameters are read here, in the words of the API: the framework must not judge them first. */
export const rosOptions = {
  config: { refusal: 'ros', reach: 'scoped' },
  validatorCompiler: (): (() => boolean) => () => true,
} as const;

/** Answers a list as JSON or CSV; `start` is the day it begins at when the client does not say, null for all. */
export async function rosList(
  deps: HttpDeps,
  kind: Kind,
  start: string | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { rosCompat } = deps.settings;
  const query = queryOf(deps, request, namesOf(listQuery(kind)), filterNames(kind));
  const page = readPage(kind, query, request.headers.accept, rosCompat ? uncapped : maxLimit);
  const units = readUnits(query, 'bytes');
  const filters = readFilters(kind, { ...(start === null ? {} : { start_date: start }), ...given(query) });
  const { caller } = request;
  const options = { units, plots: false };
  const path = request.url.split('?')[0]!;
  if (page.csv) {
    const rows = { ...page, limit: csvRows };
    const { items, count } = await reading(findPage(deps, caller, filters, rows, options));
    return sendCsv(reply, items, (deps.now ?? Date.now)(), pageLinks(path, query, rows, count)['next']);
  }
  const { items, count } = await reading(findPage(deps, caller, filters, page, options));
  const hidden =
    count === 0 && start !== null && given(query)['start_date'] === undefined
      ? await reading(hiddenByStart(deps, caller, kind, query))
      : 0;
  return {
    data: items,
    meta: {
      count,
      limit: page.limit,
      offset: page.offset,
      ...(hidden > 0
        ? { why: `${hidden} end before ${start}, where this list starts; add start_date=1970-01-01` }
        : {}),
    },
    links: linksOf(deps, path, query, page, count),
  };
}

async function rosDetail(deps: HttpDeps, kind: Kind, request: FastifyRequest): Promise<RosItem> {
  const query = queryOf(deps, request, namesOf(detailQuery(kind)));
  return itemOf(deps, kind, request, query);
}

async function rosHistory(deps: HttpDeps, kind: Kind, request: FastifyRequest): Promise<unknown> {
  const query = queryOf(deps, request, namesOf(historyQuery(kind)));
  const window = readWindow(query);
  const where = dates(query);
  // Whose history it is is checked on the recommendation itself, with all that limits the caller.
  const { id } = await itemOf(deps, kind, request, query);
  const units = readUnits(query, memoryUnit(kind));
  const { items, count } = await reading(
    findHistory(deps, request.caller.org, id, where, window, { units, plots: false }),
  );
  return {
    data: items,
    meta: { count, ...window },
    links: pageLinks(request.url.split('?')[0]!, query, window, count),
  };
}

async function itemOf(
  deps: HttpDeps,
  kind: Kind,
  request: FastifyRequest,
  query: RawQuery,
): Promise<RosItem> {
  checkTakesJson(request.headers.accept);
  const { id } = request.params as { id: string };
  if (!isUuid(id)) throw new BadInput({ code: 'BAD_RECOMMENDATION_ID', message: 'bad recommendation_id' });
  const units = readUnits(query, memoryUnit(kind));
  const item = await reading(findItem(deps, request.caller, kind, id.toLowerCase(), { units, plots: true }));
  if (item === null) {
    throw new BadInput({ code: 'RECOMMENDATION_NOT_FOUND', message: 'unable to fetch recommendation' });
  }
  return item;
}

/** What single recommendations are told in when the client does not say. */
function memoryUnit(kind: Kind): 'MiB' | 'bytes' {
  return kind === 'container' ? 'MiB' : 'bytes';
}

/** The query, with nothing in it that the route does not know; upstream lets such parameters pass. */
export function queryOf(
  { settings }: HttpDeps,
  request: FastifyRequest,
  known: readonly string[],
  many: readonly string[] = [],
): RawQuery {
  const query = request.query as RawQuery;
  if (settings.rosCompat) return lenient(query, known, (name) => many.includes(name));
  checkNames(query, known);
  return query;
}

/** Without what is empty. */
function given(query: RawQuery): RawQuery {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}

/** Links between pages, right or as upstream has them. */
export function linksOf(
  { settings }: HttpDeps,
  path: string,
  query: RawQuery,
  page: Pick<Page, 'limit' | 'offset'>,
  count: number,
): Record<string, string> {
  return (settings.rosCompat ? upstreamLinks : pageLinks)(path, query, page, count);
}

/** What upstream answers with 200 and {} in a list of containers; of namespaces it is everything. */
const silent = new Set(['TOO_MANY_VALUES', 'FILTER_CONFLICT', 'BAD_WORKLOAD_TYPE', 'BAD_DATE', 'BAD_VALUE']);

/** With the setting rosCompat, what upstream does not tell is not told. */
async function likeUpstream(
  { settings }: HttpDeps,
  kind: Kind,
  answer: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await answer();
  } catch (error) {
    const untold = error instanceof BadInput && (kind === 'namespace' || silent.has(error.code));
    if (!settings.rosCompat || !untold) throw error;
    return {};
  }
}

function sendCsv(
  reply: FastifyReply,
  items: readonly RosItem[],
  now: number,
  next: string | undefined,
): FastifyReply {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const lines = items.flatMap((item) => [...rosCsvRows(item)].map(csvLine));
  return reply
    .type('text/csv; charset=utf-8')
    .headers({
      'content-disposition': `attachment; filename=recommendations-${day}.csv`,
      ...(next === undefined ? {} : { link: `<${next}>; rel="next"` }),
    })
    .send(csvLine(rosCsvHeader) + lines.join(''));
}

/** A database that is away is told in the words of the API. */
async function reading<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Retryable)) throw error;
    throw new Retryable(
      { code: error.code, message: 'unable to fetch records from database' },
      { cause: error },
    );
  }
}
