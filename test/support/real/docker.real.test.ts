import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { dockerAnswers } from './docker.ts';
import { startRegistry } from './registry.ts';

/** Answers a ping as a daemon does, and nothing else. */
const daemon = createServer((request, response) => {
  response.writeHead(request.url === '/_ping' ? 200 : 500).end('{"message":"no containers today"}');
});
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rightstream-docker-'));
  const socket = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => daemon.listen(socket, resolve));
  vi.stubEnv('DOCKER_HOST', `unix://${socket}`);
  vi.stubEnv('RIGHTSTREAM_TEST_DOCKER', 'auto');
});
afterAll(() => {
  vi.unstubAllEnvs();
  daemon.close();
  rmSync(folder, { recursive: true, force: true });
});

it('runs a server as a process when the daemon starts no container, and says so', async () => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  expect(await dockerAnswers()).toBe(true);
  const registry = await startRegistry();
  expect(said).toHaveBeenCalledWith(expect.stringContaining('run as processes'));
  expect((await fetch(`${registry.url}/subjects`)).status).toBe(200);
  await registry.stop();
  expect(await dockerAnswers()).toBe(false);
});
