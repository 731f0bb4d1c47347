/** One fetch of one partition at an offset, without a group: asked by the client, its answer read into records of the log. */
import FetchDefinitions from 'kafkajs/src/protocol/requests/fetch/index.js';
import { Fatal } from '../../streams/runtime/errors.ts';
import type { LogRecord, TopicPartition } from '../../streams/runtime/ports.ts';
import { committedMessages, READ_COMMITTED } from './internals.ts';
import type { RawBroker, RawMessage, RawPartition } from './internals.ts';
import { readPlainBatches } from './record-batches.ts';

/** What a fetch found. */
export interface Fetched {
  readonly records: readonly LogRecord[];
  /** Where to go on; `from` when nothing is there. */
  readonly next: number;
  /** The end that can be read, when it was fetched. */
  readonly end: number;
}

const FETCH = 1;
/** The version whose answer is read here; every broker from 2.3 on has it. */
const VERSION = 11;

/** Records of `at` from `from` on, about `maxBytes` of them. `name`: what Kafka calls the topic. */
export async function fetchRecords(
  broker: RawBroker,
  name: string,
  at: TopicPartition,
  from: number,
  maxBytes: number,
): Promise<Fetched> {
  const answer = await ask(broker, name, at.partition, from, maxBytes);
  if (answer === undefined) return { records: [], next: from, end: from };
  const { recordSet, end } = answer;
  const plain = readPlainBatches(at, from, recordSet.subarray(SIZE_BYTES));
  if (plain !== undefined && answer.abortedTransactions.length === 0) return { ...plain, end };
  const { messages, next } = await committedMessages(name, from, answer);
  return { records: messages.map((message) => recordOf(at, message)), next, end };
}

interface Answer extends Omit<RawPartition, 'messages'> {
  readonly errorCode: number;
  readonly end: number;
  /** Batches behind their length. */
  readonly recordSet: Buffer;
}

async function ask(
  broker: RawBroker,
  topic: string,
  partition: number,
  from: number,
  maxBytes: number,
): Promise<Answer | undefined> {
  const request = broker.lookupRequest(
    FETCH,
    FetchDefinitions,
  )({
    isolationLevel: READ_COMMITTED,
    maxWaitTime: 0,
    minBytes: 1,
    maxBytes,
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes }] }],
  });
  if (request.request.apiVersion !== VERSION) {
    throw new Fatal({
      code: 'KAFKA_CLIENT_UNKNOWN',
      message: `the broker or kafkajs fetches by version ${request.request.apiVersion}, not ${VERSION}: Kafka 2.3 or newer and kafkajs 2.2.4 are needed`,
    });
  }
  let found: Answer | undefined;
  const decode = (bytes: Buffer): Promise<unknown> => {
    const decoded = decodeAnswer(bytes);
    found = decoded.responses[0]?.partitions[0];
    return Promise.resolve(decoded);
  };
  try {
    await broker.connectionPool.send({ ...request, response: { ...request.response, decode } });
  } catch (error) {
    if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
  return found;
}

const SIZE_BYTES = 4;

/** The answer of version 11, its records left as they are. */
function decodeAnswer(bytes: Buffer) {
  let at = 0;
  const int16 = (): number => bytes.readInt16BE((at += 2) - 2);
  const int32 = (): number => bytes.readInt32BE((at += 4) - 4);
  const int64 = (): bigint => bytes.readBigInt64BE((at += 8) - 8);
  const list = <T>(item: () => T): T[] => Array.from({ length: Math.max(0, int32()) }, item);
  const clientSideThrottleTime = int32();
  const errorCode = int16();
  const sessionId = int32();
  const responses = list(() => {
    const length = int16();
    const topicName = bytes.toString('utf8', at, (at += length));
    const partitions = list((): Answer => {
      const partition = int32();
      const code = int16();
      const highWatermark = int64();
      const lastStable = int64();
      int64(); // where the log begins
      const abortedTransactions = list(() => ({
        producerId: String(int64()),
        firstOffset: String(int64()),
      }));
      int32(); // the replica to prefer
      const size = Math.max(0, int32());
      const recordSet = bytes.subarray(at - SIZE_BYTES, (at += size));
      const end = Number(lastStable < 0n ? highWatermark : lastStable);
      return { partition, errorCode: code, end, abortedTransactions, recordSet };
    });
    return { topicName, partitions };
  });
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

/** A record of a message as the client gives it. */
export function recordOf({ topic, partition }: TopicPartition, message: RawMessage): LogRecord {
  const headers: Record<string, string> = {};
  for (const name in message.headers) {
    const value = message.headers[name];
    // A header that comes twice counts as it came last.
    const last = Array.isArray(value) ? value.at(-1) : value;
    // Kafka lets a header have no value, which the client gives as null.
    headers[name] = last?.toString() ?? '';
  }
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key === null ? null : message.key.toString(),
    value: message.value,
    headers,
    timestamp: Number(message.timestamp),
  };
}
