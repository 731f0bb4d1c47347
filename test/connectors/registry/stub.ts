/** An HTTP server that answers like a registry, or as badly as a test wants. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stub does with one request. */
export type Answer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly text: string }
  /** Nothing, until the client goes away. */
  | 'silence'
  /** Bytes now and then, and never an end. */
  | 'drip'
  /** Half of an answer, then the connection ends. */
  | 'cut'
  /** The connection ends at once. */
  | 'reset';

/** A running stub. */
export interface RegistryStub {
  readonly url: string;
  /** `GET /schemas/ids/7`, in the order of arrival. */
  readonly requests: string[];
  readonly headers: IncomingMessage['headers'][];
  answer: (request: string, body: string) => Answer;
  close(): Promise<void>;
}

/** A registry's word for a schema that it does not have. */
export const notFound: Answer = { status: 404, json: { error_code: 40403, message: 'Schema not found' } };

/** Starts a stub on a free port; it answers 40403 until told otherwise. */
export async function startStub(): Promise<RegistryStub> {
  const requests: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const line = `${request.method!} ${request.url!}`;
      requests.push(line);
      headers.push(request.headers);
      send(response, stub.answer(line, Buffer.concat(chunks).toString()));
    });
  });
  const stub: RegistryStub = {
    url: '',
    requests,
    headers,
    answer: () => notFound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(stub, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function send(response: ServerResponse, answer: Answer): void {
  switch (answer) {
    case 'silence':
      return;
    case 'reset':
      response.destroy();
      return;
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"schema":');
      setImmediate(() => response.destroy());
      return;
    case 'drip': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
      return;
    }
    default:
      response.writeHead(answer.status, {
        'content-type': 'json' in answer ? 'application/json' : 'text/html',
      });
      response.end('json' in answer ? JSON.stringify(answer.json) : answer.text);
  }
}
