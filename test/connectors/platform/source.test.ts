import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uploadStatuses } from '../../../connectors/platform/announcing.ts';
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
    settings: platformSettings.parse({ allowedHosts: [host], consume: true, takeUploads: true }),
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
  const first = { topic: record.topic, partition: 0, offset: 7 };
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

describe('a payload that the upload service announces', () => {
  const said = (
    more: Record<string, unknown> = {},
    headers: Record<string, string> = { service: 'hccm' },
  ): LogRecord => ({
    ...recordOf({
      ...{ account: '540155', category: 'tar', content_type: 'application/vnd.redhat.hccm.tar+tgz' },
      ...{ request_id: 'r-2', principal: '12345', org_id: '12345', service: 'hccm', size: 3 },
      ...{ url: `http://${host}/insights-upload-perma/r-2?X-Amz-Signature=s`, b64_identity: 'e30=' },
      ...more,
    }),
    topic: 'platform.upload.announce',
    headers,
  });

  it('is fetched and becomes an upload of its organisation', async () => {
    expect(await take(said())).toMatchObject({ code: '' });
    expect(accepted).toEqual([
      {
        org: '12345',
        account: '540155',
        requestId: 'r-2/platform.upload.announce/0/7/0',
        filename: 'r-2',
        mediaType: 'application/vnd.redhat.hccm.tar+tgz',
        channel: 'kafka',
        maxBytes: 1024 ** 3,
      },
    ]);
  });

  it('is nothing to us when it is of another service', async () => {
    expect(await take(said({}, { service: 'advisor' }))).toMatchObject({ code: '' });
    expect(await take(said({ service: 'advisor' }, {}))).toMatchObject({ code: '' });
    expect(await take({ ...said({}, { service: 'advisor' }), value: Buffer.from('{') })).toMatchObject({
      code: '',
    });
    expect(accepted).toEqual([]);
    expect(await take(said({}, {}))).toMatchObject({ code: '' });
    expect(accepted).toHaveLength(1);
  });

  it.each([
    [{ org_id: '' }, 'ANNOUNCEMENT_INVALID', /org_id/],
    [{ url: undefined }, 'ANNOUNCEMENT_INVALID', /url/],
    [{ url: 'file:///etc/passwd' }, 'LINK_INVALID', /http/],
    [{ url: 'http://169.254.169.254/latest' }, 'FETCH_DENIED', /allowed hosts/],
  ])('dies with %j as %s', async (more, code, pattern) => {
    const outcome = await take(said(more));
    expect([outcome.code, outcome.again]).toEqual([code, false]);
    expect(outcome.message).toMatch(pattern);
  });

  it('never comes back to who announces to the same topic', () => {
    const both = { takeUploads: true, announce: true, sourcesTopic: 'platform.upload.announce' };
    expect(platformSettings.safeParse(both).success).toBe(false);
    expect(platformSettings.safeParse({ ...both, takeUploads: false }).success).toBe(true);
  });
});

it('tells the payload tracker what the upload service tells', () => {
  const at = Date.UTC(2026, 10, 20);
  const upload = {
    uploadId: 'u',
    requestId: 'r',
    org: '12345',
    account: null,
    mediaType: 'text/csv',
    size: 3,
    at,
  };
  const records = uploadStatuses('platform.payload-status', upload);
  expect(records.map(({ value }) => JSON.parse(String(value)) as unknown)).toEqual(
    [
      ['received', 'upload received'],
      ['success', 'sent to validation service'],
    ].map(([status, status_msg]) => ({
      ...{ service: 'ingress', account: '', org_id: '12345', request_id: 'r', status, status_msg },
      date: '2026-11-20T00:00:00.000Z',
    })),
  );
  expect(new Set(records.map(({ headers }) => headers['event-id'])).size).toBe(2);
});

it('takes a message without files', async () => {
  expect(await take(announced())).toMatchObject({ code: '' });
});
