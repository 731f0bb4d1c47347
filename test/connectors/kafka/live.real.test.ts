import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaLive } from '../../../connectors/kafka/live.ts';
import type { KafkaLive } from '../../../connectors/kafka/live.ts';
import type { KafkaServer } from '../../support/real/kafka.ts';
import { startKafka } from '../../support/real/kafka.ts';

let server: KafkaServer;
let kafka: Kafka;
let live: KafkaLive;
beforeAll(async () => {
  server = await startKafka();
  kafka = new Kafka({ brokers: server.brokers, logLevel: logLevel.NOTHING, retry: { retries: 2 } });
  live = kafkaLive(kafka);
});
afterAll(async () => {
  await live.close();
  await server.stop();
});

const topic = { name: 'facts', partitions: 3, replication: 1, configs: { 'retention.ms': '-1' } };

describe('a cluster', () => {
  it('tells its brokers, its topics and their settings', async () => {
    expect((await live.cluster()).brokers).toEqual(server.brokers);
    await live.createTopic(topic);
    const [described] = await live.describeTopics(['absent', 'facts']);
    expect(described).toMatchObject({ name: 'facts', partitions: 3, replication: 1 });
    expect(described).toMatchObject({ starts: [0, 0, 0], ends: [0, 0, 0] });
    expect(described!.configs).toMatchObject({ 'retention.ms': '-1', 'cleanup.policy': 'delete' });
    expect(await live.topicNames()).toEqual(['facts']);
  });

  it('creates a topic once', async () => {
    await live.createTopic(topic);
    await live.createTopic({ ...topic, partitions: 9 });
    expect((await live.describeTopics(['facts']))[0]!.partitions).toBe(3);
  });

  it('sets one setting and leaves the others that the topic was given', async () => {
    await live.createTopic({
      ...topic,
      name: 'set',
      configs: { 'retention.ms': '1000', 'segment.ms': '60000' },
    });
    await live.setConfig('set', 'max.message.bytes', '2097152');
    await live.setConfig('set', 'retention.ms', '-1');
    expect((await live.describeTopics(['set']))[0]!.configs).toMatchObject({
      'retention.ms': '-1',
      'segment.ms': '60000',
      'max.message.bytes': '2097152',
    });
    const { stdout } = await server.tools.topics(['--describe', '--topic', 'set']);
    for (const set of ['retention.ms=-1', 'segment.ms=60000', 'max.message.bytes=2097152']) {
      expect(stdout).toContain(set);
    }
  });

  it('tells where the records begin and end', async () => {
    await server.tools.produce(
      ['--topic', 'facts', '--reader-property', 'parse.key=true'],
      'a\t1\na\t2\na\t3\n',
    );
    const admin = kafka.admin();
    await admin.connect();
    const [before] = await live.describeTopics(['facts']);
    const partition = before!.ends.indexOf(3);
    await admin.fetchTopicOffsets('facts'); // the client wants to know the topic first
    await admin.deleteTopicRecords({ topic: 'facts', partitions: [{ partition, offset: '2' }] });
    await admin.disconnect();
    const [after] = await live.describeTopics(['facts']);
    expect([after!.starts[partition], after!.ends[partition]]).toEqual([2, 3]);
  });

  it('refuses what can never be, and names it', async () => {
    await expect(live.createTopic({ ...topic, name: 'copied', replication: 3 })).rejects.toMatchObject({
      name: 'BadInput',
      code: 'KAFKA_REFUSED',
      message: expect.stringContaining('the topic copied (3 partitions, replication 3)') as string,
    });
    await expect(live.setConfig('facts', 'retention.ms', 'long')).rejects.toMatchObject({
      name: 'BadInput',
      code: 'KAFKA_REFUSED',
    });
  });

  it('tells its groups', async () => {
    await server.tools.consume([
      '--topic',
      'facts',
      '--group',
      'rightstream.gone',
      '--timeout-ms',
      '4000',
      '--from-beginning',
    ]);
    expect(await live.groupIds()).toEqual(['rightstream.gone']);
    expect(await live.describeGroups(['rightstream.gone'])).toMatchObject([
      { id: 'rightstream.gone', members: 0 },
    ]);
  });

  it('that is away is a matter of waiting, also for the same object', async () => {
    await server.kill();
    const other = kafkaLive(kafka);
    await expect(other.cluster()).rejects.toMatchObject({ name: 'Retryable', code: 'KAFKA_AWAY' });
    await server.restart();
    expect((await other.cluster()).brokers).toHaveLength(1);
    await other.close();
  });
});
