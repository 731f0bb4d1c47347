import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kafkaClaims } from '../../connectors/kafka/claims.ts';
import { createKafka } from '../../connectors/kafka/client.ts';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import type { KafkaProfile } from '../../connectors/cli/profile.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import type { Running } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { factsOf } from '../chaos/audit.ts';
import { sendings } from '../chaos/uploads.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import { run } from '../support/real/process.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../support/real/shared.ts';

let places: [KafkaPlace, KafkaPlace];
let closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const place = async (name: string): Promise<KafkaPlace> =>
    kafkaPlace(ownName(name), {
      brokers: (await sharedKafka()).brokers,
      registryUrl: (await sharedRegistry()).url,
      s3: await sharedS3(),
      databaseUrl: await sharedDatabase(),
    });
  places = [await place('one'), await place('two')];
});
beforeEach(() => async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});
afterAll(() => {
  for (const place of places) place.close();
});

/** The second place with names of the first: what somebody gets who copies settings and changes the database. */
function copied(names: 'topics' | 'groups' | 'both'): KafkaProfile {
  const [first, second] = places.map(({ profile }) => profile) as [KafkaProfile, KafkaProfile];
  const { topicPrefix, groupPrefix } = first.kafka;
  const kafka = {
    ...second.kafka,
    ...(names === 'groups' ? {} : { topicPrefix }),
    ...(names === 'topics' ? {} : { groupPrefix }),
  };
  return { ...second, kafka, s3: names === 'groups' ? second.s3 : first.s3 };
}

async function open(place: KafkaPlace, profile = place.profile): Promise<App> {
  const app = await openApp({ dataDir: place.dataDir, profile });
  closing.push(() => app.close());
  return app;
}

async function running(app: App): Promise<Running> {
  const started = (await tryRun(app))!;
  closing.push(() => started.stop());
  await started.ready;
  return started;
}

async function upload(app: App, name: string): Promise<void> {
  const files = [{ name, containers: 1, intervals: 2, bad: 0 }];
  const [sending] = sendings({ requestId: name, org: 'acme', minute: 1, files });
  await app.uploads.accept({
    ...{ org: 'acme', requestId: name, filename: `${name}.tar.gz`, account: null, channel: 'http' },
    ...{ maxBytes: 1e8, mediaType: 'application/vnd.redhat.hccm.tar+tgz' },
    bytes: (async function* () {
      await Promise.resolve();
      yield sending!.bytes;
    })(),
  });
  await caughtUp(app, new AbortController().signal);
}

async function uploads(app: App): Promise<string[]> {
  const { rows } = await app.pool.query<{ is: string }>(
    `SELECT request_id || ' ' || status AS is FROM public.uploads ORDER BY 1`,
  );
  return rows.map(({ is }) => is);
}

describe('a second deployment, with a database of its own', () => {
  for (const names of ['topics', 'groups', 'both'] as const) {
    it(`with the names of ${names} of another one is refused, and has no effect on its facts`, async () => {
      const [first, second] = places;
      const app = await open(first);
      await running(app);
      await upload(app, `before-${names}`);
      const facts = await factsOf(app, units);
      const ends = await app.log.ends('usage');

      const profile = copied(names);
      await expect(open(second, profile)).rejects.toMatchObject({
        code: 'DEPLOYMENT_TAKEN',
        message: expect.stringContaining('KAFKA_GROUP_PREFIX') as string,
      });
      const env = {
        ...second.env,
        KAFKA_TOPIC_PREFIX: profile.kafka.topicPrefix,
        KAFKA_GROUP_PREFIX: profile.kafka.groupPrefix,
      };
      const doctor = await run({
        file: process.execPath,
        args: ['dist/rightstream.js', 'doctor', '--json'],
        env,
      });
      expect(doctor.code).toBe(1);
      const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; detail: string }[] };
      expect(checks.find(({ name }) => name === 'deployment')?.detail).toContain('DEPLOYMENT_TAKEN');

      expect(await factsOf(app, units)).toEqual(facts);
      expect(await app.log.ends('usage')).toEqual(ends);
      await upload(app, `after-${names}`);
      expect(await uploads(app)).toEqual(
        expect.arrayContaining([`before-${names} accepted`, `after-${names} accepted`]),
      );
    });
  }

  it('that was open before another one began to work is refused when it begins', async () => {
    const [first, second] = places;
    await dropClaims();
    const late = await open(second, copied('both'));
    const app = await open(first);
    await running(app);
    await expect(running(late)).rejects.toMatchObject({ code: 'DEPLOYMENT_TAKEN' });
    // Another process of the same deployment is welcome.
    await running(await open(first));
  });

  it('goes on above the numbers of a deployment that is gone for good', async () => {
    const [first, second] = places;
    const lost = await open(first);
    const work = await running(lost);
    await upload(lost, 'lost-1');
    await upload(lost, 'lost-2');
    await work.stop();
    await dropClaims();
    const next = await open(second, copied('both'));
    await running(next);
    await upload(next, 'next-1');
    expect(await uploads(next)).toEqual(
      expect.arrayContaining(['lost-1 accepted', 'lost-2 accepted', 'next-1 accepted']),
    );
    await dropClaims();
  });
});

/** What the message of DEPLOYMENT_TAKEN tells to do. */
async function dropClaims(): Promise<void> {
  const { tools } = await sharedKafka();
  const { topicPrefix, groupPrefix } = places[0].profile.kafka;
  for (const group of [`${topicPrefix}intake-deployment`, `${groupPrefix}-deployment`])
    await tools.run('kafka-consumer-groups', ['--delete', '--group', group]);
}

it('of two deployments that claim at the same moment one is left', async () => {
  const { kafka: settings } = places[1].profile;
  const two = ['a', 'b'].map((id) => kafkaClaims(createKafka(settings), settings, id));
  const round = async (): Promise<boolean[]> => {
    const held: boolean[] = [];
    for (const claims of two)
      held.push(
        await claims.hold().then(
          () => true,
          () => false,
        ),
      );
    return held;
  };
  try {
    await Promise.allSettled(two.map((claims) => claims.hold()));
    await round();
    const second = await round();
    expect(second.toSorted()).toEqual([false, true]);
    expect(await round()).toEqual(second);
  } finally {
    await Promise.all(two.map((claims) => claims.close()));
  }
});
