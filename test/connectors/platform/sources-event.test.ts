import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { platformSettings } from '../../../connectors/platform/settings.ts';
import { platformSource } from '../../../connectors/platform/source.ts';
import { codeOf, messageOf, Retryable } from '../../../streams/runtime/errors.ts';
import type { Emission, LogRecord } from '../../../streams/runtime/ports.ts';

let server: Server;
let base: string;
let asked: string[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  asked = [];
  answer = (response) => response.end('{"meta":{"count":1},"data":[{"id":"2"}]}');
  server = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ''));
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

function source() {
  return platformSource({
    settings: platformSettings.parse({ takeDestroyed: true, sourcesApiUrl: `${base}/` }),
    now: () => 0,
    uploads: { accept: () => Promise.reject(new Error('no upload is meant')) },
  });
}

function recordOf(message: unknown, type: string | null = 'Application.destroy'): LogRecord {
  const value = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return {
    ...{ topic: 'platform.sources.event-stream', partition: 0, offset: 7, key: null, value, timestamp: 0 },
    headers: type === null ? {} : { event_type: type },
  };
}

interface Taken {
  readonly emissions: readonly Emission[];
  readonly code: string;
  readonly message: string;
  readonly again: boolean;
}

async function take(record: LogRecord, by = source()): Promise<Taken> {
  const emissions: Emission[] = [];
  try {
    for await (const emission of by.take(record, record)) emissions.push(emission);
    return { emissions, code: '', message: '', again: false };
  } catch (error) {
    return { emissions, code: codeOf(error), message: messageOf(error), again: error instanceof Retryable };
  }
}

const data = { org_id: '3340851', source_id: '7', application_id: '1', application_type_id: '2' };

it.each([
  [{ id: 1, source_id: 7, application_type_id: 2, tenant: '3340851' }],
  [{ Id: 1, Source_id: '7', Application_type_id: 2, Tenant: '3340851' }],
  [{ id: '1', Id: '1', source_id: '7', application_type_id: '2', tenant: '3340851', more: [] }],
])('%j is the end of an application, of its tenant', async (message) => {
  const { emissions } = await take(recordOf(message));
  expect(emissions).toEqual([{ topic: 'intake', key: '3340851', type: 'SourceApplicationDestroyed', data }]);
  expect(source().headers(recordOf(message))).toEqual({ org: '3340851' });
});

it('asks the Sources API once which application is ours, as upstream asks it; others are passed over', async () => {
  const one = source();
  const message = { id: 1, source_id: 7, application_type_id: 5, tenant: '3340851' };
  expect((await take(recordOf(message), one)).emissions).toEqual([]);
  expect((await take(recordOf({ ...message, application_type_id: 2 }), one)).emissions).toHaveLength(1);
  expect(asked).toEqual([
    '/api/sources/v3.1/application_types?filter[name][eq]=/insights/platform/cost-management',
  ]);
});

it('passes over what is no end of an application, without a look at it', async () => {
  expect(await take(recordOf('no json', 'Source.create'))).toMatchObject({ emissions: [], code: '' });
  expect(await take(recordOf('no json', null))).toMatchObject({ emissions: [], code: '' });
  expect(asked).toEqual([]);
});

it.each([
  ['{', 'BAD_JSON', /one line/],
  [[], 'SOURCE_EVENT_INVALID', /message/],
  [{ id: 1, source_id: 7, application_type_id: 2 }, 'SOURCE_EVENT_INVALID', /tenant/],
  [{ id: 1, source_id: 7, application_type_id: 2, tenant: '' }, 'SOURCE_EVENT_INVALID', /tenant/],
  [{ id: 1.5, source_id: {}, application_type_id: 2, tenant: '1' }, 'SOURCE_EVENT_INVALID', /id.*source_id/],
  [
    { id: 1, Id: 2, source_id: 7, application_type_id: 2, tenant: '1' },
    'SOURCE_EVENT_INVALID',
    /id is there twice/,
  ],
])('%j dies as %s', async (message, code, pattern) => {
  const taken = await take(recordOf(message));
  expect(taken).toMatchObject({ code, again: false, emissions: [] });
  expect(taken.message).toMatch(pattern);
});

it.each([
  ['away', (response: ServerResponse) => response.writeHead(503).end()],
  ['denying', (response: ServerResponse) => response.writeHead(401).end()],
  ['talking of something else', (response: ServerResponse) => response.end('{"data":[]}')],
  ['not talking JSON', (response: ServerResponse) => response.end('<html>')],
])('waits for a Sources API that is %s: no message is to blame', async (_, how) => {
  const one = source();
  const record = recordOf({ id: 1, source_id: 7, application_type_id: 2, tenant: '3340851' });
  const good = answer;
  answer = how;
  expect(await take(record, one)).toMatchObject({ code: 'SOURCES_API_AWAY', again: true });
  answer = good;
  expect((await take(record, one)).emissions).toHaveLength(1);
});

it('needs to know where the Sources API is', () => {
  expect(() => platformSettings.parse({ takeDestroyed: true })).toThrow('SOURCES_API_BASE_URL');
});
