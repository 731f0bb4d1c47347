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

declare module 'kafkajs/src/protocol/requests/fetch/index.js' {
  import type { FetchRequest, RawProtocol } from './internals.ts';

  /** Fetch in each version that the client knows. */
  const definitions: {
    readonly versions: readonly string[];
    readonly protocol: (options: { version: number }) => (request: FetchRequest) => RawProtocol;
  };
  export default definitions;
}

declare module 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js' {
  import type { RawMessage } from './internals.ts';
  import type Decoder from 'kafkajs/src/protocol/decoder.js';

  /** Messages of a record set that stands behind its length. */
  export default function decodeMessages(decoder: Decoder): Promise<readonly RawMessage[]>;
}

declare module 'kafkajs/src/protocol/decoder.js' {
  /** A place in bytes. */
  export default class Decoder {
    constructor(bytes: Buffer);
    readonly buffer: Buffer;
  }
}

declare module 'kafkajs/src/protocol/recordBatch/v0/index.js' {
  const batches: {
    /** Writes a batch of records. */
    readonly RecordBatch: (batch: object) => Promise<{ readonly buffer: Buffer }>;
  };
  export default batches;
}

declare module 'kafkajs/src/protocol/recordBatch/record/v0/index.js' {
  /** Writes a record. */
  export default function encodeRecord(record: object): object;
}
