/** Writing to a store that answers badly, late or not at all; and what must never be shown. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openS3Blobs, type S3Blobs } from '../../../connectors/blobs/s3.ts';
import { partSizes } from '../../../connectors/blobs/s3-parts.ts';
import { chunks } from './contract.ts';
import { first, refuse, startFaultServer, type FaultServer, type Seen } from './fault-server.ts';
import {
  failureOf,
  keyOf,
  newStaging,
  openOn,
  patterned,
  plant,
  removeStaging,
  secrets,
  sha256,
  staged,
} from './s3-fixtures.ts';

let server: FaultServer;
let s3: S3Blobs;
const small = patterned(10_000);
const large = patterned(16 * 1024 * 1024 + 1_000); // three parts

beforeEach(async () => {
  server = await startFaultServer();
  s3 = openOn(server, { requestMs: 5_000 });
});
afterEach(async () => {
  await s3.close();
  await server.stop();
  await removeStaging();
});

const put = (bytes: Buffer): Promise<unknown> =>
  s3.blobs.put('o', chunks([bytes]), 1e9).catch((error: unknown) => error);
const known = (bytes: Buffer): { digest: string; size: number } => ({
  digest: sha256(bytes),
  size: bytes.length,
});
const isPut = ({ method }: Seen): boolean => method === 'PUT';
const isComplete = ({ method, path }: Seen): boolean => method === 'POST' && path.includes('uploadId=');
const stored = (bytes: Buffer): boolean => server.objects.get(keyOf(sha256(bytes)))?.equals(bytes) === true;
const isListing = ({ method, path }: Seen): boolean => method === 'GET' && path.includes('uploads=');
/** Requests, without the look for orphans. */
const asked = (): string[] => server.seen.filter((seen) => !isListing(seen)).map(({ method }) => method);

describe('a digest is written once', () => {
  it('small: one conditional request with the sha256; the next put is told that it is there, and asks its size', async () => {
    expect(await put(small)).toEqual(known(small));
    expect(await put(small)).toEqual(known(small));
    expect(asked()).toEqual(['PUT', 'PUT', 'HEAD']);
    expect(server.of('PUT').map(({ headers }) => headers['if-none-match'])).toEqual(['*', '*']);
    const checksum = Buffer.from(sha256(small), 'hex').toString('base64');
    expect(server.of('PUT')[0]!.headers['x-amz-checksum-sha256']).toBe(checksum);
  });

  it('large: of several at once every completion is conditional, so a store that decides at once keeps one', async () => {
    expect(await Promise.all([put(large), put(large), put(large)])).toEqual(
      Array.from({ length: 3 }, () => known(large)),
    );
    const completions = server.seen.filter(isComplete);
    expect(completions.length).toBeGreaterThan(0);
    expect(completions.filter(({ headers }) => headers['if-none-match'] !== '*')).toEqual([]);
    expect([stored(large), server.uploads.size]).toEqual([true, 0]);
  });

  it('large: it is asked before a byte is sent', async () => {
    plant(server, large);
    expect(await put(large)).toEqual(known(large));
    expect(asked()).toEqual(['HEAD']);
  });

  it.each([
    ['small', small],
    ['large', large],
  ])('%s: another size under the key is damage, and is replaced', async (_, bytes) => {
    server.objects.set(keyOf(sha256(bytes)), bytes.subarray(1));
    expect(await put(bytes)).toEqual(known(bytes));
    expect(stored(bytes)).toBe(true);
    expect(server.uploads.size).toBe(0);
  });

  it('a conflict with a writer that then fails: written by the second try', async () => {
    server.fault = first(1, isPut, (_, response) => refuse(response, 409, 'ConditionalRequestConflict'));
    expect(await put(small)).toEqual(known(small));
    expect(asked()).toEqual(['PUT', 'HEAD', 'PUT']);
  });

  it('a conflict that does not end: Retryable after three rounds', async () => {
    server.fault = first(99, isPut, (_, response) => refuse(response, 409, 'ConditionalRequestConflict'));
    expect(await put(small)).toMatchObject({ name: 'Retryable', code: 'STORAGE_UNAVAILABLE' });
    expect(server.of('PUT')).toHaveLength(3);
  });
});

describe('an acknowledgement that is lost', () => {
  it('of a small blob: the second try finds it there', async () => {
    server.fault = first(1, isPut, ({ body }, response) => {
      server.objects.set(keyOf(sha256(body)), body);
      response.socket!.destroy();
    });
    expect(await put(small)).toEqual(known(small));
    expect(asked()).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  it('of a completed upload: it is over, and the blob is there', async () => {
    server.fault = first(1, isComplete, (_, response) => {
      plant(server, large);
      server.uploads.clear();
      response.socket!.destroy();
    });
    expect(await put(large)).toEqual(known(large));
    expect(server.of('POST').filter(isComplete)).toHaveLength(2);
  });
});

describe('failures on the way', () => {
  it.each([
    ['503', 503, 'SlowDown'],
    ['a checksum that did not fit', 400, 'BadDigest'],
  ])('%s for a part now and then: the part is sent again', async (_, status, code) => {
    server.fault = first(3, isPut, (_seen, response) => refuse(response, status, code));
    expect(await put(large)).toEqual(known(large));
    expect(stored(large)).toBe(true);
    expect(server.of('PUT')).toHaveLength(3 + 3);
    expect(server.of('PUT').every(({ headers }) => headers['x-amz-checksum-sha256'] !== undefined)).toBe(
      true,
    );
  });

  it('an error in the body of a 200, as completing may give: asked again', async () => {
    server.fault = first(1, isComplete, (_, response) => refuse(response, 200, 'InternalError'));
    expect(await put(large)).toEqual(known(large));
    expect(stored(large)).toBe(true);
  });

  it('a part that never arrives: Retryable, the upload is aborted, nothing is left', async () => {
    server.fault = ({ path }, response) =>
      path.includes('partNumber=2&') ? refuse(response, 503, 'SlowDown') : false;
    expect(await put(large)).toMatchObject({
      name: 'Retryable',
      code: 'STORAGE_UNAVAILABLE',
      coordinates: { store_code: 'SlowDown', attempts: 4 },
    });
    expect(server.of('PUT').filter(({ path }) => path.includes('partNumber=2&'))).toHaveLength(4);
    expect(server.of('DELETE')).toHaveLength(1);
    expect([server.uploads.size, server.objects.size]).toEqual([0, 0]);
    expect(await staged()).toEqual([]);
  });

  it.each([
    [403, 'AccessDenied', 'BLOB_STORE_DENIED'],
    [404, 'NoSuchBucket', 'BUCKET_MISSING'],
    [507, 'XMinioStorageFull', 'STORAGE_FULL'],
    [301, 'PermanentRedirect', 'STORAGE_UNAVAILABLE'],
  ])('%d %s: Retryable after one request, the staged bytes are gone', async (status, code, expected) => {
    server.fault = first(99, isPut, (_, response) => refuse(response, status, code));
    expect(await put(small)).toMatchObject({ name: 'Retryable', code: expected });
    expect(server.of('PUT')).toHaveLength(1);
    expect(await staged()).toEqual([]);
  });

  it('a store that never answers: Retryable within the time of four requests', async () => {
    await s3.close();
    s3 = openOn(server, { requestMs: 50 });
    server.fault = () => undefined;
    expect(await put(small)).toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      coordinates: { store_code: 'TimedOut' },
    });
    expect(server.of('PUT')).toHaveLength(4);
  });

  it('closing while parts are on their way: Retryable, nothing staged is left', async () => {
    server.fault = ({ path }) => {
      if (path.includes('partNumber=3&')) void s3.close();
      return path.includes('partNumber') ? undefined : false;
    };
    expect(await put(large)).toMatchObject({ name: 'Retryable', coordinates: { store_code: 'Stopped' } });
    expect(await staged()).toEqual([]);
  });
});

it('parts in memory are bounded over all uploads together', async () => {
  await s3.close();
  s3 = openOn(server, { requestMs: 5_000, partsInFlight: 2 });
  let open = 0;
  let most = 0;
  server.fault = ({ path }, response) => {
    if (!path.includes('partNumber')) return false;
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.writeHead(200, { etag: '"x"' }).end();
    }, 30);
    return undefined;
  };
  await Promise.all([1, 2, 3].map((seed) => put(patterned(large.length, seed))));
  expect(server.of('PUT')).toHaveLength(9);
  expect(most).toBe(2);
});

it('parts are of 8 MiB, and larger only where 10,000 of them are not enough', () => {
  const part = 8 * 1024 * 1024;
  expect(partSizes(part + 1)).toEqual({ bytes: part, count: 2 });
  expect(partSizes(10_000 * part)).toEqual({ bytes: part, count: 10_000 });
  expect(partSizes(10_000 * part + 1)).toEqual({ bytes: part + 1, count: 10_000 });
});

describe('uploads that a killed process left behind', () => {
  const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
  const begun = (hours: number): { key: string; began: Date; parts: Map<number, Buffer> } => ({
    key: 'ours/o/aa/x',
    began: hoursAgo(hours),
    parts: new Map(),
  });

  it('are aborted at the first put when they are old, and only then', async () => {
    await s3.close();
    s3 = openOn(server, { prefix: 'ours/' });
    server.uploads.set('old', begun(25)).set('young', begun(23));
    server.uploads.set('others', { ...begun(25), key: 'theirs/aa/x' });
    await put(small);
    await put(large);
    await s3.close();
    expect([...server.uploads.keys()]).toEqual(['young', 'others']);
    expect(server.seen.filter(isListing)).toHaveLength(1);
  });

  it('do not matter to a put when they cannot be listed', async () => {
    server.fault = (seen, response) => (isListing(seen) ? refuse(response, 403, 'AccessDenied') : false);
    expect(await put(small)).toEqual(known(small));
    await s3.close();
    expect(server.seen.filter(isListing)).toHaveLength(1);
  });
});

describe('the bucket', () => {
  it('missing: BadInput BUCKET_MISSING, and says how to make it', async () => {
    server.fault = (_, response) => void response.writeHead(404).end();
    const failure = await s3.check().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'BadInput', code: 'BUCKET_MISSING' });
    expect(String(failure)).toContain('rightstream apply');
  });

  it('denied: Retryable BLOB_STORE_DENIED, also when somebody else has its name', async () => {
    server.fault = ({ method }, response) =>
      method === 'PUT' ? refuse(response, 409, 'BucketAlreadyExists') : void response.writeHead(403).end();
    await expect(s3.check()).rejects.toMatchObject({ name: 'Retryable', code: 'BLOB_STORE_DENIED' });
    await expect(s3.createBucket()).rejects.toMatchObject({ name: 'Retryable', code: 'BLOB_STORE_DENIED' });
  });

  it('is made, or is there already', async () => {
    await s3.check();
    expect(await s3.createBucket()).toBe(true);
    server.fault = first(1, isPut, (_, response) => refuse(response, 409, 'BucketAlreadyOwnedByYou'));
    expect(await s3.createBucket()).toBe(false);
  });
});

describe('what is secret', () => {
  const shown = (error: unknown): string => inspect(error, { depth: 20, showHidden: true, getters: true });

  it('is in no error, whatever the store repeats of the request', async () => {
    const failures: unknown[] = [];
    for (const [status, code] of [
      [403, 'SignatureDoesNotMatch'],
      [400, secrets.secretAccessKey],
      [503, 'SlowDown'],
    ] as const) {
      server.fault = ({ headers }, response) =>
        refuse(response, status, code, `${headers.authorization} ${secrets.secretAccessKey}`);
      failures.push(await failureOf(s3, 'a'.repeat(64)), await put(small));
      failures.push(await s3.check().catch((error: unknown) => error));
      failures.push(await s3.createBucket().catch((error: unknown) => error));
    }
    await server.stop();
    failures.push(await put(small));
    server = await startFaultServer();
    expect(failures).toHaveLength(13);
    for (const failure of failures) {
      expect(failure).toMatchObject({ name: 'Retryable' });
      expect(shown(failure)).not.toMatch(/not-to-be-shown|AKFAKEFORTESTS|AWS4-HMAC|Signature=/);
    }
  });

  it('is in no message about wrong settings', () => {
    const settings = { bucket: 'blobs', stagingDir: newStaging(), ...secrets };
    for (const wrong of [
      { ...settings, endpoint: `http://${secrets.accessKeyId}:${secrets.secretAccessKey}@127.0.0.1` },
      { ...settings, secretKey: secrets.secretAccessKey },
      { ...settings, prefix: `/${secrets.secretAccessKey}` },
    ]) {
      let failure: unknown;
      try {
        void openS3Blobs(wrong).close();
      } catch (error) {
        failure = error;
      }
      expect(failure).toMatchObject({ name: 'BadInput', code: 'BAD_SETTINGS' });
      expect(shown(failure)).not.toMatch(/not-to-be-shown|AKFAKEFORTESTS/);
    }
    expect(() => openS3Blobs({ bucket: 'blobs', stagingDir: '.', accessKeyId: 'x' })).toThrow('together');
  });

  it('is neither in the object of the adapter nor in a signed address', async () => {
    expect(shown(s3)).not.toContain(secrets.secretAccessKey);
    const address = await s3.presignedGet('o', 'a'.repeat(64), 60);
    expect(address).toContain(`${server.endpoint}/blobs/${keyOf('a'.repeat(64))}?`);
    expect(address).not.toContain(secrets.secretAccessKey);
  });

  it.each([0, -1, 1.5, 604_801, NaN])('an address cannot be valid for %d seconds', async (seconds) => {
    await expect(s3.presignedGet('o', 'a'.repeat(64), seconds)).rejects.toMatchObject({ code: 'BAD_EXPIRY' });
  });
});
