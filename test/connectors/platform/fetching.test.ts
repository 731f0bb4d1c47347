import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchFile } from '../../../connectors/platform/fetching.ts';
import type { Resolve } from '../../../connectors/platform/fetching.ts';
import { allowedHosts } from '../../../connectors/platform/hosts.ts';
import { codeOf, messageOf, Retryable } from '../../../streams/runtime/errors.ts';

const servers: Server[] = [];
const limits = { maxFileBytes: 100, connectMs: 2_000, idleMs: 300, totalMs: 2_000 };

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** The text behind a link, or `CODE` and whether trying again helps. */
async function text(link: string, hosts: readonly string[], resolve?: Resolve): Promise<string> {
  try {
    const { bytes } = await fetchFile(link, allowedHosts(hosts), limits, resolve);
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  } catch (error) {
    expect(messageOf(error)).not.toContain('secret');
    return `${codeOf(error)}${error instanceof Retryable ? ' again' : ''}`;
  }
}

describe('fetching a file', () => {
  it('follows redirects to allowed hosts only', async () => {
    const target = await serve((_, response) => response.end('a,b'));
    const from = await serve((_, response) =>
      response.writeHead(302, { location: `http://${target}/x` }).end(),
    );
    expect(await text(`http://${from}/?secret`, [from, target])).toBe('a,b');
    expect(await text(`http://${from}/?secret`, [from])).toBe('FETCH_DENIED');
  });

  it('checks the address that a name leads to', async () => {
    const host = await serve((_, response) => response.end('a,b'));
    const link = `http://localhost:${host.split(':')[1]}/`;
    expect(await text(link, ['localhost'])).toBe('a,b');
    expect(await text(link, ['*'])).toBe('FETCH_DENIED');
  });

  it.each([
    [404, 'FETCH_REFUSED'],
    [403, 'FETCH_REFUSED'],
    [304, 'FETCH_REFUSED'],
    [429, 'FETCH_AWAY again'],
    [503, 'FETCH_AWAY again'],
  ])('%i is %s', async (status, expected) => {
    const host = await serve((_, response) => response.writeHead(status).end());
    expect(await text(`http://${host}/a?secret`, [host])).toBe(expected);
  });

  it('gives up on circles, other schemes and passwords', async () => {
    const host = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());
    expect(await text(`http://${host}/`, [host])).toBe('FETCH_REFUSED');
    for (const link of ['file:///etc/passwd', 'ftp://x/a', 'no link', 'http://user:secret@x/'])
      expect(await text(link, ['*', 'x'])).toBe('LINK_INVALID');
  });

  it('tries again later what is away, silent or breaks off', async () => {
    const silent = await serve(() => undefined);
    expect(await text(`http://${silent}/`, [silent])).toBe('FETCH_AWAY again');
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('abc', () => response.destroy());
    });
    expect(await text(`http://${broken}/`, [broken])).toBe('FETCH_AWAY again');
    const stuck = await serve((_, response) =>
      response.writeHead(200, { 'content-length': '10' }).write('abc'),
    );
    expect(await text(`http://${stuck}/`, [stuck])).toBe('FETCH_AWAY again');
    expect(await text('http://127.0.0.1:1/', ['127.0.0.1'])).toBe('FETCH_AWAY again');
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
  ])('does not follow a redirect to %s, whatever pattern is allowed', async (location) => {
    const from = await serve((_, response) => response.writeHead(302, { location }).end());
    expect(await text(`http://${from}/?secret`, [from, '*'])).toBe('FETCH_DENIED');
  });

  describe('names, by a resolver of the test', () => {
    /** Answers one list of addresses after the other. */
    const answering = (...lists: string[][]): Resolve & { asked: number } => {
      const resolve = Object.assign(
        ((_, __, found) => {
          const list = lists[Math.min(resolve.asked++, lists.length - 1)]!;
          found(
            null,
            list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
          );
        }) as Resolve,
        { asked: 0 },
      );
      return resolve;
    };
    let port: string;
    let requests: number;
    beforeEach(async () => {
      requests = 0;
      const host = await serve((request, response) => {
        requests++;
        if (request.url === '/again') response.writeHead(302, { location: '/file' }).end();
        else response.end('a,b');
      });
      port = host.split(':')[1]!;
    });

    it('connects to the address that was checked, which is asked for once per connection', async () => {
      const resolve = answering(['127.0.0.1'], ['169.254.169.254']);
      expect(await text(`http://reports.example:${port}/file`, ['reports.example'], resolve)).toBe('a,b');
      expect(resolve.asked).toBe(1);
    });

    it('checks again on a redirect to the same name, which leads elsewhere by now', async () => {
      const resolve = answering(['127.0.0.1'], ['169.254.169.254']);
      expect(await text(`http://reports.example:${port}/again`, ['reports.example'], resolve)).toBe(
        'FETCH_DENIED',
      );
      expect([resolve.asked, requests]).toEqual([2, 1]);
    });

    it.each([
      [['reports.example'], ['127.0.0.1', '169.254.169.254']],
      [['reports.example'], ['fe80::1']],
      [['*.example'], ['93.184.216.34', '10.0.0.1']],
      [['*'], ['127.0.0.1']],
      [['*'], ['::1']],
      [['*'], ['::ffff:127.0.0.1']],
      [['*'], ['192.168.1.1']],
    ])('%j: one bad address of %j is enough, and nothing is sent', async (hosts, addresses) => {
      expect(await text(`http://reports.example:${port}/file`, hosts, answering(addresses))).toBe(
        'FETCH_DENIED',
      );
      expect(requests).toBe(0);
    });

    it('waits neither for a resolver that says nothing nor for a name without address', async () => {
      const short = { ...limits, connectMs: 200 };
      const silent = fetchFile('http://reports.example/', allowedHosts(['*']), short, () => undefined);
      await expect(silent).rejects.toMatchObject({ code: 'FETCH_AWAY' });
      expect(await text('http://reports.example/', ['*'], answering([]))).toBe('FETCH_AWAY again');
    });
  });

  it('cuts off a body that drips longer than a file may take', async () => {
    const dripping = await serve((_, response) => {
      const timer = setInterval(() => response.write('a'), 50);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    expect(await text(`http://${dripping}/`, [dripping])).toBe('FETCH_AWAY again');
  });

  it('cuts off a body that is larger than a file may be and did not say so', async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const endless = await serve((_, response) => {
      response.on('close', () => {
        closed();
      });
      // more could follow at any time
      response.write('x'.repeat(101));
    });
    expect(await text(`http://${endless}/`, [endless])).toBe('BLOB_TOO_LARGE');
    await gone;
  });

  it('does not begin a file that says it is too large', async () => {
    const host = await serve((_, response) => response.writeHead(200, { 'content-length': '101' }).end());
    expect(await text(`http://${host}/`, [host])).toBe('BLOB_TOO_LARGE');
  });
});
