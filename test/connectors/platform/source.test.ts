import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { platformSettings } from '../../../connectors/platform/settings.ts';
import { platformSource } from '../../../connectors/platform/source.ts';
import { BadInput, codeOf, messageOf, Retryable } from '../../../streams/runtime/errors.ts';
import type { LogRecord, Upload } from '../../../streams/runtime/ports.ts';

const metadata = {
  account: '12345',
  org_id: '3340851',
  source_id: 'test-source-id',
  cluster_uuid: '1B77b73f-1d3e-43c6-9f55-bcd9fb6d1a0c',
  cluster_alias: 'test-cluster',
};
let server: Server;
let host: string;
let accepted: Omit<Upload, 'bytes'>[];
let refuse: Error | undefined;
let signed: string[];

beforeEach(async () => {
  accepted = [];
  refuse = undefined;
  signed = [];
  server = createServer((request, response) =>
    /^\/\d{3}/.test(request.url ?? '')
      ? response.writeHead(Number(request.url!.slice(1, 4))).end()
      : response.end('a,b'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

function recordOf(message: unknown, timestamp = 0): LogRecord {
  const value = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return { topic: 'hccm.ros.events', partition: 0, offset: 7, key: null, value, headers: {}, timestamp };
}

function announced(...paths: string[]): LogRecord {
  const files = paths.map((path) => `http://${host}${path}`);
  return recordOf({ request_id: 'r-1', b64_identity: 'e30=', metadata, files, object_keys: [] });
}

/** Takes the record; the code and message of what it threw. */
async function take(
  record: LogRecord,
  now = 1_000,
): Promise<{ code: string; message: string; again: boolean }> {
  const source = platformSource({
    settings: platformSettings.parse({ allowedHosts: [host] }),
    now: () => now,
    sign: async (key) => {
      signed.push(key);
      return Promise.resolve(`http://${host}/${key.endsWith('gone.csv') ? '404' : ''}${key}`);
    },
    uploads: {
      async accept({ bytes, ...upload }) {
        for await (const chunk of bytes) expect(Buffer.from(chunk).toString()).toBe('a,b');
        if (refuse !== undefined) throw refuse;
        accepted.push(upload);
        return { uploadId: 'u', requestId: upload.requestId!, repeated: false };
      },
    },
  });
  const first = { topic: 'hccm.ros.events', partition: 0, offset: 7 };
  try {
    for await (const emission of source.take(record, first)) expect(emission).toBe(undefined);
    return { code: '', message: '', again: false };
  } catch (error) {
    return { code: codeOf(error), message: messageOf(error), again: error instanceof Retryable };
  }
}

it('makes an upload of every link', async () => {
  expect(await take(announced('/x/one%20.csv?sig=1', '/two.csv'))).toMatchObject({ code: '' });
  expect(accepted).toMatchObject([
    { requestId: 'r-1/hccm.ros.events/0/7/0', filename: 'one .csv', org: '3340851', account: '12345' },
    {
      requestId: 'r-1/hccm.ros.events/0/7/1',
      clusterId: '1b77b73f-1d3e-43c6-9f55-bcd9fb6d1a0c',
      clusterAlias: 'test-cluster',
      sourceId: 'test-source-id',
      channel: 'kafka',
    },
  ]);
});

it('takes what it can and tells together what it cannot', async () => {
  const { code, message } = await take(announced('/404', '/two.csv', '/404'));
  expect(code).toBe('FETCH_REFUSED');
  expect(message).toMatch(/^2 of 3 files .*file 0: FETCH_REFUSED: .*answers 404; file 2: /);
  expect(accepted).toHaveLength(1);
});

it('waits for a host that is away, as long as links live', async () => {
  expect(await take(announced('/503'))).toMatchObject({ code: 'FETCH_AWAY', again: true });
  expect(await take(announced('/503'), 48 * 3_600_000 + 1)).toMatchObject({
    code: 'FETCH_AWAY',
    again: false,
  });
  refuse = new Retryable({ code: 'STORAGE_FULL', message: 'full' });
  expect(await take(announced('/a.csv'), 1e12)).toMatchObject({ code: 'STORAGE_FULL', again: true });
});

it('counts a file as taken that has changed since it was', async () => {
  refuse = new BadInput({ code: 'REQUEST_ID_REUSED', message: 'other bytes' });
  expect(await take(announced('/a.csv'))).toMatchObject({ code: '' });
});

it.each([
  ['{', 'BAD_JSON', /one line/],
  [[], 'ANNOUNCEMENT_INVALID', /message/],
  [{ b64_identity: 'x', metadata, files: [] }, 'ANNOUNCEMENT_INVALID', /request_id/],
  [{ request_id: 'r', metadata, files: [] }, 'ANNOUNCEMENT_INVALID', /b64_identity/],
  [{ request_id: 'r', b64_identity: 'x', metadata }, 'ANNOUNCEMENT_INVALID', /files/],
  [
    {
      request_id: 'r',
      b64_identity: 'x',
      metadata: { ...metadata, cluster_uuid: 'my-ocp-cluster-1' },
      files: [],
    },
    'ANNOUNCEMENT_INVALID',
    /metadata.cluster_uuid/,
  ],
])('%j dies as %s', async (message, code, pattern) => {
  const outcome = await take(recordOf(message));
  expect(outcome.code).toBe(code);
  expect(outcome.message).toMatch(pattern);
});

describe('a link that has expired', () => {
  const announcedWith = (
    keys: unknown,
    more: Record<string, unknown> = {},
    files = ['/403/a.csv'],
  ): LogRecord =>
    recordOf({
      request_id: 'r-1',
      b64_identity: 'e30=',
      metadata: { ...metadata, provider_uuid: 'p-1', ...more },
      files: files.map((path) => `http://${host}${path}`),
      object_keys: keys,
    });

  it('is made up for by the key of the object', async () => {
    expect(await take(announcedWith(['org1/source=p-1/date=2026-11-20/a.csv']))).toMatchObject({ code: '' });
    expect(await take(announcedWith(['org1/source=test-source-id/a.csv']))).toMatchObject({ code: '' });
    expect(accepted.map(({ filename }) => filename)).toEqual(['a.csv', 'a.csv']);
    expect(signed).toEqual(['org1/source=p-1/date=2026-11-20/a.csv', 'org1/source=test-source-id/a.csv']);
  });

  it('only when it is refused with 403', async () => {
    const keys = ['org1/source=p-1/a.csv', 'org1/source=p-1/b.csv'];
    expect(await take(announcedWith(keys, {}, ['/404/a.csv', '/b.csv']))).toMatchObject({
      code: 'FETCH_REFUSED',
    });
    expect(signed).toEqual([]);
  });

  it.each([
    ['of another source', ['org1/source=p-2/a.csv']],
    ['that climbs', ['org1/source=p-1/../source=p-2/a.csv']],
    ['that climbs at once', ['../source=p-1/a.csv/..']],
    ['without a source', ['a.csv']],
    ['with control characters', ['org1/source=p-1/a\n.csv']],
    ['of which there are more than files', ['org1/source=p-1/a.csv', 'org1/source=p-1/b.csv']],
    ['that is no text', [7]],
    ['absent', undefined],
  ])('but not by a key %s', async (_, keys) => {
    expect(await take(announcedWith(keys))).toMatchObject({ code: 'FETCH_REFUSED', again: false });
    expect(signed).toEqual([]);
  });

  it('dies with both reasons when the object is gone as well', async () => {
    const { code, message } = await take(announcedWith(['org1/source=p-1/gone.csv']));
    expect(code).toBe('FETCH_REFUSED');
    expect(message).toMatch(/answers 403; by its key, .* answers 404$/);
  });
});

it('takes a message without files', async () => {
  expect(await take(announced())).toMatchObject({ code: '' });
});
