import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureRows } from '../../../../support/http-fixtures.ts';
import { identityOf, testServer, type TestServer } from '../../../../support/http-server.ts';

const hex = 'e6b06142958942139a5e1e2f513c448b';
const dashed = 'e6b06142-9589-4213-9a5e-1e2f513c448b';
let [server, strict] = [undefined, undefined] as unknown as [TestServer, TestServer];
beforeAll(async () => {
  const rows = fixtureRows('org-a');
  const ids = { ...rows['uploads']![0]!, upload_id: 'u-hex', request_id: hex };
  const all = { ...rows, uploads: [...rows['uploads']!, ids] };
  server = await testServer(all);
  strict = await testServer(all, { strict: true });
});
afterAll(async () => {
  await server.app.close();
  await strict.app.close();
});

async function track(id: string, { app } = server, org = 'org-a', prefix = '/api/ingress/v1') {
  const answer = await app.inject({ url: `${prefix}/track/${id}`, headers: identityOf(org) });
  return { status: answer.statusCode, body: answer.body };
}

describe('what became of an upload', () => {
  test.each([
    ['req-0', 'success', 'partly-rejected'],
    ['req-1', 'success', 'accepted'],
    ['req-2', 'error', expect.stringMatching(/^rejected: MISSING_COLUMN: The header has no column/)],
    ['req-3', 'success', 'duplicate'],
    ['req-4', 'processing', 'reading'],
  ])('%s: %s', async (id, status, message) => {
    const { status: code, body } = await track(id);
    expect(code).toBe(200);
    expect(JSON.parse(body)).toEqual({
      service: 'ros',
      status,
      status_msg: message as string,
      date: expect.stringMatching(/^2026-11-\d\dT12:00:05/) as string,
      inventory_id: '',
    });
  });

  test('all steps, the latest first', async () => {
    const { body } = await track('req-1?verbosity=2');
    const { data } = JSON.parse(body) as { data: Record<string, string>[] };
    expect(data.map(({ service, status, request_id: id }) => [service, status, id])).toEqual([
      ['ros', 'success', 'req-1'],
      ['ingress', 'success', 'req-1'],
      ['ingress', 'received', 'req-1'],
    ]);
    expect(
      Array.isArray((JSON.parse((await track('req-1?verbosity=x')).body) as { data?: unknown }).data),
    ).toBe(false);
  });

  test('a UUID with dashes or without, under both prefixes, strict or not', async () => {
    for (const id of [hex, dashed, dashed.toUpperCase()]) {
      expect((await track(id)).status).toBe(200);
      expect((await track(id, strict, 'org-a', '/r/insights/platform/ingress/v1')).status).toBe(200);
    }
  });

  test('not there, or of another organisation: 404 without a word', async () => {
    for (const [id, org] of [
      ['nothing', 'org-a'],
      ['req-1', 'org-b'],
      [hex, 'org-b'],
    ] as const)
      expect(await track(id, server, org)).toEqual({ status: 404, body: '' });
  });

  test('what is no request id', async () => {
    const refused = { status: 400, body: 'request id is not an uuid' };
    expect(await track('req-1', strict)).toEqual(refused);
    expect(await track('a%20b')).toEqual(refused);
    expect(await track('x'.repeat(256))).toEqual(refused);
    const answer = await strict.app.inject({ url: `/api/ingress/v1/track/${hex}` });
    expect([answer.statusCode, answer.body]).toEqual([400, 'Bad Request: missing x-rh-identity header\n']);
  });
});
