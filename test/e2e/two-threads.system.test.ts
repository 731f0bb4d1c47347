import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import { generateReport } from '../../connectors/csv/bench-data.ts';
import { packageRoot } from '../../connectors/define.ts';
import { openEmbedded } from '../../connectors/postgres/embedded/embedded.ts';
import { createPool } from '../../connectors/postgres/pool.ts';

const CONTAINERS = 120;

async function upload(url: string, day: number): Promise<void> {
  const start = Date.UTC(2026, 0, 1 + day);
  const csv = Buffer.concat([...generateReport({ containers: CONTAINERS, intervals: 4, start, seed: 1 })]);
  const form = new FormData();
  form.set('cluster_id', '5ca1e000-0000-4000-8000-000000000001');
  form.set('file', new Blob([new Uint8Array(csv)], { type: 'text/csv' }), 'report.csv');
  expect((await fetch(`${url}/api/ingress/v1/upload`, { method: 'POST', body: form })).status).toBe(202);
}

async function recommended(pool: Pool, day: number): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM public.recommendations WHERE monitoring_end_time >= $1',
    [new Date(Date.UTC(2026, 0, 1 + day))],
  );
  return rows[0]!.n;
}

it.skipIf(availableParallelism() < 2)(
  'up in two threads: everything is recommended on, SIGTERM ends it with 0, and a thread that fails for good ends it with 1',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'rightstream-threads-'));
    const args = [join(packageRoot(), 'dist', 'rightstream.js'), 'up', '--port', '0', '--json'];
    const up = async () => {
      const child = spawn(process.execPath, [...args, '--data-dir', dir], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      const ended = once(child, 'exit') as Promise<[number | null]>;
      let text = '';
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        text += chunk.toString();
        if (text.trimEnd().endsWith('\n}')) break;
      }
      return { child, ended, url: (JSON.parse(text) as { url: string }).url, errors: () => errors };
    };
    const database = await openEmbedded({ dataDir: dir });
    const pool = createPool({ url: database.url, applicationName: 'rightstream test', max: 2 });
    try {
      const first = await up();
      await upload(first.url, 0);
      while ((await recommended(pool, 0)) < CONTAINERS) await sleep(50);
      const owners = await pool.query<{ partition: number }>(
        `SELECT partition FROM log.owners WHERE unit = 'recommendations' AND positions <> '{}' ORDER BY 1`,
      );
      expect(owners.rows.map(({ partition }) => partition)).toEqual([0, 1, 2, 3]);
      first.child.kill('SIGTERM');
      expect(await first.ended).toEqual([0, null]);

      const second = await up();
      await pool.query(
        `DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE %I.containers RENAME COLUMN image TO picture', nspname)
           FROM pg_namespace WHERE nspname LIKE 'recommendations\\_v%' LIMIT 1); END $$`,
      );
      await upload(second.url, 1);
      expect(await second.ended).toEqual([1, null]);
      expect(second.errors()).toContain('TABLES_UNFIT');
      expect(await recommended(pool, 1)).toBe(0);
    } finally {
      await pool.end();
      await database.close();
      await rm(dir, { recursive: true, force: true });
    }
  },
);
