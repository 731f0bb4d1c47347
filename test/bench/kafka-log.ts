/** The product's log on Kafka beside raw kafkajs (and another client for context): the same records, the same broker, in turn. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startKafka } from '../support/real/kafka.ts';
import { VERSIONS } from '../support/real/versions.ts';
import { expectEqual, figure, spread, spreadOf } from './figures.ts';
import { kafkaOf, ourLog, platformatic, rawKafkajs, Seen } from './kafka-sides.ts';
import type { Side } from './kafka-sides.ts';
import { KafkaLog } from '../../connectors/kafka/log.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';

/** A size of record, how many of them, and how many go into one piece. */
interface Shape {
  readonly bytes: number;
  readonly records: number;
  readonly batch: number;
}

/** How much is done. */
export interface KafkaLogOptions {
  /** Pairs per shape. */
  readonly rounds?: number;
  /** 1: 30 to 130 MB of values per pass. */
  readonly scale?: number;
  /** With another client, for context. */
  readonly peers?: boolean;
}

const PARTITIONS = 4;

function shapes(scale: number): readonly Shape[] {
  return [
    { bytes: 200, records: Math.round(150_000 * scale), batch: 1_000 },
    { bytes: 1_024, records: Math.round(60_000 * scale), batch: 500 },
    { bytes: 8_192, records: Math.round(16_000 * scale), batch: 100 },
  ];
}

/** Records as the product makes them: a key of a container, the headers of a derived event, a value that does not compress. */
export function benchRecords({ bytes, records }: Pick<Shape, 'bytes' | 'records'>): NewRecord[] {
  let state = 42;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
  const now = Date.now();
  return Array.from({ length: records }, (_, i) => {
    const value = Buffer.allocUnsafe(bytes);
    for (let at = 0; at + 4 <= bytes; at += 4) value.writeUInt32LE(random(), at);
    const origin = 'read-usage-reports/intake/0';
    return {
      topic: '',
      key: `3340851/1b36b20f/namespace-${i % 50}/deployment/workload-${i % 1_000}`,
      value,
      headers: {
        'event-id': `${origin}@${i}.1.0`,
        'event-type': 'ContainerUsageReported',
        'caused-by': `open-uploads/intake/0@${i}.1.0`,
        origin,
        seq: `${i}.1.0`,
        org: '3340851',
      },
      // As old as it is: the broker deletes segments whose records are older than its retention.
      timestamp: now + i,
    };
  });
}

/** Prints records/s of both sides and the ratio of each pair, appending and reading, per size of record. */
export async function benchKafkaLog({
  rounds = 5,
  scale = 1,
  peers = true,
}: KafkaLogOptions = {}): Promise<void> {
  const kafka = await startKafka({ heapMb: 512 });
  try {
    const ours = ourLog(kafka.brokers);
    const raw = rawKafkajs(kafka.brokers);
    const third = peers ? await platformatic(kafka.brokers) : undefined;
    const other = third === undefined ? '' : `, @platformatic/kafka ${third.version}`;
    console.log(
      `kafka-log: Kafka ${VERSIONS.kafka}, one broker on this machine, ${PARTITIONS} partitions, acks all, idempotent; kafkajs 2.2.4 on both sides${other}`,
    );
    const topics = new Topics(kafka.brokers);
    await topics.make('warm-up');
    const sides = [raw, ours, ...(third === undefined ? [] : [third])];
    for (const side of sides) await pass(side, topics, { bytes: 200, records: 20_000, batch: 1_000 });
    for (const shape of shapes(scale)) {
      const passes: Pass[][] = sides.map(() => []);
      for (let round = 0; round < rounds; round++) {
        // A B, then B A: none always comes after the other's garbage.
        const order = [...sides.entries()];
        if (round % 2 === 1) order.reverse();
        for (const [i, side] of order) passes[i]!.push(await pass(side, topics, shape));
      }
      print(shape, sides, passes);
    }
    await topics.close();
    console.log('kafka-log: both sides read every record that they had appended, once, with equal sums');
  } finally {
    await kafka.stop();
  }
}

interface Pass {
  readonly append: number;
  readonly read: number;
  /** CPU of this process per record, µs; the broker's is not in it. */
  readonly cpu: { readonly append: number; readonly read: number };
  /** Records that were acknowledged and are not there. */
  readonly missing: number;
}

class Topics {
  readonly #log: KafkaLog;
  #made = 0;

  constructor(brokers: readonly string[]) {
    this.#log = new KafkaLog(kafkaOf(brokers));
  }

  async make(name = `bench-${(this.#made += 1)}`): Promise<string> {
    await this.#log.createTopic({ name, partitions: PARTITIONS });
    return name;
  }

  async count(topic: string): Promise<number> {
    return (await this.#log.ends(topic)).reduce((sum, end) => sum + end, 0);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

/** Appends to a new topic and reads it back; records per second. */
async function pass(side: Side, topics: Topics, shape: Shape): Promise<Pass> {
  const records = benchRecords(shape);
  const expected = new Seen();
  for (const { value } of records) expected.add(value!);
  const topic = await topics.make();
  collect();
  const before = process.cpuUsage();
  const append = await side.append(topic, records, shape.batch);
  const appendCpu = cpuSince(before);
  const there = await topics.count(topic);
  const missing = shape.records - there;
  // Another client's loss is its figure, ours would be a defect.
  if (!side.forContext) expectEqual(`${side.name}: records on ${topic}`, there, shape.records);
  const seen = new Seen();
  collect();
  const between = process.cpuUsage();
  const read = await side.read(topic, there, seen);
  const cpu = { append: appendCpu / shape.records, read: cpuSince(between) / shape.records };
  if (missing === 0) expectEqual(`${side.name}: what was read of ${topic}`, seen, expected);
  return { append: there / append, read: there / read, cpu, missing };
}

/** Starts a pass without what the one before left. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function print({ bytes, records }: Shape, sides: readonly Side[], passes: readonly Pass[][]): void {
  for (const act of ['append', 'read'] as const) {
    const what = `kafka-log: ${act} ${figure(records)} × ${figure(bytes)} B`;
    for (const [i, side] of sides.entries()) {
      const rates = passes[i]!.map((one) => one[act]);
      const mb = (spreadOf(rates).median * bytes) / 1e6;
      const cpu = spreadOf(passes[i]!.map((one) => one.cpu[act])).median;
      const lost = passes[i]!.reduce((sum, { missing }) => sum + missing, 0);
      console.log(
        `${what}: ${side.name} ${spread(rates)} records/s, ${mb.toFixed(0)} MB/s of values, ${cpu.toFixed(1)} µs CPU a record${lost === 0 ? '' : `; ${figure(lost)} acknowledged records of ${figure(records * rates.length)} are not there`}`,
      );
    }
    const ratios = passes[1]!.map((one, round) => one[act] / passes[0]![round]![act]);
    console.log(
      `${what}: ratio ${spreadOf(ratios).median.toFixed(2)} × raw kafkajs (pairs ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
    );
  }
}
