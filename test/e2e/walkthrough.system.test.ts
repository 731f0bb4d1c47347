/** The product as a user meets it: real processes, real HTTP, real Postgres. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoPayload } from '../../connectors/cli/demo-data.ts';
import { packageRoot } from '../../connectors/define.ts';

const run = promisify(execFile);
const program = join(packageRoot(), 'dist', 'rightstream.js');
/** The identity of the published walkthrough: an organisation, no type. */
const identity = Buffer.from(
  JSON.stringify({ identity: { account_number: '12345', internal: { org_id: '12345' } } }),
).toString('base64');
const today = Date.UTC(2026, 5, 1);

let dir: string;
let data: string;
let url: string;
let up: ChildProcess;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function rightstream(...args: string[]): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(process.execPath, [program, ...args, '--data-dir', data]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

function started(child: ChildProcess): Promise<{ url: string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      try {
        resolve(JSON.parse(text) as { url: string });
      } catch {
        // more to come
      }
    });
    child.once('exit', (code) => {
      reject(new Error(`up ended with ${String(code)}: ${text}`));
    });
  });
}

function exited(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}

async function upload(name: string, request: string): Promise<Response> {
  const form = new FormData();
  const { readFile } = await import('node:fs/promises');
  form.set('file', new Blob([new Uint8Array(await readFile(join(dir, name)))]), name);
  return fetch(`${url}/api/ingress/v1/upload`, {
    method: 'POST',
    body: form,
    headers: { 'x-rh-identity': identity, 'x-rh-request-id': request },
  });
}

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${url}${path}`, { headers: { 'x-rh-identity': identity } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** Asks again until the answer is as wanted; the test's own time-out ends it. */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rightstream-e2e-'));
  data = join(dir, 'data');
  for (const day of [0, 1, 15])
    await writeFile(join(dir, `day-${day}.tar.gz`), (await demoPayload(day, today)).bytes);
  up = spawn(process.execPath, [program, 'up', '--port', '0', '--json', '--data-dir', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ({ url } = await started(up));
});

afterAll(async () => {
  if (up.exitCode === null) {
    up.kill('SIGTERM');
    await exited(up);
  }
  await rm(dir, { recursive: true, force: true });
});

describe('the published walkthrough', () => {
  it('answers the health checks', async () => {
    expect((await fetch(`${url}/api/ingress/v1/version`)).status).toBe(200);
    expect(await (await fetch(`${url}/status`)).json()).toEqual({ 'api-server': 'working' });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('takes an upload as plain curl sends it, and shows workloads and recommendations', async () => {
    const answer = await upload('day-0.tar.gz', 'test-request-123');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({
      request_id: 'test-request-123',
      upload: { org_id: '12345' },
    });
    const found = await until(
      () => get('/api/ros/v1/recommendations?start_date=2026-01-01'),
      ({ body }) => (body['data'] as unknown[]).length === 7,
    );
    expect(found.status).toBe(200);
    const api = '/api/cost-management/v1/recommendations/openshift';
    const [item] = found.body['data'] as { id: string }[];
    expect((await get(`${api}/${item!.id}/history?limit=1`)).body).toMatchObject({
      meta: { count: expect.any(Number) as number, limit: 1 },
      data: [{ recommendations: { recommendation_terms: expect.any(Object) as object } }],
    });
    expect((await get('/api/ros/v1/recommendations?start_date=2026-01-01&workload=%25')).body).toMatchObject({
      meta: { count: 0 },
    });
    const workloads = await get('/api/ros/v1/workloads');
    expect((workloads.body['data'] as unknown[]).length).toBe(6);
  });

  it('gives the same request with the same bytes the first answer, and other bytes 409', async () => {
    expect((await upload('day-0.tar.gz', 'test-request-123')).status).toBe(202);
    expect((await upload('day-1.tar.gz', 'test-request-123')).status).toBe(409);
    const { body } = await get('/tables/uploads');
    expect((body['data'] as unknown[]).length).toBe(1);
  });

  it('gives the same bytes under another request id their own upload, a duplicate', async () => {
    expect((await upload('day-0.tar.gz', 'other-request')).status).toBe(202);
    const { body } = await until(
      () => get('/tables/uploads'),
      (answer) => (answer.body['data'] as { status: string }[]).some(({ status }) => status === 'duplicate'),
    );
    expect((body['data'] as { status: string }[]).map(({ status }) => status).sort()).toEqual([
      'accepted',
      'duplicate',
    ]);
  });

  it('shows nothing to another organisation', async () => {
    const other = Buffer.from(JSON.stringify({ identity: { org_id: 'someone-else' } })).toString('base64');
    const answer = await fetch(`${url}/api/ros/v1/recommendations?start_date=2026-01-01`, {
      headers: { 'x-rh-identity': other },
    });
    expect(((await answer.json()) as { data: unknown[] }).data).toEqual([]);
  });
});

describe('the command line beside a running system', () => {
  it('ingests into it and says what was rejected, with exit code 3', async () => {
    const { code, stdout } = await rightstream('ingest', join(dir, 'day-15.tar.gz'), '--json');
    const { uploads } = JSON.parse(stdout) as {
      uploads: { status: string; files: Record<string, unknown>[] }[];
    };
    expect(code).toBe(3);
    expect(uploads[0]!.status).toBe('partly-rejected');
    const file = uploads[0]!.files[0] as {
      rows: number;
      accepted: number;
      rejected: number;
      reasons: object;
    };
    expect(file.accepted + file.rejected).toBe(file.rows);
    expect(file.rejected).toBe(Object.values(file.reasons).reduce((sum: number, n) => sum + Number(n), 0));
  });

  it('refuses a second system on the same folder', async () => {
    const { code, stderr } = await rightstream('up', '--port', '0');
    expect(code).toBe(2);
    expect(stderr).toContain('ALREADY_RUNNING');
  });

  it('names a file that is not there, with exit code 2', async () => {
    const { code, stderr } = await rightstream('ingest', join(dir, 'absent.csv'));
    expect(code).toBe(2);
    expect(stderr).toContain('FILE_NOT_FOUND');
  });

  it('replays under load-free reads to equal tables', async () => {
    const { code, stdout } = await rightstream('replay', 'recommendations', '--verify', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { equal: boolean; swapped: boolean }).swapped).toBe(true);
    expect((await get('/api/ros/v1/recommendations?start_date=2026-01-01')).status).toBe(200);
  });
});

describe('psql', () => {
  it('shows every read model and column with a comment', async () => {
    const { stdout } = await rightstream('doctor', '--json');
    const host = /127\.0\.0\.1:(\d+)/.exec(stdout)![1]!;
    const { readFile, readdir } = await import('node:fs/promises');
    const password = (await readdir(data)).find((name) => name.includes('password'))!;
    const secret = (await readFile(join(data, password), 'utf8')).trim();
    const user = /postgres:\/\/([a-z]+)@/.exec(stdout)?.[1] ?? 'rightstream';
    const client = new pg.Client({
      host: '127.0.0.1',
      port: Number(host),
      user,
      password: secret,
      database: 'postgres',
    });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `SELECT c.relname || '.' || a.attname AS name FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       WHERE n.nspname = 'public' AND c.relkind = 'v' AND c.relname NOT LIKE '%\\_intervals'
         AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)`,
    );
    await client.end();
    expect(rows).toEqual([]);
  });
});

describe('stopping', () => {
  it('ends with 0 on SIGTERM', async () => {
    const end = exited(up);
    up.kill('SIGTERM');
    expect(await end).toBe(0);
  });
});
