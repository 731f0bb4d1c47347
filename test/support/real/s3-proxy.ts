/** Between clients and an S3 server: hands everything on as it is, until it is told to answer as a server in trouble does. */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuse } from '../../connectors/blobs/fault-server.ts';
import type { S3Access } from './servers.ts';

/** A way to the server that can be disturbed. */
export interface S3Proxy extends S3Access {
  /** Refused requests and shortened answers so far. */
  readonly done: { readonly refused: number; readonly truncated: number };
  /** Refuses every request with 503 SlowDown until it is called with false. */
  busy(on: boolean): void;
  /** Takes the second half from the next so many objects that are read from the start, in turn by each way of being short. */
  truncate(objects: number): void;
  stop(): Promise<void>;
}

/** It says that there is no more; the connection breaks; it ends without a length; it announces what it gives. */
const ways = ['pretends', 'breaks', 'ends', 'announces'] as const;
type Way = (typeof ways)[number];

/** Starts a proxy on a free port of loopback. Signatures are of its own address, which the server believes. */
export async function startS3Proxy(target: S3Access): Promise<S3Proxy> {
  const { hostname, port } = new URL(target.endpoint);
  const done = { refused: 0, truncated: 0 };
  let busy = false;
  let left = 0;

  const server = createServer((incoming, response) => {
    if (busy) {
      done.refused += 1;
      incoming.resume();
      refuse(response, 503, 'SlowDown', 'Please reduce your request rate.');
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request({ host: hostname, port, method, path, headers, agent: false }, (answer) => {
      void give(answer, response, left > 0 && isStart(answer));
    });
    // The server is away: so are we.
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });

  async function give(answer: IncomingMessage, response: ServerResponse, short: boolean): Promise<void> {
    const status = answer.statusCode ?? 502;
    answer.on('error', () => response.destroy());
    if (!short) {
      response.writeHead(status, answer.headers);
      answer.pipe(response);
      return;
    }
    left -= 1;
    const way = ways[done.truncated % ways.length]!;
    done.truncated += 1;
    const whole = Buffer.concat(await answer.toArray());
    const half = whole.subarray(0, Math.floor(whole.length / 2));
    response.writeHead(status, shortened(answer.headers, half.length, way));
    if (way === 'breaks') response.write(half, () => response.destroy());
    else response.end(half);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...target,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    done,
    busy: (on) => void (busy = on),
    truncate: (objects) => void (left = objects),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function isStart({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 206 && (headers['content-range'] ?? '').startsWith('bytes 0-');
}

function shortened(headers: IncomingHttpHeaders, length: number, way: Way): IncomingHttpHeaders {
  if (way === 'breaks') return headers;
  const announced: IncomingHttpHeaders = { ...headers, 'content-length': String(length) };
  if (way === 'ends') delete announced['content-length'];
  if (way === 'pretends') announced['content-range'] = `bytes 0-${length - 1}/${length}`;
  return announced;
}
