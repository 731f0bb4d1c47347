/** Failures of EventStoreDB in our classes: whatever its server or the network does, it may be better later. */
import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  TimeoutError,
  UnavailableError,
} from '@eventstore/db-client';
import { Fatal, messageOf, Retryable } from '../../streams/runtime/errors.ts';

/** Failures after which the client finds its way again by itself. */
const passing = [UnavailableError, CancelledError, DeadlineExceededError, TimeoutError, NotLeaderError];

/** A call was not answered in time; the client's own deadlines do not cover all that can hang. */
export class Unanswered extends Error {}

/** true when a client that failed so must be replaced. */
export function spoilsClient(error: unknown): boolean {
  return !passing.some((kind) => error instanceof kind) && !(error instanceof AccessDeniedError);
}

/** What to throw for a failed call on a stream. */
export function failureOf(error: unknown, stream: string): Error {
  if (error instanceof MaxAppendSizeExceededError) {
    return new Fatal({
      code: 'AUDIT_EVENT_TOO_LARGE',
      message: `${stream}: the server takes ${error.maxAppendSize} bytes at a time; lower maxEventBytes to below that`,
    });
  }
  const denied = error instanceof AccessDeniedError;
  return new Retryable(
    {
      code: denied ? 'EVENTSTOREDB_DENIED' : 'EVENTSTOREDB_AWAY',
      message: denied
        ? `EventStoreDB does not let this account use ${stream}; grant it reading and writing`
        : `EventStoreDB is away (${messageOf(error)}); it is tried again`,
      coordinates: { stream },
    },
    { cause: error },
  );
}
