import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafka } from '../../../connectors/kafka/client.ts';
import { KafkaLog } from '../../../connectors/kafka/log.ts';
import { kafkaMembership } from '../../../connectors/kafka/membership.ts';
import { kafkaSettings } from '../../../connectors/kafka/settings.ts';
import type { KafkaSettings } from '../../../connectors/kafka/settings.ts';
import { record } from '../../streams/runtime/log-contract.ts';
import { startKafka } from '../../support/real/kafka.ts';
import type { KafkaServer } from '../../support/real/servers.ts';

let server: KafkaServer;
beforeAll(async () => {
  server = await startKafka({ secure: true });
});
afterAll(() => server.stop());

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

function settings(
  over: { mechanism?: (typeof mechanisms)[number]; tls?: boolean; password?: string } = {},
): KafkaSettings {
  const { sasl, tls, saslTls, username, password, ca } = server.secure!;
  const { mechanism } = over;
  const brokers = mechanism === undefined ? tls : over.tls === true ? saslTls : sasl;
  return kafkaSettings.parse({
    brokers,
    ...(mechanism === undefined
      ? {}
      : { sasl: { mechanism, username, password: over.password ?? password } }),
    ...(mechanism === undefined || over.tls === true ? { tls: { ca } } : {}),
  });
}

/** Appends and reads back, and joins a group. */
async function use(topic: string, given: KafkaSettings): Promise<void> {
  const kafka = createKafka(given);
  const log = new KafkaLog(kafka);
  try {
    await log.createTopic({ name: topic, partitions: 2 });
    await log.append([record({ topic, partition: 1, key: 'k' })]);
    const { records } = await log.read({ topic, partition: 1 }, 0, { maxRecords: 9, maxBytes: 1e6 });
    expect(records.map(({ key }) => key)).toEqual(['k']);
    let told: (partitions: readonly number[]) => void = () => undefined;
    const assigned = new Promise<readonly number[]>((resolve) => (told = resolve));
    const unit = { id: 'u', version: 1, inputs: [topic] };
    const member = await kafkaMembership(kafka, { ...given, groupPrefix: topic }).join(unit, (partitions) => {
      told(partitions);
    });
    expect(await assigned).toEqual([0, 1]);
    await member.leave();
  } finally {
    await log.close();
  }
}

describe('Kafka behind SASL and TLS', () => {
  it.each(mechanisms)('%s', (mechanism) => use(`sasl-${mechanism}`, settings({ mechanism })));

  it.each(mechanisms)('%s over TLS', (mechanism) =>
    use(`tls-${mechanism}`, settings({ mechanism, tls: true })),
  );

  it('TLS alone', () => use('tls-alone', settings()));

  it('says that a password is refused, and not which', async () => {
    const log = new KafkaLog(
      createKafka(settings({ mechanism: 'scram-sha-256', password: 'not-the-secret' })),
    );
    const error = await log.ends('x').catch((thrown: unknown) => thrown as Error);
    await log.close();
    expect(error).toMatchObject({ name: 'Retryable', code: 'KAFKA_DENIED' });
    expect(String((error as Error).stack)).not.toContain('not-the-secret');
  });

  it('does not talk to a broker whose certificate nobody vouches for', async () => {
    const { ca, ...tls } = settings().tls!;
    expect(ca).toBeDefined();
    const log = new KafkaLog(createKafka({ ...settings(), tls }));
    await expect(log.ends('x')).rejects.toMatchObject({ name: 'Retryable' });
    await log.close();
  });
});
