import { afterEach, describe, expect, it } from 'vitest';
import type { PastQuery, PastReads } from '../../../../projections/runtime/ports.ts';
import { BadInput, Retryable } from '../../../../streams/runtime/errors.ts';
import { fixtureRows } from '../../../support/http-fixtures.ts';
import { identityOf, testReadModels, testServer, type TestServer } from '../../../support/http-server.ts';

const ORG = 'org-a';
const asked: PastQuery[] = [];
let server: TestServer | undefined;
afterEach(async () => {
  asked.length = 0;
  await server?.app.close();
  server = undefined;
});

/** A server whose tables are empty now, and had the fixture's rows then. */
async function serverWith(positions: string, failure?: Error): Promise<TestServer> {
  const { select, count } = testReadModels(() => fixtureRows(ORG));
  const past: PastReads = {
    read: async (query, work) => {
      asked.push(query);
      if (failure !== undefined) throw failure;
      return work({ select, count, positions, hashes: () => Promise.resolve([]) });
    },
    close: () => Promise.resolve(),
  };
  server = await testServer({}, {}, { past });
  return server;
}

interface Answer {
  readonly data: Record<string, unknown>[];
  readonly meta: Record<string, unknown>;
  readonly links: { readonly next?: string };
}

const POSITIONS = 'intake/0@12,intake/1@7';

describe('tables as of then', () => {
  it('have the rows of then, say the positions, and go on with them on the next page', async () => {
    const { app } = await serverWith(POSITIONS);
    const headers = identityOf(ORG);
    const now = await app.inject({ url: '/tables/uploads', headers });
    expect(now.json<Answer>()).toMatchObject({ data: [], meta: { table: 'uploads', limit: 100 } });
    expect(now.headers).not.toHaveProperty('x-rightstream-positions');
    const time = '2026-03-29T14:00:00+02:00';
    const url = `/tables/uploads?limit=2&count=true&where=rows:gte:0&as_of=${encodeURIComponent(time)}`;
    const first = await app.inject({ url, headers });
    const page = first.json<Answer>();
    expect(page.data).toHaveLength(2);
    expect(page.meta).toMatchObject({ as_of: POSITIONS, count: expect.any(Number) as number });
    expect(first.headers['x-rightstream-positions']).toBe(POSITIONS);
    const next = new URL(page.links.next!, 'http://localhost');
    expect(next.searchParams.get('as_of')).toBe(POSITIONS);
    await app.inject({ url: page.links.next!, headers });
    const where = [{ column: 'rows', op: 'gte', value: '0' }];
    expect(asked).toEqual([
      { table: 'uploads', org: ORG, where, asOf: time },
      { table: 'uploads', org: ORG, where, asOf: POSITIONS },
    ]);
  });

  it('are asked for with the filters, so that one key is enough; CSV has the header too', async () => {
    const { app } = await serverWith(POSITIONS);
    const headers = identityOf(ORG);
    const csv = await app.inject({
      url: '/tables/containers?format=csv&filter[namespace]=shop&as_of=5',
      headers,
    });
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'x-rightstream-positions': POSITIONS,
    });
    await app.inject({ url: '/api/rightstream/v1/recommendations?project=shop&as_of=5', headers });
    await app.inject({ url: '/api/rightstream/v1/savings?cluster=c&as_of=5', headers });
    await app.inject({ url: '/api/rightstream/v1/recommendations/ABC?as_of=5', headers });
    const eq = (column: string, value: string) => ({ column, op: 'eq', value });
    expect(asked.map(({ org, where }) => [org, where])).toEqual([
      [ORG, [eq('namespace', 'shop')]],
      [ORG, [eq('namespace', 'shop')]],
      [ORG, [eq('kind', 'container'), eq('cluster_id', 'c')]],
      [ORG, [eq('recommendation_id', 'abc')]],
    ]);
  });

  it('leaves out a header that some clients could not take; the body has it', async () => {
    const long = Array.from({ length: 400 }, (_, p) => `intake/${p}@1000`).join(',');
    const { app } = await serverWith(long);
    const answer = await app.inject({ url: '/tables/uploads?as_of=5', headers: identityOf(ORG) });
    expect(answer.headers).not.toHaveProperty('x-rightstream-positions');
    expect(answer.json<Answer>().meta['as_of']).toBe(long);
  });

  it.each([
    [new Retryable({ code: 'AS_OF_BUSY', message: 'busy' }), 503, '5'],
    [new Retryable({ code: 'AS_OF_RUNNING', message: 'running' }), 503, '5'],
    [new BadInput({ code: 'AS_OF_BEYOND_END', message: 'beyond' }), 400, undefined],
  ])('%s', async (failure, status, retryAfter) => {
    const { app } = await serverWith(POSITIONS, failure);
    const answer = await app.inject({ url: '/tables/uploads?as_of=5', headers: identityOf(ORG) });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, failure.code]);
    expect(answer.headers['retry-after']).toBe(retryAfter);
  });

  it('a server without a past refuses rather than show the tables of now', async () => {
    server = await testServer(fixtureRows('local'));
    const answer = await server.app.inject('/tables/uploads?as_of=5');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([400, 'UNKNOWN_PARAMETER']);
  });
});
