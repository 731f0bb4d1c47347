import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { Retryable } from '../../../../../streams/runtime/errors.ts';
import { form, identityOf, testServer, type Part, type TestServer } from '../../../../support/http-server.ts';

const url = '/api/ingress/v1/upload';
const vendor = 'application/vnd.redhat.hccm.tar+tgz';
const archive = gzipSync('not really a tar, which is not looked at here');
const file = (more: Partial<Part> = {}): Part => ({
  name: 'file',
  filename: 'cost-mgmt.tar.gz',
  type: vendor,
  body: archive,
  ...more,
});

let server: TestServer | undefined;
afterEach(async () => {
  await server?.app.close();
  server = undefined;
});

async function post(
  parts: readonly Part[],
  headers: Record<string, string> = {},
  settings: Record<string, unknown> = {},
  path = url,
): Promise<{ status: number; body: string; type: string; headers: Record<string, unknown> }> {
  server ??= await testServer({}, settings);
  const body = form(parts);
  const answer = await server.app.inject({
    method: 'POST',
    url: path,
    payload: body.payload,
    headers: { ...body.headers, ...headers },
  });
  const type = String(answer.headers['content-type'] ?? '');
  return { status: answer.statusCode, body: answer.body, type, headers: answer.headers };
}

describe('an upload that is accepted', () => {
  test('given an operator payload, when it is posted, then 202 says request id and organisation and the bytes are kept', async () => {
    const answer = await post([file()], {
      ...identityOf('12345', { account_number: '540155' }),
      'x-rh-insights-request-id': 'e6b06142958942139a5e1e2f513c448b',
    });
    expect(answer.status).toBe(202);
    expect(answer.body).toBe(
      '{"request_id":"e6b06142958942139a5e1e2f513c448b","upload":{"account_number":"540155","org_id":"12345"}}',
    );
    expect(answer.type).toContain('application/json');
    expect(server!.intake.kept).toMatchObject([
      { org: '12345', account: '540155', filename: 'cost-mgmt.tar.gz', mediaType: vendor, channel: 'http' },
    ]);
    expect(server!.intake.kept[0]!.bytes.equals(archive)).toBe(true);
    expect(answer.headers['location']).toBe('/api/rightstream/v1/uploads/upload-0');
  });

  test('the command of the data-flow document works: octet-stream, identity without type, x-rh-request-id', async () => {
    const answer = await post([file({ type: 'application/octet-stream' })], {
      'x-rh-identity':
        'eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjEyMzQ1IiwiaW50ZXJuYWwiOnsib3JnX2lkIjoiMTIzNDUifX19',
      'x-rh-request-id': 'test-request-123',
    });
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.body)).toEqual({
      request_id: 'test-request-123',
      upload: { account_number: '12345', org_id: '12345' },
    });
  });

  test('without identity and request id, from this machine: the local organisation and a new id', async () => {
    const answer = await post([file({ name: 'upload' })]);
    expect(answer.status).toBe(202);
    const body = JSON.parse(answer.body) as { request_id: string; upload: object };
    expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(body.upload).toEqual({ org_id: 'local' });
  });

  test('the other mount is the same service', async () => {
    const answer = await post([file()], {}, {}, '/r/insights/platform/ingress/v1/upload');
    expect(answer.status).toBe(202);
  });

  test('a bare CSV with cluster fields before it, or query parameters', async () => {
    const csv = file({ filename: 'report.csv', type: 'text/csv', body: 'a,b\n1,2\n' });
    const fields = [
      { name: 'cluster_id', body: 'AB-1' },
      { name: 'cluster_alias', body: 'Berlin' },
    ];
    expect((await post([...fields, csv])).status).toBe(202);
    expect((await post([csv], {}, {}, `${url}?cluster_id=c2&source_id=9`)).status).toBe(202);
    expect((await post([{ ...csv, type: 'application/octet-stream' }])).status).toBe(202);
    expect(server!.intake.kept).toMatchObject([
      { clusterId: 'ab-1', clusterAlias: 'Berlin', filename: 'report.csv' },
      { clusterId: 'c2', sourceId: '9' },
      {},
    ]);
    expect(server!.intake.kept[2]).not.toHaveProperty('clusterId');
  });

  test('metadata that is no JSON is ignored', async () => {
    const metadata = { name: 'metadata', type: 'application/json', body: '{"account":42' };
    expect((await post([metadata, file()])).status).toBe(202);
    expect((await post([file(), { name: 'metadata', body: '{}' }])).status).toBe(202);
  });

  test('browsers say application/gzip: gzip bytes of an unspecific type are usage', async () => {
    for (const type of ['application/gzip', 'application/x-gzip', 'application/x-tar']) {
      expect((await post([file({ type })])).status).toBe(202);
    }
  });

  test('another service that is allowed: 201 without metadata, 202 with it', async () => {
    const settings = { services: ['advisor', 'qpc'], strict: true };
    const who = identityOf('1');
    expect((await post([file({ type: 'application/gzip' })], who, settings)).status).toBe(201);
    expect((await post([file({ type: 'application/x-gzip; charset=binary' })], who)).status).toBe(201);
    const metadata = { name: 'metadata', body: '{}' };
    expect((await post([file({ type: 'application/gzip' }), metadata], who)).status).toBe(202);
    expect((await post([file({ type: 'application/vnd.redhat.qpc.tar+tgz' })], who)).status).toBe(202);
    expect((await post([file()], who)).status).toBe(415);
  });
});

describe('the same request again', () => {
  test('same bytes: the same answer, kept once; other bytes: 409', async () => {
    const headers = { 'x-rh-insights-request-id': 'one' };
    const first = await post([file()], headers);
    const second = await post([file()], headers);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    const third = await post([file({ body: gzipSync('other') })], headers);
    expect(third.status).toBe(409);
    expect(JSON.parse(third.body)).toMatchObject({ status: 'error', code: 'REQUEST_ID_REUSED' });
    expect(server!.intake.kept).toHaveLength(1);
  });
});

describe('the test request of monitoring', () => {
  const expected =
    '{"request_id":"e6b06142958942139a5e1e2f513c448b","upload":{"account_number":"540155","org_id":"12345"}}';
  test.each([
    ['a urlencoded body', 'application/x-www-form-urlencoded', 'test=test', ''],
    ['a JSON body', 'application/json', '{"test": "test"}', ''],
    ['the query', 'text/plain', 'x', '?test=test'],
  ])('%s: 200 and nothing is kept', async (_, type, payload, query) => {
    server = await testServer();
    const answer = await server.app.inject({
      method: 'POST',
      url: url + query,
      payload,
      headers: {
        'content-type': type,
        'x-rh-insights-request-id': 'e6b06142958942139a5e1e2f513c448b',
        ...identityOf('12345', { account_number: '540155' }),
      },
    });
    expect([answer.statusCode, answer.body]).toEqual([200, expected]);
    expect(server.intake.kept).toHaveLength(0);
  });
});

describe('an upload that is refused keeps nothing', () => {
  const cases: [string, Part[], Record<string, string>, Record<string, unknown>][] = [
    ['no file part', [file({ name: 'fil' })], {}, {}],
    ['a second file', [file(), file()], {}, {}],
    ['a field after the file', [file(), { name: 'cluster_id', body: 'x' }], {}, {}],
    ['a request id with a space', [file()], { 'x-rh-insights-request-id': 'a b' }, {}],
    ['an organisation on the deny list', [file()], identityOf('666'), { deniedOrgs: ['666'] }],
    ['a zip', [file({ type: 'application/zip', body: 'PK' })], {}, {}],
    ['octet-stream that is no gzip', [file({ type: 'application/octet-stream', body: 'PK' })], {}, {}],
    ['another service', [file({ type: 'application/vnd.redhat.qpc.tar+tgz' })], {}, {}],
    ['strict: octet-stream', [file({ type: 'application/octet-stream' })], identityOf('1'), { strict: true }],
    ['strict: no identity', [file()], {}, { strict: true }],
    ['strict: identity without type', [file()], identityOf('1', { type: undefined }), { strict: true }],
    ['identity that is no base64', [file()], { 'x-rh-identity': '***' }, {}],
    ['identity that is no JSON', [file()], { 'x-rh-identity': 'bm8=' }, {}],
    ['identity without organisation', [file()], identityOf(''), {}],
    ['too large', [file()], {}, { maxUploadBytes: 10 }],
    [
      'a metadata part without end',
      [{ name: 'metadata', type: 'application/json', body: Buffer.alloc(70_000) }, file()],
      {},
      {},
    ],
  ];
  test.each(cases)('%s', async (_, parts, headers, settings) => {
    const answer = await post(parts, headers, settings);
    expect({ status: answer.status, type: answer.type.split(';')[0], body: answer.body }).toMatchSnapshot();
    expect(server!.intake.kept).toEqual([]);
  });

  test('a body that is no form', async () => {
    server = await testServer();
    for (const [type, payload] of [
      ['application/json', '{"a":'],
      ['text/plain', 'x'],
      ['multipart/form-data; boundary=x', 'nothing of the kind'],
      ['multipart/form-data', ''],
    ] as const) {
      const answer = await server.app.inject({
        method: 'POST',
        url,
        payload,
        headers: { 'content-type': type },
      });
      expect([type, answer.statusCode, answer.body]).toEqual([type, 400, 'File or upload field not found']);
    }
  });

  test('a form that ends in the middle of the file', async () => {
    server = await testServer();
    const whole = form([file({ body: gzipSync(Buffer.alloc(500_000)) })]);
    const answer = await server.app.inject({
      method: 'POST',
      url,
      payload: whole.payload.subarray(0, whole.payload.length - 60),
      headers: whole.headers,
    });
    expect([answer.statusCode, answer.body]).toEqual([400, 'File or upload field not found']);
    expect(server.intake.kept).toEqual([]);
  });

  test('storage that is away: 503 with a time to come back', async () => {
    const uploads = {
      accept: () => Promise.reject(new Retryable({ code: 'STORAGE_FULL', message: 'the disk is full' })),
    };
    server = await testServer({}, {}, { uploads });
    const body = form([file()]);
    const answer = await server.app.inject({
      method: 'POST',
      url,
      payload: body.payload,
      headers: body.headers,
    });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.json()).toMatchObject({ status: 'error', code: 'STORAGE_FULL' });
  });
});

test('version, description and sign of life', async () => {
  server = await testServer({}, {}, { version: { version: '1.2.3', commit: 'abc' } });
  const get = async (path: string): Promise<string> => (await server!.app.inject(path)).body;
  expect(await get('/api/ingress/v1/version')).toBe('{"version":"1.2.3","commit":"abc"}');
  expect(await get('/api/ingress/v1/')).toBe('lubdub');
  expect(JSON.parse(await get('/api/ingress/v1/openapi.json'))).toHaveProperty('openapi', '3.1.0');
});
