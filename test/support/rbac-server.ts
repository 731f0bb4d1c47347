/** An access service on a real socket: answers with the pages that a test gives it, and remembers who asked. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A permission as the service tells it. */
export function permission(name: string, ...values: unknown[]): Record<string, unknown> {
  return {
    permission: `cost-management:${name}`,
    resourceDefinitions: values.map((value) => ({
      attributeFilter: { key: 'any', operation: Array.isArray(value) ? 'in' : 'equal', value },
    })),
  };
}

/** The server. */
export interface RbacServer {
  readonly url: string;
  /** Path and identity of each question. */
  readonly asked: { path: string; identity: string }[];
  /** How it answers; absent: with `pages`, each linked to the next. */
  answer: RequestListener | undefined;
  pages: Record<string, unknown>[][];
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1. */
export async function rbacServer(pages: Record<string, unknown>[][] = [[]]): Promise<RbacServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    stub.asked.push({ path, identity: String(request.headers['x-rh-identity']) });
    if (stub.answer !== undefined) {
      stub.answer(request, response);
      return;
    }
    const page = Number(new URL(path, 'http://x').searchParams.get('offset') ?? 0) / 100;
    const next =
      page + 1 < stub.pages.length
        ? `/api/rbac/v1/access/?application=cost-management&limit=100&offset=${(page + 1) * 100}`
        : null;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ meta: {}, links: { next }, data: stub.pages[page] ?? [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stub: RbacServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answer: undefined,
    pages,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return stub;
}
