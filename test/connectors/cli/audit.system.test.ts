/** `rightstream audit` as a user runs it, against the stand-in for EventStoreDB. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEventStoreStub } from '../../support/eventstoredb-stub.ts';
import type { EventStoreStub } from '../../support/eventstoredb-stub.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-audit-'));
let stub: EventStoreStub;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(
  args: readonly string[],
  url: string | undefined,
): { child: ChildProcess; ended: Promise<Ran> } {
  const env: Record<string, string | undefined> = {
    ...process.env,
    RIGHTSTREAM_DATA_DIR: join(folder, 'data'),
  };
  delete env['DATABASE_URL'];
  delete env['EVENTSTOREDB_URL'];
  if (url !== undefined) env['EVENTSTOREDB_URL'] = url;
  const child = spawn(process.execPath, ['dist/rightstream.js', ...args], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, out, err });
    });
  });
  return { child, ended };
}

function run(args: readonly string[], url: string | undefined = stub.url): Promise<Ran> {
  return start(args, url).ended;
}

/** Event ids per stream of recommendations, as they are stored. */
function trails(): string[][] {
  return stub.streams
    .names()
    .filter((name) => name.startsWith('rightstream-recommendation-'))
    .map((name) =>
      stub.streams.all(name).map(({ metadata }) => {
        const { headers } = JSON.parse(Buffer.from(metadata).toString()) as {
          headers: Record<string, string>;
        };
        return headers['event-id']!;
      }),
    );
}

beforeAll(async () => {
  stub = await startEventStoreStub();
  const report = join(folder, 'report.csv');
  expect(await run(['bench-data', report, '--containers', '30', '--days', '2'])).toMatchObject({ code: 0 });
  expect(await run(['ingest', report])).toMatchObject({ code: 0 });
});
afterAll(() => {
  stub.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('killed half-way and run again, every decision is written once, in order', async () => {
  let appends = 0;
  const { child, ended } = start(['audit'], stub.url);
  stub.fault = ({ method }) => {
    if (method === 'append' && (appends += 1) === 10) child.kill('SIGKILL');
    return undefined;
  };
  await ended;
  stub.fault = () => undefined;
  const first = trails().flat().length;
  const { code, out, err } = await run(['audit', '--once', '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const { appended } = JSON.parse(out) as { appended: number };
  const { out: tail } = await run(['tail', 'recommendations', '--json']);
  const made = tail.trim().split('\n');
  const ids = made.map(
    (line) => (JSON.parse(line) as { headers: Record<string, string> }).headers['event-id']!,
  );
  expect(ids.length).toBeGreaterThan(20);
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(ids.length);
  expect(appended).toBeGreaterThanOrEqual(ids.length - first);
  expect(trails().flat().sort()).toEqual(ids.sort());
  const again = await run(['audit', '--once', '--json']);
  expect(JSON.parse(again.out)).toMatchObject({ appended: 0, repeated: 0 });
});

test('it follows the log until it is told to stop', async () => {
  const prefix = ['--prefix', 'second'];
  const { child, ended } = start(['audit', ...prefix], stub.url);
  let stopped = false;
  stub.fault = ({ stream }) => {
    if (!stopped && stream.startsWith('second-audit_checkpoint-recommendations')) {
      stopped = stub.streams.names().some((name) => name.startsWith('second-recommendation'));
      if (stopped) child.kill('SIGTERM');
    }
    return undefined;
  };
  const { code, out, err } = await ended;
  stub.fault = () => undefined;
  expect({ code, err: err.includes('written') }).toEqual({ code: 0, err: true });
  expect(out).toMatch(
    /^\d+ decisions written, 0 were there already or repeated; up to record \d+ of \d+ partitions\n$/,
  );
});

test('without an address, or with a wrong one, it says what to do and not the password', async () => {
  const none = start(['audit'], undefined);
  expect(await none.ended).toMatchObject({
    code: 2,
    err: expect.stringContaining('EVENTSTOREDB_URL is not set') as unknown,
  });
  const wrong = await run(['audit'], 'http://ada:pa55word@127.0.0.1:1');
  expect(wrong.code).toBe(2);
  expect(wrong.out + wrong.err).not.toContain('pa55word');
});

test('a server that is away ends a single run with its code', async () => {
  const ran = await run(['audit', '--once', '--json'], 'esdb://127.0.0.1:1?tls=false');
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out)).toMatchObject({ error: { code: 'EVENTSTOREDB_AWAY' } });
  expect(ran.err).toContain('EVENTSTOREDB_AWAY');
});
