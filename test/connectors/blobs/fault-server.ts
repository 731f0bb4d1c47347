/** A store on loopback that speaks as much S3 as the adapter asks, and fails on demand. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came. */
export interface Seen {
  readonly method: string;
  /** Path and query, without the bucket. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers a request in place of the store; false leaves it to the store. */
export type Fault = (seen: Seen, response: ServerResponse) => false | void;

/** The server. */
export interface FaultServer {
  readonly endpoint: string;
  readonly seen: Seen[];
  /** Objects by key. */
  readonly objects: Map<string, Buffer>;
  /** Uploads under way: id to key, when they began, and parts. */
  readonly uploads: Map<string, { key: string; began: Date; parts: Map<number, Buffer> }>;
  /** Asked first about every request. */
  fault: Fault | null;
  /** Requests of one method, in order. */
  of(method: string): Seen[];
  stop(): Promise<void>;
}

/** An error as S3 words it. */
export function refuse(response: ServerResponse, status: number, code: string, more = ''): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${more}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}

/** The first `count` requests that match fail so. */
export function first(count: number, matches: (seen: Seen) => boolean, fault: Fault): Fault {
  let left = count;
  return (seen, response) => {
    if (left === 0 || !matches(seen)) return false;
    left--;
    return fault(seen, response);
  };
}

/** The ETag of bytes. */
export const etag = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

/** Starts the server on a free port of loopback. */
export async function startFaultServer(): Promise<FaultServer> {
  const objects: FaultServer['objects'] = new Map();
  const uploads: FaultServer['uploads'] = new Map();
  const seen: Seen[] = [];
  let fault: Fault | null = null;
  let count = 0;

  function ok(response: ServerResponse, body = '', headers: Record<string, string> = {}): void {
    response.writeHead(200, headers).end(body);
  }

  /** Keeps an object, unless the condition forbids it. */
  function keep(request: Seen, key: string, bytes: Buffer, response: ServerResponse): boolean {
    if (request.headers['if-none-match'] === '*' && objects.has(key)) {
      refuse(response, 412, 'PreconditionFailed');
      return false;
    }
    objects.set(key, bytes);
    return true;
  }

  function read(request: Seen, key: string, response: ServerResponse): void {
    const whole = objects.get(key);
    if (whole === undefined) return refuse(response, 404, 'NoSuchKey');
    const match = request.headers['if-match'];
    if (match !== undefined && match !== etag(whole)) return refuse(response, 412, 'PreconditionFailed');
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
    if (start >= whole.length) return refuse(response, 416, 'InvalidRange');
    const part = whole.subarray(start);
    response.writeHead(206, {
      'content-length': part.length,
      'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}`,
      etag: etag(whole),
    });
    response.end(part);
  }

  function uploadRequest(request: Seen, key: string, query: URLSearchParams, response: ServerResponse): void {
    const id = query.get('uploadId');
    if (id === null) {
      if (request.method === 'GET')
        return ok(response, listed(query.get('prefix') ?? ''), { 'content-type': 'application/xml' });
      const made = `u${++count}`;
      uploads.set(made, { key, began: new Date(), parts: new Map() });
      return ok(
        response,
        `<InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const upload = uploads.get(id);
    if (upload === undefined) return refuse(response, 404, 'NoSuchUpload');
    if (request.method === 'DELETE') {
      uploads.delete(id);
      response.writeHead(204).end();
    } else if (request.method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), request.body);
      ok(response, '', { etag: etag(request.body) });
    } else {
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
      if (!keep(request, key, Buffer.concat(parts), response)) return;
      uploads.delete(id);
      ok(response, '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>');
    }
  }

  function listed(prefix: string): string {
    const all = [...uploads]
      .filter(([, { key }]) => key.startsWith(prefix))
      .map(
        ([id, { key, began }]) =>
          `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${began.toISOString()}</Initiated></Upload>`,
      );
    return `<ListMultipartUploadsResult>${all.join('')}<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>`;
  }

  function answer(request: Seen, response: ServerResponse): void {
    const url = new URL(request.path, 'http://store');
    const key = decodeURIComponent(url.pathname.slice(1));
    const query = url.searchParams;
    if (query.has('uploads') || query.has('uploadId')) return uploadRequest(request, key, query, response);
    const object = objects.get(key);
    if (request.method === 'HEAD') {
      if (object === undefined && key !== '') response.writeHead(404).end();
      else response.writeHead(200, { 'content-length': object?.length ?? 0 }).end();
    } else if (request.method === 'GET') {
      read(request, key, response);
    } else if (request.method === 'PUT' && key !== '') {
      if (keep(request, key, request.body, response)) ok(response);
    } else {
      ok(response);
    }
  }

  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const path = (incoming.url ?? '').replace(/^\/[^/?]+\/?/, '/');
      const request = {
        method: incoming.method ?? '',
        path,
        headers: incoming.headers,
        body: Buffer.concat(parts),
      };
      seen.push(request);
      if (fault === null || fault(request, response) === false) answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    seen,
    objects,
    uploads,
    get fault() {
      return fault;
    },
    set fault(next) {
      fault = next;
    },
    of: (method) => seen.filter((request) => request.method === method),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
