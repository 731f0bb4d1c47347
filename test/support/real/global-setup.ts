/** Runs around the tests of the project `real`: installs, starts what tests ask for, and stops it at the end. */
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { TestProject } from 'vitest/node';
import { type TestPostgres, startPostgres } from '../postgres.ts';
import { installAll } from './install.ts';
import { startKafka } from './kafka.ts';
import { startKubernetes } from './kubernetes.ts';
import { startRegistry } from './registry.ts';
import { startS3 } from './s3.ts';
import { PUBLIC_BUCKET, type SharedAnswers, type ToolRun } from './shared-desk.ts';

/** Installs what is missing and offers the shared servers; what it returns is called after the last test. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installAll(console.log);
  const started: (() => Promise<void>)[] = [];
  /** Starts once, however many ask. */
  function lazily<T>(start: () => Promise<T>, stop: (server: T) => Promise<void>): () => Promise<T> {
    let server: Promise<T> | undefined;
    return () => {
      server ??= start().then((running) => {
        started.push(() => stop(running));
        return running;
      });
      return server;
    };
  }
  const kafka = lazily(
    () => startKafka(),
    (server) => server.stop(),
  );
  const registry = lazily(startRegistry, (server) => server.stop());
  const s3 = lazily(
    () => startS3({ publicBuckets: [PUBLIC_BUCKET] }),
    (server) => server.stop(),
  );
  const kubernetes = lazily(startKubernetes, (server) => server.stop());
  const postgres = lazily<TestPostgres>(startPostgres, (server) => server.close());
  const offers: { [K in keyof SharedAnswers]: () => Promise<SharedAnswers[K]> } = {
    kafka: async () => ({ brokers: (await kafka()).brokers }),
    registry: async () => ({ url: (await registry()).url }),
    s3: async () => {
      const { endpoint, region, accessKeyId, secretAccessKey } = await s3();
      return { endpoint, region, accessKeyId, secretAccessKey };
    },
    kubernetes: async () => {
      const { url, ca, token, auditLog } = await kubernetes();
      return { url, ca, token, auditLog };
    },
    database: async () => ({ url: await (await postgres()).database() }),
  };
  async function answer(request: IncomingMessage): Promise<unknown> {
    const what = request.url?.slice(1) ?? '';
    if (what === 'tool') {
      const { script, args, options } = (await json(request)) as ToolRun;
      return (await kafka()).tools.run(script, args, options);
    }
    if (!Object.hasOwn(offers, what)) throw new Error('nothing is shared under this name');
    return offers[what as keyof SharedAnswers]();
  }
  const desk = createServer((request, response) => {
    answer(request).then(
      (given) => response.end(JSON.stringify(given)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  project.provide('sharedServers', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);
  return async () => {
    desk.close();
    desk.closeAllConnections();
    await Promise.all(started.map((stop) => stop()));
  };
}
