import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { commandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-profile-run-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const run = commandLine(join(folder, 'data'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const plan = (seconds: number) =>
  file('plan.json', JSON.stringify({ name: 'two', seconds, runs: { r1: { web: 1 }, r2: { web: 3 } } }));
const rows = async (table: string) =>
  (JSON.parse((await run(['query', table, '--json'])).out) as { rows: Record<string, unknown>[] }).rows;
const replicas = async () =>
  (JSON.parse((await run(['services', '--json'])).out) as { services: { replicas: number }[] }).services[0]!
    .replicas;

beforeAll(async () => {
  const web = { name: 'web', cpu: 500, memory: 256, replicas: 2 };
  const nodes = file('n.json', JSON.stringify({ nodes: [{ name: 'a', cpu: 4000, memory: 4096 }] }));
  await run(['nodes', 'add', '-f', nodes]);
  await run(['services', 'add', '-f', file('s.json', JSON.stringify({ services: [web] }))]);
});

describe('rightstream profile run', () => {
  it('records each run with the throughput of what the log grew by, and puts the replicas back', async () => {
    const log = file('web.csv', 'response_time,norm_time\n0.1,0\n');
    // A service that answers: 20 requests of its own time each time, every 20 ms.
    let at = 0;
    const busy = setInterval(() => {
      const lines = Array.from({ length: 20 }, () => `0.05,${(at += 0.02).toFixed(2)}`);
      appendFileSync(log, `${lines.join('\n')}\n`);
    }, 20);
    const args = ['--plan', plan(1), '--settle', '0', '--pause', '0', '--requests', `web=${log}`];
    const ended = await run(['profile', 'run', ...args]);
    clearInterval(busy);
    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(ended.out).toMatch(/r1\s+complete\s+r2\s+complete/);
    const found = await rows('profiles');
    expect(found.map(({ run: name, scales }) => [name, scales])).toEqual([
      ['r1', { web: 1 }],
      ['r2', { web: 3 }],
    ]);
    for (const row of found) {
      expect(row).toMatchObject({ plan: 'two', service: 'web', outcome: 'complete', alone_p50: 0.05 });
      expect(row['throughput_average']).toBeCloseTo(100 / 1.98, 1);
    }
    expect(await replicas()).toBe(2);
  });

  it('stopped by SIGINT: the run is aborted, and the replicas are back', async () => {
    const args = ['profile', 'run', '--plan', plan(600), '--settle', '0', '--json'];
    const env = { ...process.env, RIGHTSTREAM_DATA_DIR: join(folder, 'data') };
    delete (env as Record<string, string | undefined>)['DATABASE_URL'];
    const child = spawn(process.execPath, ['dist/rightstream.js', ...args], { env });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await vi.waitFor(async () => expect(await replicas()).toBe(1), { timeout: 60_000, interval: 500 });
    child.kill('SIGINT');
    expect(await ended).toBe(3);
    expect(JSON.parse(out)).toEqual({
      plan: 'two',
      runs: [
        { run: 'r1', outcome: 'aborted' },
        { run: 'r2', outcome: 'not begun' },
      ],
    });
    expect(await rows('profiles')).toMatchObject([
      { run: 'r1', outcome: 'aborted' },
      { run: 'r2', outcome: 'complete' },
    ]);
    expect(await replicas()).toBe(2);
  });

  it('logs are recorded, with the contention that they show; alone there is none', async () => {
    const log = (name: string, latency: number) =>
      file(
        name,
        `response_time,norm_time\n${Array.from({ length: 600 }, (_, i) => `${latency},${i}`).join('\n')}\n`,
      );
    const alone = log('db_without_shared_resource.csv', 0.1);
    expect((await run(['profile', alone, '--record'])).code).toBe(0);
    expect(await rows('contentions')).toEqual([]);
    expect((await run(['profile', alone, log('db_shared_resource.csv', 0.15), '--record'])).code).toBe(0);
    expect(await rows('contentions')).toMatchObject([{ service: 'db', from_request: 0, to_request: null }]);
    expect((await rows('profiles')).find(({ service }) => service === 'db')).toMatchObject({
      plan: '',
      sensitivity: 1,
    });
  });

  it.each<[string[], string]>([
    [[], 'BAD_OPTION'],
    [['--services', 'a'], 'BAD_OPTION'],
    [['--services', 'web,nobody', '--settle', '0'], 'UNKNOWN_SERVICE'],
    [['--plan', file('empty.json', '{"name": "x", "runs": {}}')], 'BAD_BODY'],
    [['--plan', plan(1), '--requests', 'web'], 'BAD_OPTION'],
    [['--plan', plan(1), '--settle', '0', '--requests', 'web=nowhere.csv'], 'FILE_NOT_FOUND'],
  ])('%j is refused with %s, and nothing stays scaled', async (args, code) => {
    const { code: exit, err } = await run(['profile', 'run', ...args]);
    expect([exit, err]).toEqual([2, expect.stringContaining(code) as string]);
    expect(await replicas()).toBe(2);
  });

  it('a replay makes the same tables', async () => {
    expect((await run(['replay', 'placement', '--verify'])).code).toBe(0);
  });
});
