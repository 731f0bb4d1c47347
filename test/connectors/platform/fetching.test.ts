import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchFile } from '../../../connectors/platform/fetching.ts';
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
async function text(link: string, hosts: readonly string[]): Promise<string> {
  try {
    const { bytes } = await fetchFile(link, allowedHosts(hosts), limits);
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

  it('does not begin a file that says it is too large', async () => {
    const host = await serve((_, response) => response.writeHead(200, { 'content-length': '101' }).end());
    expect(await text(`http://${host}/`, [host])).toBe('BLOB_TOO_LARGE');
  });
});
