/** The ROS API: recommendations for containers and namespaces, in the shape that its clients know. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BadInput, Retryable } from '../../../../streams/runtime/errors.ts';
import { csvLine } from '../../csv.ts';
import type { HttpDeps } from '../../deps.ts';
import { pageLinks, readPage } from './list-page.ts';
import { defaultStart, isUuid, readFilters, type RawQuery } from './list-query.ts';
import { findItem, findPage, hiddenByStart, type Kind } from './ros-read.ts';
import { rosCsvHeader, rosCsvRows, type RosItem } from './ros-items.ts';
import { detailQuery, listQuery, rosResponses } from './ros-schema.ts';
import { readUnits } from './units.ts';

/** Where the ROS API is mounted. */
export const rosPrefix = '/api/cost-management/v1/recommendations/openshift';
/** Rows of a CSV export; `limit` does not count there, `offset` does. */
const csvRows = 1000;

/** Adds lists and details. */
export function rosRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const config = { refusal: 'ros' } as const;
  // The API reads its parameters in its own way and with its own words, so the framework must not judge them first.
  const validatorCompiler = (): (() => boolean) => () => true;
  for (const [path, kind] of [
    ['', 'container'],
    ['/container', 'container'],
    ['/namespace', 'namespace'],
  ] as const) {
    const tags = ['recommendation'];
    app.get(
      `${rosPrefix}${path}`,
      {
        config,
        validatorCompiler,
        schema: {
          tags,
          summary: `Recommendations per ${kind}`,
          querystring: listQuery(kind),
          response: rosResponses,
        },
      },
      (request, reply) => rosList(deps, kind, defaultStart((deps.now ?? Date.now)()), request, reply),
    );
    app.get(
      `${rosPrefix}${path}/:id`,
      {
        config,
        validatorCompiler,
        schema: {
          tags,
          summary: `One recommendation of a ${kind}, with plots`,
          params: { type: 'object', properties: { id: { type: 'string', format: 'uuid' } } },
          querystring: detailQuery(kind),
          response: rosResponses,
        },
      },
      (request) => rosDetail(deps, kind, request),
    );
  }
  app.get(
    `${rosPrefix}/openapi.json`,
    { config: { access: 'open' }, schema: { tags: ['operations'], summary: 'This description' } },
    (_request, reply) => reply.type('application/json; charset=utf-8').send(app.swagger()),
  );
}

/** Answers a list as JSON or CSV; `start` is the day it begins at when the client does not say, null for all. */
export async function rosList(
  deps: HttpDeps,
  kind: Kind,
  start: string | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const query = request.query as RawQuery;
  const page = readPage(kind, query, request.headers.accept);
  const units = readUnits(query, 'bytes');
  const filters = readFilters(kind, { ...(start === null ? {} : { start_date: start }), ...query });
  const { org } = request.caller;
  const options = { units, plots: false };
  if (page.csv) {
    const { items } = await reading(
      findPage(deps, org, filters, { ...page, limit: csvRows }, options, false),
    );
    return sendCsv(reply, items, (deps.now ?? Date.now)());
  }
  const { items, count } = await reading(findPage(deps, org, filters, page, options, true));
  const hidden =
    count === 0 && start !== null && query['start_date'] === undefined
      ? await reading(hiddenByStart(deps, org, kind, query))
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
    links: pageLinks(request.url.split('?')[0]!, query, page, count),
  };
}

async function rosDetail(deps: HttpDeps, kind: Kind, request: FastifyRequest): Promise<RosItem> {
  const { id } = request.params as { id: string };
  if (!isUuid(id)) throw new BadInput({ code: 'BAD_RECOMMENDATION_ID', message: 'bad recommendation_id' });
  const units = readUnits(request.query as RawQuery, kind === 'container' ? 'MiB' : 'bytes');
  const item = await reading(
    findItem(deps, request.caller.org, kind, id.toLowerCase(), { units, plots: true }),
  );
  if (item === null) {
    throw new BadInput({ code: 'RECOMMENDATION_NOT_FOUND', message: 'unable to fetch recommendation' });
  }
  return item;
}

function sendCsv(reply: FastifyReply, items: readonly RosItem[], now: number): FastifyReply {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const lines = items.flatMap((item) => [...rosCsvRows(item)].map(csvLine));
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename=recommendations-${day}.csv`)
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
