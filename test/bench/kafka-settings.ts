/** What the settings of the log on Kafka were chosen by: the same records with other sizes of pieces, pages and fetches. */
import { KafkaLog } from '../../connectors/kafka/log.ts';
import { startKafka } from '../support/real/kafka.ts';
import { VERSIONS } from '../support/real/versions.ts';
import { expectEqual, figure, spread } from './figures.ts';
import { benchRecords } from './kafka-log.ts';
import { kafkaOf, ourLog, Seen } from './kafka-sides.ts';

const BYTES = 1_024;

/** Prints records/s for appends by size of piece, and for reads by size of page. */
export async function benchKafkaSettings({ records = 30_000, rounds = 3 } = {}): Promise<void> {
  const kafka = await startKafka({ heapMb: 512 });
  const log = new KafkaLog(kafkaOf(kafka.brokers));
  try {
    console.log(
      `kafka-settings: Kafka ${VERSIONS.kafka}, 4 partitions, acks all, idempotent; ${figure(records)} × ${figure(BYTES)} B; no linger: what is appended while a request is under way goes out in the next one`,
    );
    const made = benchRecords({ bytes: BYTES, records });
    const side = ourLog(kafka.brokers);
    await log.createTopic({ name: 'warm-up', partitions: 4 });
    for (const batch of [1, 10, 100, 500, 2_000]) {
      const some = batch < 100 ? made.slice(0, Math.min(records, 300 * batch)) : made;
      const rates: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const topic = `append-${batch}-${round}`;
        await log.createTopic({ name: topic, partitions: 4 });
        rates.push(some.length / (await side.append(topic, some, batch)));
      }
      console.log(`kafka-settings: append in pieces of ${figure(batch)}: ${spread(rates)} records/s`);
    }
    const topic = `append-500-0`;
    for (const maxRecords of [100, 500, 2_000, 10_000]) {
      const rates: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const seen = new Seen();
        const reader = ourLog(kafka.brokers, { maxRecords, maxBytes: 8 * 1024 * 1024 });
        rates.push(records / (await reader.read(topic, records, seen)));
        expectEqual('records read', seen.records, records);
      }
      console.log(`kafka-settings: read in pages of ${figure(maxRecords)}: ${spread(rates)} records/s`);
    }
  } finally {
    await log.close();
    await kafka.stop();
  }
}
