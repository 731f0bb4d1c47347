/** How far the sink is, kept in EventStoreDB itself: a stream per topic and partition, written after the decisions. */
import { Fatal, Retryable } from '../../streams/runtime/errors.ts';
import type { TopicPartition } from '../../streams/runtime/ports.ts';
import { auditId } from './names.ts';
import { isRecord, placeIn } from './stored.ts';
import type { AuditStore, Revision } from './store.ts';

/** How far a partition was taken. */
export interface Checkpoint {
  /** Offset of the next record. */
  readonly next: number;
  /** The last record that was passed: the log must still have it there. */
  readonly last?: { readonly offset: number; readonly eventId: string };
}

/** Checkpoints that are kept of a partition. */
const KEPT = 10;
const MAX_CONFLICTS = 10;

/** The checkpoints of one installation. */
export class Checkpoints {
  readonly #store: AuditStore;
  readonly #prefix: string;
  readonly #revisions = new Map<string, Revision>();

  constructor(store: AuditStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /** Name of the stream of a partition. */
  streamOf({ topic, partition }: TopicPartition): string {
    return `${this.#prefix}-audit_checkpoint-${topic}/${partition}`;
  }

  /** The newest checkpoint; the start of the log when there is none. */
  async load(at: TopicPartition): Promise<Checkpoint> {
    const stream = this.streamOf(at);
    const events = await this.#store.readBack(stream, KEPT);
    if (events === 'closed') throw deleted(stream);
    this.#revisions.set(stream, events[0]?.revision ?? this.#revisions.get(stream) ?? 'no_stream');
    const found = events.flatMap(({ data }) => checkpointIn(data, at) ?? []);
    return found.reduce<Checkpoint>((most, one) => (one.next > most.next ? one : most), { next: 0 });
  }

  /** Stores a checkpoint, unless another sink has stored a later one. */
  async save(at: TopicPartition, { next, last }: Checkpoint): Promise<void> {
    const stream = this.streamOf(at);
    const { topic, partition } = at;
    const seen = last === undefined ? {} : { offset: last.offset, event_id: last.eventId };
    const data = { topic, partition, next, ...seen };
    const event = { id: auditId(`${stream}@${next}`), type: 'AuditPositionReached', data, metadata: {} };
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
      const expected = this.#revisions.get(stream) ?? 'no_stream';
      const outcome = await this.#store.append(stream, [event], expected);
      if (outcome.kind === 'closed') throw deleted(stream);
      if (outcome.kind === 'appended') {
        this.#revisions.set(stream, outcome.revision);
        if (expected === 'no_stream') await this.#store.keepLast(stream, KEPT);
        return;
      }
      this.#revisions.set(stream, outcome.current);
      if ((await this.load(at)).next >= next) return;
    }
    throw new Retryable({
      code: 'AUDIT_CONTENDED',
      message: `${stream}: other sinks store their positions all the time; it is tried again`,
      coordinates: { stream },
    });
  }
}

function checkpointIn(data: unknown, at: TopicPartition): Checkpoint | undefined {
  if (!isRecord(data) || !Number.isSafeInteger(data['next'])) return undefined;
  if (data['topic'] !== at.topic || data['partition'] !== at.partition) return undefined;
  const place = placeIn(data);
  const eventId = data['event_id'];
  const last =
    place !== undefined && typeof eventId === 'string' ? { last: { offset: place.offset, eventId } } : {};
  return { next: data['next'] as number, ...last };
}

function deleted(stream: string): Fatal {
  return new Fatal({
    code: 'AUDIT_CHECKPOINT_DELETED',
    message: `${stream} was deleted for good, so the position cannot be kept: choose another prefix`,
    coordinates: { stream },
  });
}
