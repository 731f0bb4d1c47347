/** The image without Docker: what its Dockerfile copies, built as it says, is enough to run. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, it } from 'vitest';
import { copied } from '../rules/compose.ts';
import { root } from '../rules/repository.ts';
import { readCompose } from '../support/compose-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-image-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('what the image copies builds, starts and serves (npm ci and npm prune are not run)', async () => {
  const { build, command } = readCompose().services['embedded']!;
  for (const source of copied(build!.dockerfile_inline!)) {
    cpSync(join(root, source), join(folder, source), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const built = spawnSync('npm', ['run', '-s', 'build'], { cwd: folder, encoding: 'utf8' });
  expect([built.status, built.stderr]).toEqual([0, '']);

  const [up, ...options] = command!.map((option) => option.replace(/^\/data$/, join(folder, 'data')));
  const environment = { ...process.env };
  // its own Postgres
  delete environment['DATABASE_URL'];
  const child = spawn(process.execPath, ['dist/rightstream.js', up!, ...options, '--port', '0', '--json'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  try {
    const url = await Promise.race([
      urlIn(child.stdout),
      exited.then((code) => Promise.reject(new Error(`it ended with ${code}:\n${said}`))),
    ]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${url}/`)).text()).toContain('<html');
  } finally {
    child.kill('SIGTERM');
  }
  expect(await exited).toBe(0);
});

function urlIn(output: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: output });
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      const url = /"url": "([^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
