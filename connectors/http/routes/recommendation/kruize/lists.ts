/** GET /listExperiments and /listRecommendations: experiments of this API, then the workloads that reports tell of. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDeps } from '../../../deps.ts';
import { timeParameter } from './body.ts';
import { KruizeError } from './envelope.ts';
import type { Page, Row } from './page.ts';
import {
  advisedExperiments,
  listedExperiments,
  registered,
  registeredCount,
  registeredNames,
} from './registered.ts';
import { advisedWorkloads, listedWorkloads } from './workloads.ts';
import type { Named } from './workloads.ts';

/** Experiments of one answer; `limit` and `offset` are ours, Kruize sends all. */
const MAX_EXPERIMENTS = 1_000;

const tags = ['recommendation'];

/** Adds the two lists. */
export function listRoutes(scope: FastifyInstance, deps: HttpDeps): void {
  scope.get(
    '/listExperiments',
    { schema: { tags, summary: 'Kruize: experiments, and workloads as experiments' } },
    (request) => {
      const { flags, name, page } = asked(request, ['results', 'recommendations', 'latest', 'rm']);
      const { org } = request.caller;
      const shown = {
        results: flags.get('results') ?? false,
        recommendations: flags.get('recommendations') ?? false,
        latest: flags.get('latest') ?? true,
      };
      return both(deps, org, name, page, {
        own: (rows) => listedExperiments(deps, org, rows, shown),
        workloads: (rest) => listedWorkloads(deps, org, name, rest, shown.recommendations),
      });
    },
  );
  scope.get(
    '/listRecommendations',
    { schema: { tags, summary: 'Kruize: recommendations of experiments, the latest of each' } },
    async (request) => {
      const { name, page, query } = asked(request, undefined);
      const { org } = request.caller;
      const given = query['monitoring_end_time'];
      const end = given === undefined ? undefined : new Date(timeParameter(String(given))).toISOString();
      const found = await both(deps, org, name, page, {
        own: (rows) => advisedExperiments(deps, org, rows, { latest: query['latest'] !== 'false', end }),
        workloads: (rest) => advisedWorkloads(deps, org, name, rest, end),
        empty: end !== undefined,
      });
      if (end === undefined || found.length > 0) return found;
      throw new KruizeError(`Recommendation for timestamp - " ${String(given)} " does not exist`);
    },
  );
}

interface Sources {
  readonly own: (rows: readonly Row[]) => Promise<object[]>;
  readonly workloads: (page: Page) => Promise<Named[]>;
  /** A known name may have nothing to show. */
  readonly empty?: boolean;
}

/** One page over both. Of a name that both have, the experiment of this API counts. */
async function both(
  deps: HttpDeps,
  org: string,
  name: string | undefined,
  page: Page,
  { own, workloads, empty = false }: Sources,
): Promise<object[]> {
  const rows = await registered(deps, org, name, page);
  const items = await own(rows);
  if (name !== undefined) {
    if (rows.length > 0) return items;
    const found = await workloads(page);
    if (found.length === 0 && !empty)
      throw new KruizeError(`Given experiment name - " ${name} " is not valid`);
    return found.map(({ item }) => item);
  }
  if (rows.length >= page.limit) return items;
  const before = rows.length > 0 ? page.offset + rows.length : await registeredCount(deps, org);
  const rest = { limit: page.limit - rows.length, offset: Math.max(0, page.offset - before) };
  const found = await workloads(rest);
  const taken = await registeredNames(
    deps,
    org,
    found.map((it) => it.name),
  );
  return [...items, ...found.filter((it) => !taken.has(it.name)).map(({ item }) => item)];
}

interface Asked {
  readonly name: string | undefined;
  readonly flags: ReadonlyMap<string, boolean>;
  readonly page: Page;
  readonly query: Readonly<Record<string, string | string[]>>;
}

/** Reads the query; with `known` absent unknown parameters are ignored, as Kruize does there. */
function asked(request: FastifyRequest, known: readonly string[] | undefined): Asked {
  const query = request.query as Asked['query'];
  const ours = ['experiment_name', 'limit', 'offset'];
  const strange = Object.keys(query).filter((name) => ![...ours, ...(known ?? [])].includes(name));
  if (known !== undefined && strange.length > 0) {
    throw new KruizeError(`The query param(s) - " [${strange.join(', ')}] " is/are invalid`);
  }
  const flags = (known ?? []).flatMap((flag) => {
    const value = query[flag];
    if (value === undefined) return [];
    if (value !== 'true' && value !== 'false')
      throw new KruizeError('The query param value(s) is/are invalid');
    return [[flag, value === 'true'] as const];
  });
  const { experiment_name: name } = query;
  const limit = Math.min(MAX_EXPERIMENTS, whole(query['limit'], MAX_EXPERIMENTS));
  return {
    name: typeof name === 'string' ? name : name?.[0],
    flags: new Map(flags),
    page: { limit, offset: whole(query['offset'], 0) },
    query,
  };
}

function whole(text: unknown, absent: number): number {
  if (text === undefined) return absent;
  if (typeof text === 'string' && /^\d{1,9}$/.test(text)) return Number(text);
  throw new KruizeError('The query param value(s) is/are invalid');
}
