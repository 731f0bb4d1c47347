/**
 * Appending: acknowledged by all in-sync replicas, idempotent, in order. What is appended while a request is under way goes out
 * together in the next one, so that many small appends cost few requests without waiting for a timer.
 */
import type { IHeaders, Kafka, Message, Producer, ProducerBatch, RecordMetadata } from 'kafkajs';
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

/** A record as the client takes it, with its size: both are made once. */
interface Prepared {
  readonly topic: string;
  readonly partition: number;
  readonly size: number;
  readonly message: Message;
}

interface Waiting {
  readonly records: readonly Prepared[];
  readonly resolve: (places: readonly Place[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes of one partition in one request, framing included: the client's buffers grow by copying, so larger batches cost more. */
const BATCH_BYTES = 220_000;
/** And records, for the same reason. */
const BATCH_RECORDS = 300;
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
   * Resolves when all in-sync replicas have the records. Retryable: a part of them may be there already. One that no request can
   * hold: BadInput RECORD_TOO_LARGE, and nothing is sent.
   */
  append(records: readonly Placed[]): Promise<readonly Place[]> {
    const prepared: Prepared[] = [];
    let bytes = 0;
    for (const record of records) {
      const one = prepare(record);
      if (one.size > RECORD_BYTES) {
        const message = `a record for ${one.topic} has ${one.size} bytes; Kafka takes ${RECORD_BYTES} as it is set here`;
        return Promise.reject(new BadInput({ code: 'RECORD_TOO_LARGE', message }));
      }
      prepared.push(one);
      bytes += one.size;
    }
    if (this.#queued > 0 && this.#queued + bytes > QUEUE_BYTES) {
      const message = `${this.#queued} bytes wait for Kafka already; it is tried again`;
      return Promise.reject(new Retryable({ code: 'KAFKA_BUSY', message }));
    }
    this.#queued += bytes;
    return new Promise<readonly Place[]>((resolve, reject) => {
      this.#queue.push({ records: prepared, resolve, reject });
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
  async #send(records: readonly Prepared[]): Promise<readonly Place[]> {
    const places: Place[] = [];
    for (let from = 0; from < records.length;) {
      const to = endOfRequest(records, from);
      const request = messagesOf(records, from, to);
      const answers = await onKafka(`appending ${to - from} records`, () => this.#request(request));
      const next = new PerPartition();
      for (const answer of answers) next.add(answer.topicName, answer.partition, base(answer));
      for (; from < to; from++) {
        const { topic, partition } = records[from]!;
        places.push({ partition, offset: next.add(topic, partition, 1) - 1 });
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

function base(answer: RecordMetadata): number {
  return Number(answer.baseOffset ?? answer.offset);
}

function prepare(record: Placed): Prepared {
  const { topic, partition, key, value, headers, timestamp } = record;
  const message = { key, value, headers: headers as IHeaders, partition, timestamp: String(timestamp) };
  return { topic, partition, size: sizeOf(record), message };
}

/** A number per topic and partition, zero at first. */
class PerPartition {
  readonly #topics = new Map<string, number[]>();

  /** The sum so far. */
  add(topic: string, partition: number, more: number): number {
    let numbers = this.#topics.get(topic);
    if (numbers === undefined) this.#topics.set(topic, (numbers = []));
    return (numbers[partition] = (numbers[partition] ?? 0) + more);
  }
}

/** How far one request goes: per partition at most BATCH_BYTES and BATCH_RECORDS, in all at most REQUEST_BYTES. */
function endOfRequest(records: readonly Prepared[], from: number): number {
  const held = new PerPartition();
  const counted = new PerPartition();
  let total = 0;
  for (let at = from; at < records.length; at++) {
    const { topic, partition, size } = records[at]!;
    total += size;
    const heldNow = held.add(topic, partition, size);
    const countedNow = counted.add(topic, partition, 1);
    const full = heldNow > BATCH_BYTES || countedNow > BATCH_RECORDS || total > REQUEST_BYTES;
    if (full && at > from) return at;
  }
  return records.length;
}

function messagesOf(
  records: readonly Prepared[],
  from: number,
  to: number,
): { topic: string; messages: Message[] }[] {
  const byTopic = new Map<string, Message[]>();
  for (let at = from; at < to; at++) {
    const { topic, message } = records[at]!;
    const messages = byTopic.get(topic);
    if (messages === undefined) byTopic.set(topic, [message]);
    else messages.push(message);
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}
