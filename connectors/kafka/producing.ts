/**
 * Appending: acknowledged by all in-sync replicas, idempotent, in order. What is appended while a request is under way goes out
 * together in the next one, so that many small appends cost few requests without waiting for a timer.
 */
import type { Kafka, Message, Producer, ProducerBatch, RecordMetadata } from 'kafkajs';
import { BadInput, Retryable } from '../../streams/runtime/errors.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import { onKafka } from './errors.ts';

/** A record whose partition is chosen. */
export type Placed = NewRecord & { readonly partition: number };

/** Where a record came to lie. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}

interface Waiting {
  readonly records: readonly Placed[];
  readonly resolve: (places: readonly Place[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes of one partition in one request: below the brokers' default limit of 1 MiB for a batch, framing included. */
const BATCH_BYTES = 900_000;
/** Largest record, framing included. */
const RECORD_BYTES = 1_000_000;
/** Bytes of all partitions in one request. */
const REQUEST_BYTES = 8 * 1024 * 1024;
/** Bytes that may wait: beyond that an append is refused, to be tried again. */
const QUEUE_BYTES = 64 * 1024 * 1024;
/** What a record costs beside its texts and its value. */
const RECORD_OVERHEAD = 64;

/** The bytes of a record in a batch, a little more than it will be. */
export function sizeOf({ key, value, headers }: NewRecord): number {
  let size = RECORD_OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) size += name.length + headers[name]!.length + 4;
  return size;
}

/** Appends records in the order of the calls. */
export class Producing {
  readonly #kafka: Kafka;
  #producer: Promise<Producer> | undefined;
  #queue: Waiting[] = [];
  #queued = 0;
  #working: Promise<void> | undefined;

  constructor(kafka: Kafka) {
    this.#kafka = kafka;
  }

  /**
   * Resolves when all in-sync replicas have the records. Retryable: any part of them may be there already. One that no request can
   * hold: BadInput RECORD_TOO_LARGE, and nothing is sent.
   */
  append(records: readonly Placed[]): Promise<readonly Place[]> {
    const large = records.find((record) => sizeOf(record) > RECORD_BYTES);
    if (large !== undefined) {
      const message = `a record for ${large.topic} has ${sizeOf(large)} bytes; Kafka takes ${RECORD_BYTES} as it is set here`;
      return Promise.reject(new BadInput({ code: 'RECORD_TOO_LARGE', message }));
    }
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (this.#queued > 0 && this.#queued + bytes > QUEUE_BYTES) {
      const message = `${this.#queued} bytes wait for Kafka already; it is tried again`;
      return Promise.reject(new Retryable({ code: 'KAFKA_BUSY', message }));
    }
    this.#queued += bytes;
    return new Promise<readonly Place[]>((resolve, reject) => {
      this.#queue.push({ records, resolve, reject });
      this.#working ??= this.#work();
    }).finally(() => {
      this.#queued -= bytes;
    });
  }

  /** Waits for what is under way and disconnects. */
  async close(): Promise<void> {
    await this.#working;
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.disconnect();
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const taken = this.#queue;
      this.#queue = [];
      try {
        const places = await this.#send(taken.flatMap(({ records }) => records));
        let at = 0;
        for (const { records, resolve } of taken) {
          resolve(places.slice(at, at + records.length));
          at += records.length;
        }
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    this.#working = undefined;
  }

  /** Sends in as few requests as the limits allow, one after the other. */
  async #send(records: readonly Placed[]): Promise<readonly Place[]> {
    const places: Place[] = [];
    for (const indexes of requests(records)) {
      const request = batchesOf(records, indexes);
      const answers = await onKafka(`appending ${indexes.length} records`, () => this.#request(request));
      const next = new Map(
        answers.map((answer) => [nameOf(answer.topicName, answer.partition), base(answer)]),
      );
      for (const index of indexes) {
        const { topic, partition } = records[index]!;
        const name = nameOf(topic, partition);
        const offset = next.get(name)!;
        places[index] = { partition, offset };
        next.set(name, offset + 1);
      }
    }
    return places;
  }

  async #request(topicMessages: ProducerBatch['topicMessages']): Promise<RecordMetadata[]> {
    const producer = await this.#connected();
    try {
      return await producer.sendBatch({ acks: -1, topicMessages: topicMessages! });
    } catch (error) {
      // An idempotent producer whose request failed for good does not know its next sequence number: the next one starts anew.
      this.#producer = undefined;
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  #connected(): Promise<Producer> {
    this.#producer ??= this.#open().catch((error: unknown) => {
      this.#producer = undefined;
      throw error;
    });
    return this.#producer;
  }

  async #open(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
      retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 3 },
    });
    await producer.connect();
    return producer;
  }
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

function base(answer: RecordMetadata): number {
  return Number(answer.baseOffset ?? answer.offset);
}

/** Splits into requests: per partition at most BATCH_BYTES, in all at most REQUEST_BYTES, in order within each partition. */
function requests(records: readonly Placed[]): number[][] {
  const all: number[][] = [];
  let current: number[] = [];
  let total = 0;
  let perPartition = new Map<string, number>();
  for (const [index, record] of records.entries()) {
    const name = nameOf(record.topic, record.partition);
    const size = sizeOf(record);
    const held = perPartition.get(name) ?? 0;
    if (current.length > 0 && (held + size > BATCH_BYTES || total + size > REQUEST_BYTES)) {
      all.push(current);
      current = [];
      total = 0;
      perPartition = new Map();
    }
    current.push(index);
    total += size;
    perPartition.set(name, (perPartition.get(name) ?? 0) + size);
  }
  if (current.length > 0) all.push(current);
  return all;
}

function batchesOf(
  records: readonly Placed[],
  indexes: readonly number[],
): { topic: string; messages: Message[] }[] {
  const byTopic = new Map<string, Message[]>();
  for (const index of indexes) {
    const { topic, key, value, headers, partition, timestamp } = records[index]!;
    let messages = byTopic.get(topic);
    if (messages === undefined) byTopic.set(topic, (messages = []));
    messages.push({ key, value, headers: { ...headers }, partition, timestamp: String(timestamp) });
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}
