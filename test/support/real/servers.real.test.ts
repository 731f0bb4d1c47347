import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaServer, startKafka } from './kafka.ts';

describe('Kafka', () => {
  let kafka: KafkaServer;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka.stop());

  it('takes and gives records by its console tools, also after kill -9', async () => {
    const created = await kafka.tools.topics(['--create', '--topic', 'things', '--partitions', '2']);
    expect(created).toMatchObject({ code: 0 });
    const produced = await kafka.tools.produce(
      ['--topic', 'things', '--reader-property', 'parse.key=true'],
      'a\tone\nb\ttwo\n',
    );
    expect(produced).toMatchObject({ code: 0 });

    const before = kafka.pid;
    await kafka.kill();
    await kafka.restart();
    expect(kafka.pid).not.toBe(before);

    const args = ['--topic', 'things', '--from-beginning', '--max-messages', '2', '--timeout-ms', '20000'];
    const consumed = await kafka.tools.consume([...args, '--formatter-property', 'print.key=true']);
    expect(consumed.stdout.trim().split('\n').sort()).toEqual(['a\tone', 'b\ttwo']);
  });
});
