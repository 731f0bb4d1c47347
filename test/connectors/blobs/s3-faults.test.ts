/** Reading from a store that answers badly, late or not at all: each answer has its outcome and its number of requests. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { S3Blobs } from '../../../connectors/blobs/s3.ts';
import { Retryable, Terminal } from '../../../streams/runtime/errors.ts';
import { readAll } from './contract.ts';
import {
  etag,
  first,
  refuse,
  startFaultServer,
  type Fault,
  type FaultServer,
  type Seen,
} from './fault-server.ts';
import { failureOf, openOn, patterned, plant, removeStaging } from './s3-fixtures.ts';

let server: FaultServer;
let s3: S3Blobs;
const whole = patterned(700_000);

beforeEach(async () => {
  server = await startFaultServer();
  s3 = openOn(server);
});
afterEach(async () => {
  await s3.close();
  await server.stop();
  await removeStaging();
});

const everything = (): boolean => true;

const startOf = (seen: Seen): number => Number(/=(\d+)-/.exec(seen.headers.range!)![1]);

/** Begins to answer as a good store would, sends `sent` bytes, then `then`. */
function cut(sent: number, then: (socket: { destroy(): void }) => void, odd: CutOptions = {}): Fault {
  return (seen, response) => {
    const start = startOf(seen);
    response.writeHead(206, {
      etag: odd.tag ?? etag(whole),
      'content-length': odd.length ?? whole.length - start,
      'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}`,
    });
    response.write(whole.subarray(start, start + sent), () => then(response.socket!));
  };
}

interface CutOptions {
  readonly length?: number;
  readonly tag?: string;
}

describe('a blob that is not there', () => {
  it('is BLOB_MISSING for good after two answers', async () => {
    const missing = await failureOf(s3, 'a'.repeat(64));
    expect(missing).toBeInstanceOf(Terminal);
    expect(missing).toMatchObject({ code: 'BLOB_MISSING' });
    expect(server.seen).toHaveLength(2);
  });

  it('is read when the second answer has it', async () => {
    const digest = plant(server, whole);
    server.fault = first(1, everything, (_, response) => refuse(response, 404, 'NoSuchKey'));
    expect((await readAll(s3.blobs.get('o', digest))).equals(whole)).toBe(true);
    expect(server.seen).toHaveLength(2);
  });

  it('is no dead letter when a busy store said 404 only once', async () => {
    const answers = [404, 503, 503];
    server.fault = (_, response) => refuse(response, answers.shift() ?? 503, 'NoSuchKey');
    expect(await failureOf(s3, 'a'.repeat(64))).toMatchObject({ name: 'Retryable' });
  });

  it('is no dead letter when the bucket is missing, or something else than a store answers 404', async () => {
    server.fault = (_, response) => refuse(response, 404, 'NoSuchBucket');
    const noBucket = await failureOf(s3, 'a'.repeat(64));
    expect(noBucket).toMatchObject({ name: 'Retryable', code: 'BUCKET_MISSING' });
    expect(String(noBucket)).toContain('rightstream apply');
    server.fault = (_, response) => void response.writeHead(404).end('<html><body>Not Found</body></html>');
    expect(await failureOf(s3, 'a'.repeat(64))).toMatchObject({
      name: 'Retryable',
      code: 'STORAGE_UNAVAILABLE',
    });
  });

  it('is no dead letter when it goes away while it is read', async () => {
    const digest = plant(server, whole);
    let asked = 0;
    server.fault = (seen, response) => {
      if (asked++ === 0) cut(300_000, (socket) => socket.destroy())(seen, response);
      else refuse(response, 404, 'NoSuchKey');
    };
    expect(await failureOf(s3, digest)).toMatchObject({ name: 'Retryable' });
  });
});

describe('a key that is refused', () => {
  it.each([
    [403, 'AccessDenied'],
    [403, 'SignatureDoesNotMatch'],
    [401, 'Unauthorized'],
    [400, 'ExpiredToken'],
  ])('%d %s: Retryable BLOB_STORE_DENIED after one request, and says what to check', async (status, code) => {
    server.fault = (_, response) => refuse(response, status, code);
    const denied = await failureOf(s3, 'a'.repeat(64));
    expect(denied).toBeInstanceOf(Retryable);
    expect(denied).toMatchObject({ code: 'BLOB_STORE_DENIED', coordinates: { store_code: code, status } });
    expect(String(denied)).toContain('S3_ACCESS_KEY_ID');
    expect(server.seen).toHaveLength(1);
  });
});

const failures: readonly (readonly [string, Fault])[] = [
  ['503 SlowDown', (_, response) => refuse(response, 503, 'SlowDown')],
  ['503 of a proxy', (_, response) => void response.writeHead(503).end('<html>busy</html>')],
  ['500 InternalError', (_, response) => refuse(response, 500, 'InternalError')],
  ['429', (_, response) => refuse(response, 429, 'TooManyRequests')],
  ['400 RequestTimeout', (_, response) => refuse(response, 400, 'RequestTimeout')],
  ['a reset before the answer', (_, response) => response.socket!.resetAndDestroy()],
  ['no answer', () => undefined],
  ['an answer that is no HTTP', (_, response) => void response.socket!.end('what?\r\n\r\n')],
  ['a body that is cut off', cut(1_000, (socket) => socket.destroy())],
  ['a body that stops', cut(1_000, () => undefined)],
  ['a Content-Length that is too large', cut(whole.length, () => undefined, { length: whole.length + 1 })],
  ['a Content-Length that is too small', cut(1_000, () => undefined, { length: 1_000 })],
  [
    'another range than was asked for',
    (_, response) => void response.writeHead(206, { 'content-range': 'bytes 7-9/700000' }).end('abc'),
  ],
  [
    'a byte now and then',
    (seen, response) => {
      cut(0, () => undefined)(seen, response);
      let at = startOf(seen);
      const drip = setInterval(() => response.write(whole.subarray(at, ++at)), 10);
      response.on('close', () => clearInterval(drip));
    },
  ],
];

describe.each(failures)('%s', (_, fault) => {
  it('again and again: Retryable STORAGE_UNAVAILABLE after four requests', async () => {
    const digest = plant(server, whole);
    server.fault = fault;
    const failure = await failureOf(s3, digest);
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      coordinates: { attempts: 4, bucket: 'blobs' },
    });
    expect(server.seen).toHaveLength(4);
  });

  it('once: the blob is read all the same, with one request more', async () => {
    const digest = plant(server, whole);
    server.fault = first(1, everything, (seen, response) => {
      fault(seen, response);
    });
    expect((await readAll(s3.blobs.get('o', digest))).equals(whole)).toBe(true);
    expect(server.seen).toHaveLength(2);
  });
});

describe('a connection that breaks while a blob is read', () => {
  it('anywhere, any number of times: reading goes on at that byte of the same object', async () => {
    const digest = plant(server, whole);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: whole.length - 1 }), { maxLength: 3 }), async (cuts) => {
        const left = [...cuts].sort((a, b) => a - b);
        const from = server.seen.length;
        server.fault = (seen, response) => {
          const start = startOf(seen);
          const end = left.shift();
          if (end === undefined) return false;
          response.writeHead(206, {
            'content-length': whole.length - start,
            'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}`,
            etag: etag(whole),
          });
          response.write(whole.subarray(start, Math.max(start, end)), () => response.socket!.destroy());
          return undefined;
        };
        expect((await readAll(s3.blobs.get('o', digest))).equals(whole)).toBe(true);
        const asked = server.seen.slice(from);
        expect(asked).toHaveLength(cuts.length + 1);
        expect(asked.slice(1).map(({ headers }) => headers['if-match'])).toEqual(cuts.map(() => etag(whole)));
      }),
      { numRuns: 15 },
    );
  });

  it('and the object was replaced meanwhile: Retryable, and the next reading is right', async () => {
    const digest = plant(server, whole);
    server.fault = first(
      1,
      everything,
      cut(300_000, (socket) => socket.destroy(), { tag: '"another"' }),
    );
    expect(await failureOf(s3, digest)).toMatchObject({ name: 'Retryable', code: 'STORAGE_UNAVAILABLE' });
    expect((await readAll(s3.blobs.get('o', digest))).equals(whole)).toBe(true);
  });
});

it('bytes that do not fit the digest: Retryable BLOB_DAMAGED at the end, after one request', async () => {
  const digest = plant(server, whole);
  for (const wrong of [patterned(700_000, 1), whole.subarray(1), Buffer.alloc(0)]) {
    server.objects.set(`o/${digest.slice(0, 2)}/${digest}`, wrong);
    server.seen.length = 0;
    const failure = await failureOf(s3, digest);
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ code: 'BLOB_DAMAGED', coordinates: { blob: digest } });
    expect(server.seen).toHaveLength(1);
  }
});

it('time is bounded as well as tries', async () => {
  await s3.close();
  s3 = openOn(server, { attempts: 1_000, totalMs: 200, backoffMs: 20, maxBackoffMs: 20 });
  server.fault = (_, response) => refuse(response, 503, 'SlowDown');
  const began = Date.now();
  expect(await failureOf(s3, 'a'.repeat(64))).toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  expect(Date.now() - began).toBeLessThan(1_000);
  expect(server.seen.length).toBeGreaterThan(4);
});

it('a reader that takes its time between two chunks is not late', async () => {
  const digest = plant(server, whole);
  await s3.close();
  s3 = openOn(server, { chunkMs: 50 });
  const chunks = s3.blobs.get('o', digest)[Symbol.asyncIterator]();
  await chunks.next();
  await new Promise((resolve) => setTimeout(resolve, 150));
  await chunks.next();
  await chunks.next();
  expect((await chunks.next()).done).toBe(true);
  expect(server.seen).toHaveLength(1);
});

it('reading that is broken off closes its connection', async () => {
  const digest = plant(server, patterned(5_000_000));
  const closed = new Promise((resolve) => {
    server.fault = (_, response) => {
      response.on('close', resolve);
      return false;
    };
  });
  for await (const chunk of s3.blobs.get('o', digest)) {
    expect(chunk.byteLength).toBe(256 * 1024);
    break;
  }
  await closed;
});

it('closing ends what is under way, as Retryable', async () => {
  server.fault = () => void s3.close();
  expect(await failureOf(s3, 'a'.repeat(64))).toMatchObject({
    name: 'Retryable',
    code: 'STORAGE_UNAVAILABLE',
  });
  expect(server.seen).toHaveLength(1);
});

it('nobody listens: Retryable with the code of the network', async () => {
  await server.stop();
  expect(await failureOf(s3, 'a'.repeat(64))).toMatchObject({
    name: 'Retryable',
    code: 'STORAGE_UNAVAILABLE',
    coordinates: { store_code: 'ECONNREFUSED', attempts: 4 },
  });
  server = await startFaultServer();
});
