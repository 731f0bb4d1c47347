import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { pages } from '../../connectors/cli/dead-letters/finding.ts';
import type { DeadLetter } from '../../connectors/cli/dead-letters/finding.ts';
import { askedBy, send } from '../../connectors/cli/dead-letters/sending.ts';
import type { Running } from '../../connectors/cli/running.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { readAnnouncement } from '../../connectors/platform/announcement.ts';
import { PLATFORM_OUT } from '../../connectors/platform/telling.ts';
import { workloadNumber } from '../../connectors/platform/wishing.ts';
import { payload, reportFiles } from '../support/crash-reports.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import { putObject } from '../support/real/s3-access.ts';
import {
  ownName,
  PUBLIC_BUCKET,
  sharedDatabase,
  sharedKafka,
  sharedRegistry,
  sharedS3,
} from '../support/real/shared.ts';

const ORG = '12345';
const CLUSTER = '1b36b20f-7fa0-4454-a6d2-008294e06378';
const PARTITIONS = 4;
let name: string;
let place: KafkaPlace;
let app: App;
let running: Running | undefined;
let tools: Awaited<ReturnType<typeof sharedKafka>>['tools'];

beforeAll(async () => {
  ({ tools } = await sharedKafka());
});
beforeEach(async () => {
  name = ownName('platform-out');
  const servers = {
    brokers: (await sharedKafka()).brokers,
    registryUrl: (await sharedRegistry()).url,
    s3: await sharedS3(),
    databaseUrl: await sharedDatabase(),
  };
  const platform = {
    eventsTopic: `${name}-events`,
    sourcesTopic: `${name}-sources`,
    uploadsTopic: `${name}-uploads`,
    validationOut: `${name}-validation`,
    wishesOut: `${name}-wishes`,
    eventsOut: `${name}-reports`,
    uploadsOut: `${name}-announced`,
  };
  place = await kafkaPlace(name, servers, { platform });
  app = await openApp({ dataDir: place.dataDir, profile: place.profile });
});
afterEach(async () => {
  await running?.stop();
  await app.close();
  place.close();
});

/** Runs the units; resolves when the sink knows where it begins. */
async function start(): Promise<void> {
  running = await tryRun(app);
  await expect
    .poll(
      async () => {
        const positions = [...(await app.store.positions(PLATFORM_OUT)).values()];
        return positions.filter((at) => 'intake' in at).length;
      },
      { timeout: 60_000 },
    )
    .toBe(PARTITIONS);
}

const settled = (): Promise<void> => caughtUp(app, new AbortController().signal);

function upload(
  requestId: string,
  body: Buffer | string,
  channel: 'http' | 'cli' = 'http',
  clusterId?: string,
): Promise<unknown> {
  return app.uploads.accept({
    ...{ org: ORG, account: '7', requestId, filename: 'a.csv', mediaType: 'text/csv', channel },
    bytes: (async function* () {
      await Promise.resolve();
      yield Buffer.from(body);
    })(),
    maxBytes: 1e7,
    ...(clusterId === undefined ? {} : { clusterId }),
  });
}

/** Keys and messages of a topic, in order of arrival. */
async function told(topic: string): Promise<{ key: string; message: Record<string, unknown> }[]> {
  const { stdout } = await tools.consume([
    ...['--topic', `${name}-${topic}`, '--from-beginning', '--timeout-ms', '5000'],
    ...['--formatter-property', 'print.key=true'],
  ]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [key, text] = line.split('\t') as [string, string];
      return { key, message: JSON.parse(text) as Record<string, unknown> };
    });
}

const broken = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]);

it('uploads are confirmed once each: not those from before, nor of others, nor again after a restart', async () => {
  const silent = { ...app.units, sinks: [] };
  running = await tryRun(app, silent);
  await upload('r-before', reportFiles()[0]!.body);
  await caughtUp(app, new AbortController().signal, silent);
  await running!.stop();
  await start();
  await upload('r-good', reportFiles()[1]!.body);
  await upload('r-broken', broken);
  await upload('r-cli', reportFiles()[1]!.body, 'cli');
  await putObject(await sharedS3(), PUBLIC_BUCKET, `${name}.csv`, reportFiles()[1]!.body);
  const url = `${(await sharedS3()).endpoint}/${PUBLIC_BUCKET}/${name}.csv`;
  const announced = { org_id: ORG, request_id: 'r/announced', service: 'hccm', url };
  await tools.produce(['--topic', `${name}-uploads`], `${JSON.stringify(announced)}\n`);
  await settled();
  await running!.stop();
  await start();
  await upload('r-later', reportFiles()[1]!.body);
  await settled();
  const messages = (await told('validation')).map(({ message }) => message);
  expect(messages).toHaveLength(4);
  expect(messages).toEqual(
    expect.arrayContaining([
      { request_id: 'r-good', validation: 'success' },
      { request_id: 'r-broken', validation: 'failure' },
      { request_id: 'r/announced', validation: 'success' },
      { request_id: 'r-later', validation: 'success' },
    ]),
  );
});

it('a recommendation is asked for per experiment and report, once its results are stored', async () => {
  await start();
  await upload('r-1', reportFiles()[0]!.body);
  await settled();
  const { rows } = await app.pool.query<{ name: string; type: string }>(
    `SELECT concat_ws('|', org_id, source_id, cluster_id, namespace, workload_type, workload) AS name, workload_type AS type
       FROM public.workloads ORDER BY 1`,
  );
  const wishes = await told('wishes');
  expect(rows.length).toBeGreaterThan(0);
  expect(wishes.map(({ key }) => key).sort()).toEqual(rows.map((row) => row.name).sort());
  for (const { key, message } of wishes) {
    expect(message).toEqual({
      Request_id: 'r-1',
      Metadata: {
        Org_id: ORG,
        Workload_id: workloadNumber(key),
        Experiment_name: key,
        Max_endtime_report: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
        ExperimentType: 'container',
      },
    });
    expect(workloadNumber(key)).toBeGreaterThan(0);
  }
});

/** What a link leads to, as sha256. */
async function fetched(link: string): Promise<string> {
  const response = await fetch(link);
  expect(response.status, link).toBe(200);
  return sha256(Buffer.from(await response.arrayBuffer()));
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

it('reports in uploads are announced with links to each, uploads over HTTP with a link to the whole', async () => {
  await start();
  const [container, , namespace] = reportFiles();
  const notes = { name: 'notes.txt', body: Buffer.from('x') };
  const { bytes } = payload('r9', '2026-03-29T00:00:00Z', [container!, notes, namespace!]);
  await upload('r-archive', bytes);
  await upload('r-gzip', gzipSync(container!.body), 'cli');
  await upload('r-nothing', 'no report');
  await settled();
  // What the platform announced itself is not said again.
  const again = announcementOf((await told('reports')).at(-1)!.message['files'] as string[]);
  await tools.produce(['--topic', `${name}-events`], `${again}\n`);
  await settled();
  expect(await countOf('public.uploads')).toBe(4);
  const messages = (await told('reports')).map(({ message }) => message);
  expect(messages.map((message) => message['request_id'])).toEqual(['r-archive', 'r-gzip']);
  expect(messages[0]).toMatchObject({
    metadata: {
      account: '7',
      org_id: ORG,
      source_id: 'local',
      cluster_uuid: CLUSTER,
      cluster_alias: CLUSTER,
    },
  });
  const all = messages.map((message) => readAnnouncement(Buffer.from(JSON.stringify(message))));
  expect(all[0]!.belonging.clusterId).toBe(CLUSTER);
  const files = all.flatMap((announcement) => announcement.files);
  expect(await Promise.all(files.map(fetched))).toEqual(
    [container!, namespace!, container!].map(({ body }) => sha256(body)),
  );
  expect(files.map((link) => link.includes('namespace'))).toEqual([false, true, false]);
  for (const link of files) expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('172800');
  expect(messages.flatMap((message) => message['object_keys'])).toEqual(
    files.map((link) => new URL(link).pathname.slice(`/${name}/`.length)),
  );
  const uploads = (await told('announced')).map(({ message }) => message);
  expect(uploads.map((message) => message['request_id'])).toEqual(['r-archive', 'r-nothing']);
  expect(uploads[0]).toMatchObject({ service: 'hccm', org_id: ORG, account: '7', category: 'tar' });
  expect(await fetched(uploads[0]!['url'] as string)).toBe(sha256(bytes));
});

it('reports of a cluster without UUID are a dead letter; the upload is confirmed, and those behind it go on', async () => {
  await start();
  const [container] = reportFiles();
  await upload('r-named', container!.body, 'http', 'my-cluster');
  await upload('r-behind', payload('r1', '2026-03-29T00:00:00Z', [container!]).bytes);
  await settled();
  expect((await told('reports')).map(({ message }) => message['request_id'])).toEqual(['r-behind']);
  expect((await told('validation')).map(({ message }) => message)).toEqual([
    { request_id: 'r-named', validation: 'success' },
    { request_id: 'r-behind', validation: 'success' },
  ]);
  const { rows } = await app.pool.query('SELECT unit, code FROM public.dead_letters');
  expect(rows).toEqual([{ unit: PLATFORM_OUT, code: 'CLUSTER_WITHOUT_UUID' }]);
  // It knows the upload of a redriven record as well, and says again what can be said.
  const letters: DeadLetter[] = [];
  for await (const page of pages(app, { where: [] }, 10)) letters.push(...page);
  await send({ app, what: 'redrive', run: 'test', ...askedBy('') }, letters);
  await settled();
  expect((await told('validation')).at(-1)!.message).toEqual({
    request_id: 'r-named',
    validation: 'success',
  });
  expect(await countOf(`public.dead_letters WHERE died_attempt = 1 AND status = 'dead'`)).toBe(1);
});

it('what Kafka has and the process has not noted before it dies is said again, the same, and then no more', async () => {
  await start();
  // The first transaction of the sink fails when it commits, behind Kafka's answer.
  await app.pool.query(`
    CREATE SEQUENCE public.deaths;
    CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('public.deaths') = 1 THEN RAISE serialization_failure; END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON log.owners DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (NEW.unit = '${PLATFORM_OUT}' AND NEW.positions IS DISTINCT FROM OLD.positions)
      EXECUTE FUNCTION public.die();`);
  await upload('r-twice', broken);
  await settled();
  await upload('r-once', broken);
  await settled();
  const at = { topic: `${name}-announced`, partition: 0 };
  const { records } = await app.log.read(at, 0, { maxRecords: 99, maxBytes: 1e6 });
  const requests = records.map(({ value }) => (JSON.parse(value!.toString()) as Said).request_id);
  expect(requests).toEqual(['r-twice', 'r-twice', 'r-once']);
  expect(records[0]!.headers['event-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(records[1]!.headers).toEqual(records[0]!.headers);
});

interface Said {
  readonly request_id: string;
}

function announcementOf(files: readonly string[]): string {
  const metadata = { org_id: ORG, source_id: 's', cluster_uuid: CLUSTER, cluster_alias: 'c' };
  return JSON.stringify({ request_id: 'r-again', b64_identity: 'e30=', metadata, files });
}

async function countOf(table: string): Promise<number> {
  const { rows } = await app.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0]!.n;
}
