/** Stands before an API server and answers some requests itself: what a healthy server cannot be made to say. */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ApiAccess } from './real/kubernetes-api.ts';

/** What is answered instead. */
export interface Fault {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly reason?: string;
  /** Given as an event of a watch that has begun well. */
  readonly inWatch?: boolean;
}

/** The proxy: `fault` decides for each request by method and path. */
export interface FaultProxy {
  readonly url: string;
  fault: (method: string, path: string) => Fault | undefined;
  /** What came, `METHOD path`. */
  readonly seen: string[];
  /** Breaks all connections. */
  cut(): void;
  close(): void;
}

/** Starts one. */
export async function startFaultProxy(access: ApiAccess): Promise<FaultProxy> {
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    seen.push(`${method} ${url}`);
    const fault = proxy.fault(method, url);
    if (fault === undefined) pass(access, incoming, outgoing);
    else answer(fault, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => undefined,
    seen,
    cut() {
      server.closeAllConnections();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;
}

function answer(
  { status, headers = {}, reason = 'Fault', inWatch = false }: Fault,
  outgoing: ServerResponse,
): void {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: `a fault, ${status}`,
    reason,
    code: status,
  };
  outgoing.writeHead(inWatch ? 200 : status, { 'content-type': 'application/json', ...headers });
  outgoing.end(inWatch ? `${JSON.stringify({ type: 'ERROR', object: body })}\n` : JSON.stringify(body));
}

function pass(access: ApiAccess, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url = '', headers } = incoming;
  const rest = { ...headers, host: new URL(access.url).host };
  const call = request(new URL(url, access.url), { method, ca: access.ca, headers: rest }, (given) => {
    outgoing.writeHead(given.statusCode ?? 500, given.headers);
    given.pipe(outgoing);
    given.on('error', () => outgoing.destroy());
  });
  call.on('error', () => outgoing.destroy());
  outgoing.on('close', () => call.destroy());
  incoming.pipe(call);
}
