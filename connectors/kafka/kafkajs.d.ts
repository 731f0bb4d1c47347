/** Types of the one module of kafkajs that is imported from its inside. */
declare module 'kafkajs/src/consumer/batch.js' {
  import type { RawMessage, RawPartition } from './internals.ts';

  /** Messages of one partition in one fetch, markers and aborted ones filtered out. */
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, partitionData: RawPartition);
    readonly messages: readonly RawMessage[];
  }
}
