import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { App, AppOptions } from '../../connectors/cli/app.ts';
import { importFrom } from '../../connectors/cli/importing.ts';
import type { DeadLetter } from '../../connectors/cli/dead-letters/finding.ts';
import { askedBy, send } from '../../connectors/cli/dead-letters/sending.ts';
import { tryRun } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { registryClient } from '../../connectors/registry/client.ts';
import { registrySettings } from '../../connectors/registry/settings.ts';
import { readManifest } from '../../connectors/transfer/manifest.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import { ingest, ORG, payload, reportFiles, reports } from '../support/crash-reports.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../support/real/shared.ts';
import {
  at,
  endsOf,
  exported,
  hashes,
  imported,
  owners,
  rebuiltDifferently,
  take,
} from '../support/transfer.ts';

let root: string;
const places: KafkaPlace[] = [];

/** The first ids of an empty registry would be those of one machine. */
beforeAll(async () => {
  const registry = registryClient(registrySettings.parse({ url: (await sharedRegistry()).url }));
  const avro = JSON.stringify({ type: 'record', name: 'SomebodyElses', fields: [] });
  for (const name of ['one', 'two']) await registry.register(ownName(name), avro.replace('Elses', name));
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rightstream-move-'));
});
afterEach(() => {
  for (const place of places.splice(0)) place.close();
  rmSync(root, { recursive: true, force: true });
});

async function onKafka(partitions = 4): Promise<AppOptions> {
  const place = await kafkaPlace(
    ownName('move'),
    {
      brokers: (await sharedKafka()).brokers,
      registryUrl: (await sharedRegistry()).url,
      s3: await sharedS3(),
      databaseUrl: await sharedDatabase(),
    },
    { partitions },
  );
  places.push(place);
  return { dataDir: place.dataDir, profile: place.profile };
}

async function onOneMachine(): Promise<AppOptions> {
  return { dataDir: join(root, ownName('data')), databaseUrl: await sharedDatabase() };
}

const state = async (app: App) => ({
  ends: await endsOf(app),
  owners: await owners(app),
  tables: await hashes(app),
});
const [r1, r2, r3] = reports();
const r7 = payload('r7', '2026-03-29T05:00:00Z', [reportFiles()[1]!, reportFiles()[3]!]);

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** An upload whose bytes are not in the store: it dies, and lives once they are there. */
function lost(app: App): NewRecord {
  const digest = createHash('sha256').update(r7.bytes).digest('hex');
  const upload_id = '5d0c7f0e-52a6-4a3c-9a51-6a4f0d7c1b11';
  const value = app.codec.encode('UploadReceived', {
    ...{
      upload_id,
      org_id: ORG,
      request_id: 'lost',
      account: null,
      channel: 'http',
      filename: 'lost.tar.gz',
    },
    ...{ digest, size: r7.bytes.length, media_type: 'application/gzip', source_id: null, cluster_id: null },
    ...{ cluster_alias: null, received_at: Date.now() },
  });
  const headers = { 'event-id': upload_id, 'event-type': 'UploadReceived', org: ORG, 'request-id': 'lost' };
  return { topic: 'intake', key: ORG, value, headers, timestamp: Date.now() };
}

describe.each([
  ['one machine', 'Kafka', onOneMachine, onKafka],
  ['Kafka', 'one machine', onKafka, onOneMachine],
  ['Kafka', 'Kafka', onKafka, onKafka],
])('from %s to %s', (_from, _to, makeSource, makeTarget) => {
  it('everything is there, and no effect is doubled when clients send again', async () => {
    const [source, target] = [await makeSource(), await makeTarget()];
    const folder = join(root, 'export');
    const before = await at(source, async (app) => {
      await app.log.append([lost(app)]);
      await take(app, [r1!, r2!, r3!]);
      expect(await exported(app, folder)).toMatchObject({ missing_blobs: 1, blobs: { files: 3 } });
      return state(app);
    });
    const result = await imported(target, folder);
    expect(result.tables.every(({ compared }) => compared)).toBe(true);
    await at(target, async (app) => {
      expect(await state(app)).toEqual(before);
      await take(app, [r1!, r2!]);
      expect(await state(app)).toEqual(before);
      // The bytes of a record that died there can be read here when they are handed in again.
      await app.blobs.put(ORG, once(r7.bytes), 1e8);
      const letters = await app.pool.query<DeadLetter>('SELECT * FROM public.dead_letters');
      expect(letters.rows).toMatchObject([{ unit: 'open-uploads', code: 'BLOB_MISSING', attempts: 0 }]);
      const sending = { app, what: 'redrive', run: 'test', ...askedBy('') } as const;
      expect(await send(sending, letters.rows)).toMatchObject([{ result: 'done' }]);
      await take(app, []);
      // A new upload whose files came before: it is counted as a duplicate, and what is new counts.
      await take(app, [r7]);
      const { rows } = await app.pool.query(
        'SELECT status, count(*)::int AS n FROM public.uploads GROUP BY 1 ORDER BY 1',
      );
      expect(rows).toEqual([
        { status: 'duplicate', n: 2 },
        { status: 'partly-rejected', n: 3 },
      ]);
      expect(await rebuiltDifferently(app)).toEqual([]);
    });
  });
});

it('an interrupted import into Kafka goes on, and nothing else runs meanwhile', async () => {
  const [source, target] = [await onOneMachine(), await onKafka()];
  const folder = join(root, 'export');
  const before = await at(source, async (app) => {
    await take(app, [r1!, r2!, r3!]);
    await exported(app, folder);
    return state(app);
  });
  const read = await readManifest(folder);
  await expect(
    at({ ...target, importing: true }, async (app) => {
      let left = 5;
      const append = app.log.append.bind(app.log);
      app.log.append = async (records) => {
        if (left-- > 0) return append(records);
        // A part of what was sent is there when the process dies.
        await append(records.slice(0, Math.ceil(records.length / 2)));
        throw new Error('killed');
      };
      await importFrom(app, folder, read);
    }),
  ).rejects.toThrow('killed');
  await expect(at(target, state)).rejects.toMatchObject({ code: 'IMPORT_UNFINISHED' });
  expect(await imported(target, folder)).toMatchObject({ resumed: true });
  expect(await at(target, state)).toEqual(before);
});

it('an export of Kafka at work is of one moment', async () => {
  const [source, target] = [await onKafka(), await onOneMachine()];
  const folder = join(root, 'export');
  const after = await at(source, async (working) => {
    const running = (await tryRun(working))!;
    await ingest(working, [r1!, r2!]);
    await at(source, (app) => exported(app, folder));
    await ingest(working, [r3!]);
    await running.stop();
    await take(working, []);
    return hashes(working, true);
  });
  await imported(target, folder);
  const here = await at(target, async (app) => {
    await take(app, [r1!, r2!, r3!]);
    expect(await rebuiltDifferently(app)).toEqual([]);
    return hashes(app, true);
  });
  const named = { uploads: '', upload_files: '' };
  expect({ ...here, ...named }).toEqual({ ...after, ...named });
});

describe('refused by Kafka', () => {
  it('other partition counts, topics with records, units that run', async () => {
    const source = await onOneMachine();
    const folder = join(root, 'export');
    await at(source, async (app) => {
      await take(app, [r1!]);
      await exported(app, folder);
    });
    await expect(imported(await onKafka(2), folder)).rejects.toMatchObject({ code: 'PARTITIONS_DIFFER' });
    const target = await onKafka();
    await at(target, async (app) => {
      const running = (await tryRun(app))!;
      const ids = [...units.streams, ...units.projections].map(({ id }) => id);
      await vi.waitFor(async () => expect(await app.membership.members(ids)).toBeGreaterThan(0), 10_000);
      await expect(imported(target, folder)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
      await running.stop();
      await ingest(app, [r2!]);
    });
    await expect(imported(target, folder)).rejects.toMatchObject({ code: 'TOPIC_NOT_EMPTY' });
  });
});
