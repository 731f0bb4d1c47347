/** How the records of a transaction get to the log. */
import type { PoolClient } from 'pg';
import type { NewRecord } from '../../streams/runtime/ports.ts';
import type { PostgresLog } from './log.ts';

/** Who emits: a unit, or one of the names under which clients submit; and its partition. */
export interface Sender {
  readonly unit: string;
  readonly partition: number;
}

/** Takes the records of a transaction. */
export interface Publisher {
  /** Within the transaction, right before it commits. `derived`: a stream's, which its input makes again. */
  emit(client: PoolClient, sender: Sender, records: readonly NewRecord[], derived: boolean): Promise<void>;
  /** After the commit. */
  committed(records: readonly NewRecord[]): void;
}

/** The embedded log: to emit is to append, in the same transaction. */
export function appendingPublisher(log: PostgresLog): Publisher {
  return {
    async emit(client, _sender, records) {
      await log.appendIn(client, records);
    },
    committed: (records) => {
      log.announce(records);
    },
  };
}
