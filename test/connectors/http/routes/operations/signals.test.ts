import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { identityOf, testServer, type TestServer } from '../../../../support/http-server.ts';

let server: TestServer;
afterEach(() => server.app.close());

interface Listener {
  readonly answer: IncomingMessage;
  text: string;
  ended: boolean;
}

async function listen(headers: Record<string, string> = {}): Promise<Listener> {
  const { port } = server.app.server.address() as AddressInfo;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/signals', headers }, resolve).on('error', reject).end();
  });
  const listener: Listener = { answer, text: '', ended: false };
  answer.setEncoding('utf8').on('data', (chunk: string) => (listener.text += chunk));
  answer.on('close', () => (listener.ended = true)).on('error', () => undefined);
  return listener;
}
const states = (listener: Listener): { ready: boolean; units: Record<string, unknown>[] }[] =>
  [...listener.text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as never);

async function start(settings: Record<string, unknown> = {}): Promise<void> {
  server = await testServer({}, settings);
  await server.app.listen({ port: 0, host: '127.0.0.1' });
}

describe('signals', () => {
  test('begin with the state of now, tell changes once, and end with the server', async () => {
    await start();
    const listener = await listen();
    expect(listener.answer.headers['content-type']).toContain('text/event-stream');
    await vi.waitFor(() => expect(states(listener)).toHaveLength(1));
    for (let i = 0; i < 5; i++) server.pipeline.move({ ready: false });
    await vi.waitFor(() => expect(states(listener)).toHaveLength(2));
    expect(states(listener).at(-1)!.ready).toBe(false);
    await server.app.close();
    await vi.waitFor(() => expect(listener.ended).toBe(true));
    expect(server.pipeline.listeners.size).toBe(0);
  });

  test('what a unit failed with is told to this machine, not to organisations', async () => {
    await start();
    const [local, tenant] = [await listen(), await listen(identityOf('org-b'))];
    await vi.waitFor(() => expect(states(local).length + states(tenant).length).toBe(2));
    expect(local.text).toContain('secret.csv');
    expect(tenant.text).not.toContain('secret.csv');
    expect(states(tenant)[0]!.units[1]).toMatchObject({ failing: true, deadLetters: 1 });
  });

  test('more clients than allowed are sent away, and the place of one that left is free again', async () => {
    await start({ maxListeners: 1 });
    const first = await listen();
    const second = await listen();
    expect([second.answer.statusCode, second.answer.headers['retry-after']]).toEqual([503, '10']);
    first.answer.destroy();
    await vi.waitFor(() => expect(server.pipeline.listeners.size).toBe(0));
    expect((await listen()).answer.statusCode).toBe(200);
  });
});

describe('health and metrics', () => {
  test('ready while units run and keep up', async () => {
    server = await testServer();
    const ready = async (): Promise<unknown> => {
      const answer = await server.app.inject('/readyz');
      return [answer.statusCode, answer.json<{ code?: string }>().code];
    };
    expect(await ready()).toEqual([200, undefined]);
    server.pipeline.state.units.forEach((unit) => Object.assign(unit, { lag: 10_001 }));
    expect(await ready()).toEqual([503, 'LAGGING']);
    server.pipeline.state = { ...server.pipeline.state, ready: false };
    expect(await ready()).toEqual([503, 'NOT_READY']);
    expect((await server.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
  });

  test('metrics tell lag, dead letters and requests by route, never by path', async () => {
    server = await testServer();
    await server.app.inject('/tables/uploads');
    await server.app.inject('/tables/nothing');
    await server.app.inject('/no/such/path');
    const { body } = await server.app.inject('/metrics');
    expect(body).toContain(
      'rightstream_unit_lag_records{unit="recommendations",kind="projection",partition="0"} 128',
    );
    expect(body).toContain(
      'rightstream_unit_dead_letters{unit="read-usage-reports",kind="stream",partition="0"} 1',
    );
    expect(body).toContain('rosocp_requests_total{method="GET",url="/tables/:table",code="200"} 1');
    expect(body).toContain('rosocp_http_4xx_total{url="none",http_code="404"} 1');
    expect(body).not.toContain('/no/such/path');
  });
});
