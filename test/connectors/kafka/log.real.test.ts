import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafka } from '../../../connectors/kafka/client.ts';
import { KafkaLog } from '../../../connectors/kafka/log.ts';
import { kafkaSettings } from '../../../connectors/kafka/settings.ts';
import type { LogRecord } from '../../../streams/runtime/ports.ts';
import { logContract, record } from '../../streams/runtime/log-contract.ts';
import { startKafka } from '../../support/real/kafka.ts';
import type { KafkaServer } from '../../support/real/kafka.ts';

let server: KafkaServer;
const opened: KafkaLog[] = [];
beforeAll(async () => {
  server = await startKafka();
});
afterAll(async () => {
  for (const log of opened) await log.close();
  await server.stop();
});

function openLog(): KafkaLog {
  const log = new KafkaLog(createKafka(kafkaSettings.parse({ brokers: server.brokers })));
  opened.push(log);
  return log;
}

logContract('the log on Kafka', () => Promise.resolve({ log: openLog(), close: () => Promise.resolve() }));

async function readAll(log: KafkaLog, topic: string, maxRecords = 500): Promise<LogRecord[]> {
  const [end] = await log.ends(topic);
  const all: LogRecord[] = [];
  for (let from = 0; from < end!;) {
    const page = await log.read({ topic, partition: 0 }, from, { maxRecords, maxBytes: 1 << 23 });
    expect(page.next).toBeGreaterThan(from);
    all.push(...page.records);
    from = page.next;
  }
  return all;
}

describe('the log on Kafka', () => {
  it('keeps order and loses nothing when much more is appended than one request holds', async () => {
    const log = openLog();
    await log.createTopic({ name: 'large', partitions: 1 });
    const records = Array.from({ length: 300 }, (_, i) =>
      record({ topic: 'large', key: String(i), value: Buffer.alloc(100_000, i) }),
    );
    const places = await Promise.all([log.append(records.slice(0, 200)), log.append(records.slice(200))]);
    expect(places.flat().map(({ offset }) => offset)).toEqual(records.map((_, i) => i));
    const back = await readAll(log, 'large', 7);
    expect(back.map(({ key }) => key)).toEqual(records.map(({ key }) => key));
    expect(back.every(({ value }, i) => value!.equals(records[i]!.value!))).toBe(true);
  });

  it('hears of appends by another client', async () => {
    const [here, there] = [openLog(), openLog()];
    await here.createTopic({ name: 'heard', partitions: 1 });
    await here.read({ topic: 'heard', partition: 0 }, 0, { maxRecords: 1, maxBytes: 1 });
    const heard = new Promise<string>((resolve) => here.onAppend(resolve));
    await there.append([record({ topic: 'heard' })]);
    expect(await heard).toBe('heard');
  });

  it('passes over markers of transactions and over what was aborted', async () => {
    const log = openLog();
    await log.createTopic({ name: 'tx', partitions: 1 });
    const producer = createKafka(kafkaSettings.parse({ brokers: server.brokers })).producer({
      transactionalId: 'test',
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { initialRetryTime: 5, multiplier: 1.5, factor: 0, retries: 12 },
    });
    await producer.connect();
    for (const [key, commit] of [
      ['kept', true],
      ['gone', false],
      ['also kept', true],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: 'tx', messages: [{ key, value: 'v' }] });
      await (commit ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    // the marker of the last commit is written after the commit is answered
    await expect.poll(() => log.ends('tx')).toEqual([6]);
    expect((await readAll(log, 'tx', 1)).map(({ key, offset }) => [key, offset])).toEqual([
      ['kept', 0],
      ['also kept', 4],
    ]);
  });

  it('reads a record whose header has no value', async () => {
    const log = openLog();
    await log.createTopic({ name: 'valueless', partitions: 1 });
    const properties = ['parse.headers=true', 'null.marker=NULL'].flatMap((one) => ['--property', one]);
    await server.tools.produce(['--topic', 'valueless', ...properties], 'none:NULL,some:v\tvalue\n');
    expect((await readAll(log, 'valueless')).map((one) => one.headers)).toEqual([{ none: '', some: 'v' }]);
  });

  it('a topic that was there and is not is no mistake of the reader: it is tried again', async () => {
    const log = openLog();
    await log.createTopic({ name: 'passing', partitions: 1 });
    await log.ends('passing');
    const admin = createKafka(kafkaSettings.parse({ brokers: server.brokers })).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: ['passing'] });
    await admin.disconnect();
    const read = () => log.read({ topic: 'passing', partition: 0 }, 0, { maxRecords: 1, maxBytes: 1 });
    // the broker that is asked may not have heard of it yet
    await expect.poll(() => read().catch((error: unknown) => error)).toMatchObject({ code: 'TOPIC_AWAY' });
    await expect(read()).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('says that history is gone instead of starting somewhere else', async () => {
    const log = openLog();
    await log.createTopic({ name: 'short', partitions: 1 });
    await log.append([record({ topic: 'short' })]);
    await expect(
      log.read({ topic: 'short', partition: 0 }, 5, { maxRecords: 1, maxBytes: 1 }),
    ).rejects.toMatchObject({ name: 'Fatal', code: 'OFFSET_GONE' });
  });

  it('goes on after the broker was killed and came back, and says so in between', async () => {
    const log = openLog();
    await log.createTopic({ name: 'back', partitions: 1 });
    await log.append([record({ topic: 'back', key: 'before' })]);
    await server.kill();
    await expect(log.append([record({ topic: 'back', key: 'lost' })])).rejects.toMatchObject({
      name: 'Retryable',
      code: 'KAFKA_AWAY',
    });
    await expect(log.ends('back')).rejects.toMatchObject({ name: 'Retryable' });
    await server.restart();
    await expect.poll(() => log.ends('back').catch(() => []), { timeout: 30_000 }).toHaveLength(1);
    await log.append([record({ topic: 'back', key: 'after' })]);
    const keys = (await readAll(log, 'back')).map(({ key }) => key);
    expect([keys[0], keys.at(-1)]).toEqual(['before', 'after']);
  });
});
