/**
 * The part of kafkajs that its public interface lacks: fetching at an offset without a consumer group. The version is pinned;
 * the shapes below are what 2.2.4 has, and opening fails at once should they be gone.
 */
import Batch from 'kafkajs/src/consumer/batch.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
import type FetchDefinitions from 'kafkajs/src/protocol/requests/fetch/index.js';
import type { Kafka } from 'kafkajs';
import { Fatal } from '../../streams/runtime/errors.ts';
import { endOfBatches } from './record-batches.ts';

type RawHeader = Buffer | string | null;

/** A message as it comes out of a fetch. */
export interface RawMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, RawHeader | readonly RawHeader[] | undefined>>;
  readonly isControlRecord?: boolean;
}

/** What a fetch says of one partition, in the client's shape. */
export interface RawPartition {
  readonly partition: number;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
  readonly messages: readonly RawMessage[];
}

/** A fetch as the client takes it. */
export interface FetchRequest {
  readonly isolationLevel: number;
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: string;
      readonly maxBytes: number;
    }[];
  }[];
}

/** A request in one version of the protocol, and how its answer is read. */
export interface RawProtocol {
  readonly request: { readonly apiVersion: number };
  readonly response: {
    readonly decode: (answer: Buffer) => Promise<unknown>;
    /** Throws what the answer says went wrong. */
    readonly parse: (decoded: unknown) => Promise<unknown>;
  };
}

/** A connection to one broker. */
export interface RawBroker {
  /** A request in the newest version that both sides know. */
  lookupRequest(apiKey: number, definitions: typeof FetchDefinitions): (request: FetchRequest) => RawProtocol;
  readonly connectionPool: { send(protocol: RawProtocol): Promise<unknown> };
  disconnect(): Promise<void>;
  listOffsets(request: {
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly timestamp: string | number }[];
    }[];
  }): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }>;
}

/** A connection to the broker that keeps a group's offsets. */
export interface RawCoordinator {
  offsetFetch(request: {
    readonly groupId: string;
    /** None: of all topics. */
    readonly topics: readonly [];
  }): Promise<{
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly metadata: string | null }[];
    }[];
  }>;
  offsetCommit(request: {
    readonly groupId: string;
    readonly groupGenerationId: number;
    readonly memberId: string;
    readonly retentionTime: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly offset: string;
        readonly metadata: string;
      }[];
    }[];
  }): Promise<unknown>;
}

/** Metadata of one topic. */
export interface RawTopic {
  readonly topic: string;
  readonly isInternal: boolean;
  readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
}

/** The client's view of the cluster. */
export interface RawCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  metadata(request: {
    readonly topics: readonly string[];
  }): Promise<{ readonly topicMetadata: readonly RawTopic[] }>;
  findBroker(request: { readonly nodeId: number }): Promise<RawBroker>;
  findGroupCoordinator(request: { readonly groupId: string }): Promise<RawCoordinator>;
}

/** Only what transactions committed. */
export const READ_COMMITTED = 1;

/** A cluster with the settings of the client. */
export function createCluster(kafka: Kafka): RawCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const make = symbol === undefined ? undefined : (kafka as unknown as Record<symbol, unknown>)[symbol];
  if (typeof make !== 'function') {
    throw new Fatal({
      code: 'KAFKA_CLIENT_UNKNOWN',
      message:
        'kafkajs is not the version that this was written for: install 2.2.4, as package-lock.json says',
    });
  }
  return (make as (options: object) => RawCluster)({
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    isolationLevel: READ_COMMITTED,
  });
}

/** Length of a record set, in front of it. */
const SIZE_BYTES = 4;

/** Messages from `from` on, without markers and without what aborted transactions wrote; and where to go on. */
export async function committedMessages(
  topic: string,
  from: number,
  data: Omit<RawPartition, 'messages'> & { readonly recordSet: Buffer },
): Promise<{ readonly messages: readonly RawMessage[]; readonly next: number }> {
  const messages = await decodeMessages(new Decoder(data.recordSet));
  const batch = new Batch(topic, String(from), { ...data, messages });
  const last = messages.at(-1);
  const behindLast = last === undefined ? from : Math.max(from, Number(last.offset) + 1);
  return {
    messages: batch.messages,
    next: Math.max(behindLast, endOfBatches(from, data.recordSet.subarray(SIZE_BYTES))),
  };
}
