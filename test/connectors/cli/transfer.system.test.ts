import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App, AppOptions } from '../../../connectors/cli/app.ts';
import { tryRun } from '../../../connectors/cli/running.ts';
import { readManifest, writeManifest } from '../../../connectors/transfer/manifest.ts';
import type { Manifest } from '../../../connectors/transfer/manifest.ts';
import { ingest, payload, reportFiles, reports } from '../../support/crash-reports.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import {
  at,
  endsOf,
  exported,
  hashes,
  imported,
  owners,
  rebuiltDifferently,
  take,
} from '../../support/transfer.ts';

/** Tables whose rows are named by upload ids, which every upload gets anew. */
const namedByUpload = ['uploads', 'upload_files'];

let server: TestPostgres;
let source: AppOptions;
let folder: string;
let made = 0;

async function place(): Promise<AppOptions> {
  made += 1;
  return { databaseUrl: await server.database(), dataDir: server.folder(`data-${made}`) };
}

/** A new payload, the same wherever it is sent. */
const more = () => payload('r7', '2026-03-29T05:00:00Z', [reportFiles()[1]!, reportFiles()[3]!]);

beforeAll(async () => {
  server = await startPostgres();
  source = await place();
  folder = join(server.folder('exports'), 'one');
  await at(source, async (app) => {
    await take(app, reports());
    // One that no unit has taken yet, and a record that no unit can read.
    await ingest(app, [more()]);
    await app.log.append([
      {
        topic: 'intake',
        key: 'x',
        partition: 0,
        value: Buffer.from([0, 0, 0, 1, 1, 7]),
        headers: {},
        timestamp: 1,
      },
    ]);
    await exported(app, folder);
  });
});
afterAll(() => server.close());

describe('an import', () => {
  it('has the same records, positions, marks and tables, and goes on like its source', async () => {
    const target = await place();
    const result = await imported(target, folder);
    expect(result.tables.every(({ compared }) => compared)).toBe(true);
    const read = async (app: App) => [await endsOf(app), await owners(app), await hashes(app)];
    expect(await at(target, read)).toEqual(await at(source, read));

    const after = (app: App) =>
      (async () => {
        // r2 was answered before the move; r8 is new and repeats a file of r1.
        await take(app, [reports()[1]!, payload('r8', '2026-03-29T06:00:00Z', [reportFiles()[0]!])]);
        expect(await rebuiltDifferently(app)).toEqual([]);
        const tables = await hashes(app, true);
        for (const table of namedByUpload) tables[table] = tables[table]!.replace(/ rows.*/, '');
        return { ends: await endsOf(app), tables };
      })();
    expect(await at(target, after)).toEqual(await at(source, after));
  });

  it('answers a former request id as it was answered', async () => {
    const target = await place();
    await imported(target, folder);
    const [, second] = reports();
    const answer = (app: App) => {
      const bytes = (async function* () {
        yield await Promise.resolve(second!.bytes);
      })();
      const { requestId, filename } = second!;
      return app.uploads.accept({
        ...{ org: '3340851', account: null, requestId, filename, mediaType: 'application/gzip' },
        ...{ channel: 'http', bytes, maxBytes: 1e8 },
      });
    };
    const [there, here] = [await at(source, answer), await at(target, answer)];
    expect(here).toEqual(there);
    expect(here.repeated).toBe(true);
  });

  it('lets nothing else run until it is finished, and goes on when it is run again', async () => {
    const target = await place();
    await expect(
      at({ ...target, importing: true }, async (app) => {
        const append = app.log.append.bind(app.log);
        let left = 3;
        app.log.append = (records) => {
          if (left-- === 0) throw new Error('killed');
          return append(records);
        };
        const read = await readManifest(folder);
        const { importFrom } = await import('../../../connectors/cli/importing.ts');
        await importFrom(app, folder, read);
      }),
    ).rejects.toThrow('killed');
    await expect(at(target, hashes)).rejects.toMatchObject({ code: 'IMPORT_UNFINISHED' });
    expect((await imported(target, folder)).resumed).toBe(true);
    expect(await at(target, endsOf)).toBeDefined();
    await expect(imported(target, folder)).rejects.toMatchObject({ code: 'TOPIC_NOT_EMPTY' });
  });
});

describe('an export', () => {
  it('of a place at work is of one moment', async () => {
    const busy = await place();
    const copy = join(server.folder('exports'), 'busy');
    await at(busy, async (working) => {
      const running = (await tryRun(working))!;
      await ingest(working, reports());
      await at(busy, async (app) => exported(app, copy));
      await ingest(working, [more()]);
      await running.stop();
    });
    const target = await place();
    await imported(target, copy);
    await at(target, async (app) => {
      await take(app, [...reports(), more()]);
      expect(await rebuiltDifferently(app)).toEqual([]);
    });
    await at(busy, (app) => take(app, []));
    const facts = async (app: App) => {
      const tables = await hashes(app, true);
      for (const table of namedByUpload) tables[table] = tables[table]!.replace(/ rows.*/, '');
      return tables;
    };
    expect(await at(target, facts)).toEqual(await at(busy, facts));
  });

  it('holds no secret of the database', () => {
    const secret = new URL(source.databaseUrl!).password;
    expect(secret.length).toBeGreaterThan(8);
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).not.toContain(secret);
    expect(readdirSync(folder).sort()).toEqual(['blobs', 'manifest.json', 'request-ids.jsonl.gz', 'topics']);
  });
});

describe('refused', () => {
  /** A copy of the folder with another manifest. */
  async function changed(name: string, change: (manifest: Manifest) => Manifest): Promise<string> {
    const copy = join(server.folder('exports'), name);
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('manifest.json') });
    await writeManifest(copy, change((await readManifest(folder)).manifest));
    return copy;
  }

  it('topics with other partition counts', async () => {
    const target = await place();
    await at({ ...target, partitions: 2 }, () => Promise.resolve());
    await expect(imported(target, folder)).rejects.toMatchObject({ code: 'PARTITIONS_DIFFER' });
  });

  it('topics with records', async () => {
    const target = await place();
    await at(target, (app) => ingest(app, [more()]));
    await expect(imported(target, folder)).rejects.toMatchObject({ code: 'TOPIC_NOT_EMPTY' });
  });

  it('a database that remembers something', async () => {
    const target = await place();
    await at(target, (app) =>
      app.pool.query(
        `INSERT INTO log.owners (unit, partition, positions) VALUES ('uploads', 0, '{"intake": 3}')`,
      ),
    );
    await expect(imported(target, folder)).rejects.toMatchObject({ code: 'OWNERS_EXIST' });
  });

  it('a schema that the target does not have', async () => {
    const copy = await changed('schema', (manifest) => ({
      ...manifest,
      schemas: manifest.schemas.map((schema) => ({
        ...schema,
        avro: schema.avro.replace('"upload_id"', '"upload_name"'),
      })),
    }));
    await expect(imported(await place(), copy)).rejects.toMatchObject({ code: 'SCHEMA_NOT_REGISTERED' });
  });

  it('newer units', async () => {
    const copy = await changed('newer', (manifest) => ({ ...manifest, versions: { uploads: 99 } }));
    await expect(imported(await place(), copy)).rejects.toMatchObject({ code: 'CODE_OUTDATED' });
  });

  it('tables that would not be the same', async () => {
    const copy = await changed('tables', (manifest) => ({
      ...manifest,
      projections: manifest.projections.map((one) => ({
        ...one,
        tables: one.tables.map((table) => ({ ...table, sha256: 'b'.repeat(64) })),
      })),
    }));
    const target = await place();
    await expect(imported(target, copy)).rejects.toMatchObject({ code: 'TABLES_DIFFER' });
    await expect(at(target, owners)).rejects.toMatchObject({ code: 'IMPORT_UNFINISHED' });
  });

  it('a place whose units run', async () => {
    const target = await place();
    await at(target, async (app) => {
      const running = (await tryRun(app))!;
      await expect(imported(target, folder)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
      await running.stop();
    });
  });

  it('a blob whose bytes are others', async () => {
    const copy = await changed('blob', (manifest) => manifest);
    const blob = readdirSync(join(copy, 'blobs'), { recursive: true, withFileTypes: true }).find((e) =>
      e.isFile(),
    )!;
    const path = join(blob.parentPath, blob.name);
    const bytes = readFileSync(path);
    bytes[10]! ^= 1;
    writeFileSync(path, bytes);
    await expect(imported(await place(), copy)).rejects.toMatchObject({ code: 'BLOB_DAMAGED' });
  });
});
