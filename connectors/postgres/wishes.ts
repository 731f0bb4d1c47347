/** Accepts wishes: the idempotency key and the event in one transaction. */
import { randomUUID } from 'node:crypto';
import type { Codec } from '../../schemas/codec/codec.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import { partitionOf } from '../../streams/runtime/partitioner.ts';
import type { Emission, NewRecord, WishIntake, Wishes } from '../../streams/runtime/ports.ts';
import { printable, submit } from './submissions.ts';
import type { Submission, SubmissionDeps } from './submissions.ts';

/** Name under which wishes are submitted. */
export const WISHES = 'wishes';

/** What accepting needs. */
export interface WishDeps {
  readonly submissions: SubmissionDeps;
  /** Partitions of a topic. */
  readonly partitions: (topic: string) => Promise<number>;
  readonly codec: Codec;
  readonly now: () => number;
  readonly onDecided: WishIntake['onDecided'];
}

interface Placed {
  readonly place: number;
  readonly submission: Submission;
}

/** The intake over Postgres. */
export function postgresWishes(deps: WishDeps): WishIntake {
  const counts = new Map<string, number>();
  const partitionsOf = async (topic: string): Promise<number> => {
    const known = counts.get(topic) ?? (await deps.partitions(topic));
    counts.set(topic, known);
    return known;
  };
  return {
    onDecided: deps.onDecided,
    async accept(wishes) {
      // One sender per partition: what goes to different partitions does not wait for each other.
      const byPartition = new Map<number, Placed[]>();
      for (const [place, event] of wishes.events.entries()) {
        const partition = partitionOf(event.key, await partitionsOf(event.topic));
        const placed = byPartition.get(partition) ?? [];
        byPartition.set(partition, [
          ...placed,
          { place, submission: submissionOf(deps, wishes, event, place) },
        ]);
      }
      const ids: string[] = [];
      for (const [partition, placed] of byPartition) {
        const answers = await submit(
          deps.submissions,
          { unit: WISHES, partition },
          placed.map(({ submission }) => submission),
        );
        answers.forEach(({ digest, answer }, i) => {
          if (digest !== wishes.digest) throw reused(wishes.requestId ?? '');
          ids[placed[i]!.place] = (answer as { eventId: string }).eventId;
        });
      }
      return ids;
    },
  };
}

function submissionOf(deps: WishDeps, wishes: Wishes, event: Emission, place: number): Submission {
  const { org, requestId, digest } = wishes;
  const eventId = randomUUID();
  return {
    org,
    requestId: requestId === null ? eventId : `wish/${requestId}/${place}`,
    digest,
    answer: { eventId },
    records: [recordOf(deps, wishes, event, eventId)],
  };
}

function recordOf(
  { codec, now }: WishDeps,
  { org, requestId }: Wishes,
  event: Emission,
  eventId: string,
): NewRecord {
  const headers = {
    'event-id': eventId,
    'event-type': event.type,
    org: printable(org),
    'request-id': printable(requestId ?? eventId),
  };
  const value = codec.encode(event.type, event.data as never);
  return { topic: event.topic, key: event.key, value, headers, timestamp: now() };
}

function reused(requestId: string): BadInput {
  return new BadInput({
    code: 'REQUEST_ID_REUSED',
    message: `Idempotency-Key ${requestId} was used before for something else: send a new one`,
  });
}
