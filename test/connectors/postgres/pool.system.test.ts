import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Embedded, openEmbedded } from '../../../connectors/postgres/embedded/embedded.ts';
import { createPool, isRetryable } from '../../../connectors/postgres/pool.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';

let dataDir: string;
let embedded: Embedded;
let pool: Pool;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'rightstream-pool-'));
  chmodSync(dataDir, 0o755);
  embedded = await openEmbedded({ dataDir });
  pool = createPool({
    url: embedded.url,
    applicationName: 'rightstream-test',
    max: 3,
    statementTimeoutMs: 2_000,
  });
});

afterAll(async () => {
  await pool.end();
  await embedded.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function one(sql: string): Promise<unknown> {
  const { rows } = await pool.query<{ v: unknown }>(`SELECT ${sql} AS v`);
  return rows[0]!.v;
}

it('gives values their types', async () => {
  expect(await one('9007199254740991::int8')).toBe(9007199254740991);
  expect(await one('0.1::float8')).toBe(0.1);
  expect(await one("'0.10'::numeric")).toBe('0.10');
  expect(await one("'2026-03-29 01:59:59.9999+02'::timestamptz")).toBe('2026-03-28T23:59:59.999Z');
  expect(await one("'2026-03-29'::timestamptz")).toBe('2026-03-29T00:00:00.000Z');
  expect(await one("'infinity'::timestamptz")).toBe('infinity');
  expect(await one("'2026-03-29'::date")).toBe('2026-03-29');
  expect(await one(`'{"a":[1]}'::jsonb`)).toEqual({ a: [1] });
});

it('refuses an integer that a number cannot hold', async () => {
  const error = await one('9007199254740993::int8').catch((thrown: unknown) => thrown);
  expect(codeOf(error)).toBe('POSTGRES_NUMBER_UNSAFE');
});

it('tells failures that pass from those that do not', async () => {
  const nobody = createPool({
    url: 'postgres://a:b@127.0.0.1:1/x',
    applicationName: 'rightstream-x',
    max: 1,
  });
  expect(isRetryable(await nobody.query('SELECT 1').catch((thrown: unknown) => thrown))).toBe(true);
  await nobody.end();
  expect(isRetryable(await one('pg_sleep(5)').catch((thrown: unknown) => thrown))).toBe(true);
  expect(isRetryable(await one('1 / 0').catch((thrown: unknown) => thrown))).toBe(false);
  expect(isRetryable(await one('nothing').catch((thrown: unknown) => thrown))).toBe(false);
});

it('outlives the end of an idle connection', async () => {
  await Promise.all([one('pg_sleep(0.05)'), one('pg_sleep(0.05)')]);
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rightstream-test' AND pid <> pg_backend_pid()",
  );
  expect(await one('1')).toBe(1);
});
