/**
 * The outside data of the conformance suite on the kafka profile: what the tables say of each file is what the embedded profile
 * says, which the suite holds against upstream. The rest of the suite is about pure functions, which know no profile.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { ingestFile } from '../../connectors/cli/ingesting.ts';
import type { UploadOutcome } from '../../connectors/cli/ingesting.ts';
import { tryRun } from '../../connectors/cli/running.ts';
import type { Running } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestPostgres } from '../support/postgres.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../support/real/shared.ts';

const data = process.env['CONFORMANCE_DATA'];
if (data === undefined) console.log('CONFORMANCE_DATA is not set: conformance on Kafka is skipped');

const folders = ['ros-ocp-backend', 'edge', 'koku', 'nise-generated', 'koku-metrics-operator'];
const files =
  data === undefined
    ? []
    : folders.flatMap((folder) =>
        readdirSync(join(data, 'ros-ocp', folder))
          .filter((name) => /\.(csv|tar\.gz)$/.test(name))
          .sort()
          .map((name) => join(data, 'ros-ocp', folder, name)),
      );
/** Tables whose rows are named by upload ids, which every upload gets anew. */
const namedByUpload = new Set(['uploads', 'upload_files']);

let server: TestPostgres;
let place: KafkaPlace;
let sides: readonly { readonly app: App; readonly running: Running }[];

beforeAll(async () => {
  server = await startPostgres();
  place = await kafkaPlace(ownName('conformance'), {
    brokers: (await sharedKafka()).brokers,
    registryUrl: (await sharedRegistry()).url,
    s3: await sharedS3(),
    databaseUrl: await sharedDatabase(),
  });
  const apps = [
    await openApp({ dataDir: server.folder('embedded'), databaseUrl: await server.database() }),
    await openApp({ dataDir: place.dataDir, profile: place.profile }),
  ];
  sides = await Promise.all(apps.map(async (app) => ({ app, running: (await tryRun(app))! })));
});
afterAll(async () => {
  for (const { app, running } of sides) {
    await running.stop();
    await app.close();
  }
  place.close();
  await server.close();
});

/** What became of a file, without the ids that are made anew. */
function plain({ status, code, files: parts }: UploadOutcome): unknown {
  return { status, code, parts };
}

describe.skipIf(data === undefined)('the conformance data on the kafka profile', () => {
  it('finds the data', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  it.each(files.map((file, i) => [file.slice(data!.length + 1), file, i] as const))(
    '%s: the same account',
    async (_name, file, i) => {
      const clusterId = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
      const [embedded, kafka] = await Promise.all(
        sides.map(({ app }) => ingestFile(app, file, { org: 'conformance', clusterId })),
      );
      expect(plain(kafka!)).toEqual(plain(embedded!));
    },
  );

  it('all tables say the same, and a replay from Kafka is equal byte for byte', async () => {
    for (const projection of units.projections) {
      const set = tableSetOf(projection);
      const [embedded, kafka] = await Promise.all(
        sides.map(async ({ app }) =>
          (await app.generations.hashes(set, undefined, true)).filter(
            ({ table }) => !namedByUpload.has(table),
          ),
        ),
      );
      expect(kafka, projection.id).toEqual(embedded);
      const { app } = sides[1]!;
      const result = await rebuild(
        projection,
        { ...app.pipeline, generations: app.generations },
        { verify: true },
      );
      expect(result.equal, projection.id).toBe(true);
    }
    const { rows } = await sides[1]!.app.pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM public.recommendations',
    );
    expect(rows[0]!.n).toBeGreaterThan(10);
  });
});
