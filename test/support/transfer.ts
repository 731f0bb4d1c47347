/** What tests of export and import ask of a place. */
import { openApp } from '../../connectors/cli/app.ts';
import type { App, AppOptions } from '../../connectors/cli/app.ts';
import { comparable, exportTo } from '../../connectors/cli/exporting.ts';
import { importFrom, partitionsOf } from '../../connectors/cli/importing.ts';
import type { ImportResult } from '../../connectors/cli/importing.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { readManifest } from '../../connectors/transfer/manifest.ts';
import type { Manifest } from '../../connectors/transfer/manifest.ts';
import { ingest } from './crash-reports.ts';
import type { Payload } from './crash-reports.ts';

/** Works on an open place and closes it. */
export async function at<T>(options: AppOptions, work: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp(options);
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** Uploads, and runs the units until everything has taken effect. */
export async function take(app: App, payloads: readonly Payload[]): Promise<void> {
  await ingest(app, payloads);
  const running = (await tryRun(app))!;
  await Promise.race([caughtUp(app, new AbortController().signal), running.failed]);
  await running.stop();
}

/** Hash of every table, without the bytes of other records; `facts`: of what does not depend on arrival. */
export async function hashes(app: App, facts = false): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const projection of units.projections) {
    const tables = await app.generations.hashes(comparable(tableSetOf(projection)), undefined, facts);
    for (const { table, rows, sha256 } of tables) found[table] = `${rows} rows ${sha256}`;
  }
  return found;
}

/** Names of tables that differ from a rebuild. */
export async function rebuiltDifferently(app: App): Promise<string[]> {
  const wrong: string[] = [];
  for (const projection of units.projections) {
    const deps = { ...app.pipeline, generations: app.generations };
    if (!(await rebuild(projection, deps, { verify: true })).equal) wrong.push(projection.id);
  }
  return wrong;
}

/** Ends of every topic. */
export async function endsOf(app: App): Promise<Record<string, readonly number[]>> {
  const ends: Record<string, readonly number[]> = {};
  for (const { name } of await app.log.topics()) ends[name] = await app.log.ends(name);
  return ends;
}

/** Positions and marks of every unit. */
export async function owners(app: App): Promise<unknown[]> {
  const { rows } = await app.pool.query<Record<string, unknown>>(
    'SELECT unit, partition, positions, marks FROM log.owners ORDER BY 1, 2',
  );
  return rows;
}

/** Exports a place. */
export function exported(app: App, folder: string): Promise<Manifest> {
  return exportTo(app, folder, { blobs: true });
}

/** Imports a folder, as the command does. */
export async function imported(options: AppOptions, folder: string): Promise<ImportResult> {
  const read = await readManifest(folder);
  return at({ ...options, importing: true, partitions: partitionsOf(read.manifest) }, (app) =>
    importFrom(app, folder, read),
  );
}
