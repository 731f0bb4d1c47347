import { expect, it } from 'vitest';
import { profileFrom } from '../../../connectors/cli/profile.ts';
import type { KafkaProfile } from '../../../connectors/cli/profile.ts';
import { saidIn } from '../../../connectors/platform/request-ids.ts';
import { wishFor, workloadNumber } from '../../../connectors/platform/wishing.ts';
import type { NamespaceUsageReported } from '../../../schemas/generated/events.ts';
import type { EventMeta } from '../../../streams/runtime/ports.ts';

const kafka = {
  RIGHTSTREAM_PROFILE: 'kafka',
  DATABASE_URL: 'postgres://localhost/x',
  KAFKA_BROKERS: 'localhost:9092',
  SCHEMA_REGISTRY_URL: 'http://localhost:8081',
  S3_BUCKET: 'blobs',
};

it('topics that are written are taken as they are named, and only in the kafka profile', async () => {
  const env = { PLATFORM_VALIDATION_OUT: 'platform.upload.validation', PLATFORM_WISHES_OUT: 'wishes' };
  const profile = (await profileFrom({ ...kafka, ...env })) as KafkaProfile;
  expect(profile.kafka.foreignTopics).toEqual(['platform.upload.validation', 'wishes']);
  await expect(profileFrom(env)).rejects.toMatchObject({ code: 'KAFKA_PROFILE_NEEDED' });
  await expect(profileFrom({ ...kafka, PLATFORM_WISHES_OUT: 'no topic' })).rejects.toMatchObject({
    code: 'BAD_SETTINGS',
  });
});

it('what would come back to us is refused', async () => {
  const topics = {
    WISHES: 'rosocp.kruize.recommendations',
    EVENTS: 'hccm.ros.events',
    UPLOADS: 'platform.upload.announce',
  };
  for (const [what, topic] of Object.entries(topics)) {
    const out = { [`PLATFORM_${what}_OUT`]: topic };
    const both = { ...kafka, ...out, [`PLATFORM_${what}`]: 'true' };
    await expect(profileFrom(both)).rejects.toMatchObject({ code: 'BAD_SETTINGS' });
    const { kafka: settings } = (await profileFrom({ ...kafka, ...out })) as KafkaProfile;
    expect(settings.foreignTopics).toEqual([topic]);
    await expect(profileFrom(out)).rejects.toMatchObject({ code: 'KAFKA_PROFILE_NEEDED' });
  }
});

it.each([
  ['r-1', 'r-1', undefined],
  ['a/b/platform.upload.announce/0/17/2', 'a/b', 'platform.upload.announce'],
  ['a/b/c', 'a/b/c', undefined],
])('the request id %s was said as %s', (id, said, topic) => {
  expect(saidIn(id)).toEqual({ said, ...(topic === undefined ? {} : { topic }) });
});

it('a namespace is asked for once all of it was read, by a number that stays', () => {
  const data = {
    ...{ org_id: 'o', cluster_id: 'c', source_id: null, namespace: 'shop', digest: 'd' },
    ...{ complete: true, report_end: Date.parse('2023-06-03T00:45:00Z') },
  } as NamespaceUsageReported;
  const meta = { headers: {}, timestamp: 1 } as EventMeta;
  const wish = (over: Partial<NamespaceUsageReported>) =>
    wishFor('t', { type: 'NamespaceUsageReported', data: { ...data, ...over } }, meta);
  expect(JSON.parse(wish({})!.record.value!.toString())).toEqual({
    Request_id: 'no_request_id',
    Metadata: {
      ...{ Org_id: 'o', Workload_id: workloadNumber('o||c|namespace|shop') },
      Experiment_name: 'o||c|namespace|shop',
      Max_endtime_report: '2023-06-03T00:45:00Z',
      ExperimentType: 'namespace',
    },
  });
  expect(workloadNumber('o||c|namespace|shop')).toBe(workloadNumber('o||c|namespace|shop'));
  expect(wish({ complete: false, report_end: null })).toBeUndefined();
  expect(() => wish({ namespace: '\0' })).toThrow('zero byte');
});
