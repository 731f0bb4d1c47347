/** What `doctor` looks at. */
import { statfs } from 'node:fs/promises';
import { pipelineLag, unitInputs } from '../../projections/runtime/pipeline.ts';
import { codeOf, messageOf } from '../../streams/runtime/errors.ts';
import type { App } from './app.ts';
import { bytesText, count } from './progress.ts';
import { units } from './units.ts';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; only when it is not ok. */
  readonly next?: string;
}

const NODE = [20, 19] as const;
const LOW_DISK_BYTES = 2 * 1024 ** 3;

/** Node is new enough. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > NODE[0] || (major === NODE[0] && minor >= NODE[1]);
  return result('node', ok, version, `install Node ${NODE.join('.')} or later`);
}

/** There is room where the data is. */
export async function checkDisk(dataDir: string): Promise<Check> {
  try {
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    const next = 'free some space, or choose another --data-dir';
    return result('disk', free > LOW_DISK_BYTES, `${bytesText(free)} free at ${dataDir}`, next);
  } catch (error) {
    return failedCheck('disk', error);
  }
}

/** A check that could not be made. */
export function failedCheck(name: string, error: unknown): Check {
  const next = 'solve what the message says, then run doctor again';
  return result(name, false, `${codeOf(error)}: ${messageOf(error)}`, next);
}

/** Everything that an open app can tell. */
export async function checkApp(app: App, dataDir: string): Promise<Check[]> {
  const looks: [string, () => Promise<Check[]>][] = [
    ['postgres', () => checkPostgres(app)],
    ['topics', () => checkTopics(app)],
    ['projections', () => Promise.resolve(checkVersions(app))],
    ['lag', () => checkLag(app)],
    ['dead letters', () => checkDead(app)],
  ];
  const checks: Check[] = [result('data folder', true, dataDir)];
  for (const [name, look] of looks) {
    checks.push(...(await look().catch((error: unknown) => [failedCheck(name, error)])));
  }
  return checks;
}

async function checkPostgres(app: App): Promise<Check[]> {
  const { rows } = await app.pool.query<{ version: string; number: string; bytes: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
            pg_database_size(current_database())::text AS bytes`,
  );
  const { version, number, bytes } = rows[0]!;
  const { host, pathname } = new URL(app.url);
  const detail = `${version} at ${host}${pathname}, ${bytesText(Number(bytes))}`;
  return [result('postgres', Number(number) >= 140_000, detail, 'use Postgres 14 or later')];
}

async function checkTopics(app: App): Promise<Check[]> {
  const topics = await app.log.topics();
  const ends = await Promise.all(topics.map(({ name }) => app.log.ends(name)));
  const records = ends.flat().reduce((sum, end) => sum + end, 0);
  return [result('topics', topics.length > 0, `${topics.length} topics, ${count(records)} records`)];
}

function checkVersions(app: App): Check[] {
  return units.projections.map((projection) => {
    const live = app.live.get(projection.id)?.version;
    const detail = `${projection.id}: tables of version ${live ?? 'none'}, code of version ${projection.version}`;
    const next = `rightstream replay ${projection.id} rebuilds it; \`rightstream up\` does so when it starts`;
    return result('projection', live === projection.version, detail, next);
  });
}

async function checkLag(app: App): Promise<Check[]> {
  const lags = await pipelineLag(unitInputs(app.units), app.pipeline);
  const behind = new Map<string, number>();
  for (const { id, lag } of lags) if (lag > 0) behind.set(id, (behind.get(id) ?? 0) + lag);
  if (behind.size === 0) return [result('lag', true, 'every unit has taken every record')];
  const detail = [...behind].map(([id, lag]) => `${id} ${count(lag)}`).join(', ');
  return [result('lag', false, `records to take: ${detail}`, 'run the units: `rightstream up`')];
}

async function checkDead(app: App): Promise<Check[]> {
  const { rows } = await app.pool.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM public.dead_letters WHERE status = 'dead'",
  );
  const n = rows[0]!.n;
  return [result('dead letters', n === 0, count(n), '`rightstream dead-letters list` says which and why')];
}

function result(name: string, ok: boolean, detail: string, next?: string): Check {
  return ok || next === undefined ? { name, ok, detail } : { name, ok, detail, next };
}
