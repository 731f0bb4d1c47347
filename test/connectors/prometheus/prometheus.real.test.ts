import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { queryNow } from '../../../connectors/prometheus/query.ts';
import { prometheusSettings } from '../../../connectors/prometheus/settings.ts';
import { startKruize } from '../../support/program.ts';
import type { KruizeServer } from '../../support/program.ts';
import { startPrometheus, whyNoPrometheus } from '../../support/real/prometheus.ts';
import type { RealPrometheus } from '../../support/real/prometheus.ts';

const never = new AbortController().signal;
const settings = (url: string, more: object = {}) =>
  prometheusSettings.parse({ url, orgs: ['acme'], ...more });
const servers: Server[] = [];
async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe.skipIf(whyNoPrometheus !== '')(`loads from Prometheus${whyNoPrometheus}`, () => {
  let rate = 5;
  let prometheus: RealPrometheus;
  let product: KruizeServer | undefined;
  beforeAll(async () => {
    const target = await served((_request, response) => {
      response.end(`# TYPE load gauge\nload{pod="a"} ${rate * 0.5}\nload{pod="b"} ${rate * 0.5}\n`);
    });
    prometheus = await startPrometheus(target);
    await vi.waitFor(
      async () => {
        expect(await queryNow(settings(prometheus.url), 'sum(load)', never)).toMatchObject({ value: 5 });
      },
      { timeout: 30_000, interval: 200 },
    );
  });
  afterAll(async () => {
    await product?.stop();
    await prometheus.stop();
  });

  it.each<[string, number | undefined]>([
    ['sum(load)', 5],
    ['1 + 1', 2],
    ['sum(nothing)', undefined],
    ['0 / 0', undefined],
    ['1 / 0', undefined],
  ])('%s is %s', async (query, value) => {
    expect((await queryNow(settings(prometheus.url), query, never))?.value).toBe(value);
  });

  it.each<[string, string]>([
    ['load', '2 values'],
    ['sum(', 'bad_data'],
    ['load[1m]', 'matrix'],
    ['"text"', 'string'],
    [`${'('.repeat(500)}1${')'.repeat(500)} +`, 'bad_data'],
  ])('%s is no number, and says why', async (query, message) => {
    await expect(queryNow(settings(prometheus.url), query, never)).rejects.toMatchObject({
      code: 'PROMETHEUS_QUERY',
      message: expect.stringContaining(message) as string,
    });
  });

  it('replicas follow what it answers, and a query that cannot be asked keeps no other from its load', async () => {
    vi.stubEnv('PROMETHEUS_URL', prometheus.url);
    vi.stubEnv('PROMETHEUS_ORGS', 'acme');
    vi.stubEnv('PROMETHEUS_SECONDS', '1');
    product = await startKruize();
    vi.unstubAllEnvs();
    const base = '/api/rightstream/v1/clusters/edge';
    const put = (path: string, body: object, org = 'acme') =>
      product!.ask(org, 'PUT', base + path, body, { 'content-type': 'application/json' });
    const policy = { min: 1, max: 10, throughput: 10, ready_seconds: 0, up_cool_down_seconds: 0 };
    const service = (name: string) => ({ name, cpu: 10, memory: 10, replicas: 1 });
    for (const org of ['acme', 'other']) {
      await put('/nodes', { nodes: [{ name: 'a', cpu: 8000, memory: 8000 }] }, org);
      await put('/services', { services: [service('broken'), service('web')] }, org);
      await put('/services/broken/scaling', { ...policy, query: 'load' }, org);
      expect((await put('/services/web/scaling', { ...policy, query: 'sum(load)' }, org)).status).toBe(200);
    }
    rate = 50;
    const scaling = async (org: string, name: string) =>
      (await product!.ask(org, 'GET', `${base}/services/${name}/scaling`)).body;
    await vi.waitFor(
      async () => {
        expect(await scaling('acme', 'web')).toMatchObject({ data: { replicas: 5, load: { rate: 50 } } });
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(await scaling('acme', 'broken')).toMatchObject({ data: { replicas: 1, load: null } });
    // Nobody allowed that organisation to ask.
    expect(await scaling('other', 'web')).toMatchObject({ data: { replicas: 1, load: null } });
  }, 120_000);
});

describe('a server that is no Prometheus', () => {
  it.each<[string, RequestListener, object?]>([
    ['answers 500', (_, response) => response.writeHead(500).end('{}')],
    ['answers with something else', (_, response) => response.end('<html>')],
    ['answers with more than it may', (_, response) => response.end('x'.repeat(100_000))],
    ['sends elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['never answers', () => undefined, { timeoutMs: 100 }],
  ])('%s: tried again with the next round', async (_, listener, more = {}) => {
    const url = `http://${await served(listener)}`;
    await expect(queryNow(settings(url, more), '1', never)).rejects.toMatchObject({
      code: 'PROMETHEUS_AWAY',
    });
  });

  it('is away', async () => {
    await expect(queryNow(settings('http://127.0.0.1:1'), '1', never)).rejects.toMatchObject({
      code: 'PROMETHEUS_AWAY',
    });
  });
});
