/** Types of the modules of kafkajs that are imported from its inside. */
declare module 'kafkajs/src/consumer/batch.js' {
  import type { RawMessage, RawPartition } from './internals.ts';

  /** Messages of one partition in one fetch, markers and aborted ones filtered out. */
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, partitionData: RawPartition);
    readonly messages: readonly RawMessage[];
  }
}

declare module 'kafkajs/src/network/connection.js' {
  /** A socket to a broker. */
  export default class Connection {
    connect(): Promise<boolean>;
  }
}
