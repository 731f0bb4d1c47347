/**
 * Who works on which partition: a consumer group per unit, used for membership alone. Its consumer never fetches (all its
 * partitions are paused), for records are read at the positions that Postgres keeps; the offsets committed to the group are for
 * people who look with Kafka's own tools.
 */
import type { Consumer, Kafka } from 'kafkajs';
import { Fatal, messageOf } from '../../streams/runtime/errors.ts';
import type { Member, MemberUnit, Membership } from '../../streams/runtime/ports.ts';
import { copartitionAssignor } from './assignor.ts';
import { onKafka } from './errors.ts';
import { topicNames } from './names.ts';
import type { KafkaSettings } from './settings.ts';

/** How often positions are shown to the group, ms. */
const SHOW_MS = 5_000;
/** Without a heartbeat for so long the client has given up, whatever it says, ms. */
const GIVE_UP_MS = 300_000;

type GroupSettings = Pick<
  KafkaSettings,
  'groupPrefix' | 'topicPrefix' | 'foreignTopics' | 'sessionTimeoutMs'
>;

/** Membership over a client. */
export function kafkaMembership(kafka: Kafka, settings: GroupSettings): Membership {
  return {
    join: (unit, changed) => join(kafka, settings, unit, changed),
    members: (units) =>
      members(
        kafka,
        units.map((unit) => `${settings.groupPrefix}.${unit}`),
      ),
  };
}

async function join(
  kafka: Kafka,
  { groupPrefix, sessionTimeoutMs, ...naming }: GroupSettings,
  { id: unit, version, inputs }: MemberUnit,
  changed: (partitions: readonly number[]) => void,
): Promise<Member> {
  const nameOf = topicNames(naming).out;
  let held: readonly number[] = [];
  let leaving = false;
  const heartbeat = Math.max(100, Math.floor(sessionTimeoutMs / 6));
  const consumer = kafka.consumer({
    groupId: `${groupPrefix}.${unit}`,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(5_000, 2 * sessionTimeoutMs),
    heartbeatInterval: heartbeat,
    maxWaitTimeInMs: Math.floor(heartbeat / 2),
    allowAutoTopicCreation: false,
    partitionAssigners: [copartitionAssignor(version, () => held)],
    retry: {
      initialRetryTime: 50,
      maxRetryTime: 1_000,
      retries: 5,
      restartOnFailure: () => Promise.resolve(!leaving),
    },
  });
  let beat = Date.now();
  let fail: (error: Fatal) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);
  const watch = setInterval(() => {
    if (Date.now() - beat > GIVE_UP_MS) fail(gaveUp(unit, `no heartbeat for ${GIVE_UP_MS / 1000} s`));
  }, 1_000);
  consumer.on('consumer.heartbeat', () => {
    beat = Date.now();
  });
  consumer.on('consumer.group_join', ({ payload }) => {
    beat = Date.now();
    consumer.pause(
      Object.entries(payload.memberAssignment).map(([topic, partitions]) => ({ topic, partitions })),
    );
    held = partitionsOf(payload.memberAssignment);
    if (!leaving) changed(held);
  });
  consumer.on('consumer.crash', ({ payload }) => {
    if (!payload.restart && !leaving) fail(gaveUp(unit, messageOf(payload.error)));
  });
  const shown = new Shown(consumer, nameOf);
  const show = setInterval(() => void shown.show(held), SHOW_MS);
  const end = async (): Promise<void> => {
    leaving = true;
    clearInterval(watch);
    clearInterval(show);
    await consumer.disconnect().catch(() => undefined);
  };
  try {
    await onKafka(`joining ${groupPrefix}.${unit}`, async () => {
      await consumer.subscribe({ topics: inputs.map(nameOf), fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: () => Promise.resolve(),
      });
    });
  } catch (error) {
    await end();
    throw error;
  }
  return {
    failed,
    at: (partition, positions) => {
      shown.at(partition, positions);
    },
    async leave() {
      leaving = true;
      await shown.show(held);
      await end();
    },
  };
}

async function members(kafka: Kafka, groups: readonly string[]): Promise<number> {
  const admin = kafka.admin();
  return onKafka('counting members', async () => {
    await admin.connect();
    try {
      const described = await admin.describeGroups([...groups]);
      return described.groups.reduce((sum, group) => sum + group.members.length, 0);
    } finally {
      await admin.disconnect();
    }
  });
}

function partitionsOf(assignment: Readonly<Record<string, readonly number[]>>): number[] {
  return [...new Set(Object.values(assignment).flat())].sort((a, b) => a - b);
}

function gaveUp(unit: string, why: string): Fatal {
  return new Fatal({
    code: 'KAFKA_GAVE_UP',
    message: `the membership of ${unit} ended: ${why}. The process ends, so that whoever supervises it starts it again`,
  });
}

/** Positions as the group shows them. */
class Shown {
  readonly #consumer: Consumer;
  readonly #nameOf: (topic: string) => string;
  readonly #changed = new Map<number, Readonly<Record<string, number>>>();

  constructor(consumer: Consumer, nameOf: (topic: string) => string) {
    this.#consumer = consumer;
    this.#nameOf = nameOf;
  }

  at(partition: number, positions: Readonly<Record<string, number>>): void {
    this.#changed.set(partition, positions);
  }

  async show(held: readonly number[]): Promise<void> {
    const offsets = [...this.#changed]
      .filter(([partition]) => held.includes(partition))
      .flatMap(([partition, positions]) =>
        Object.entries(positions).map(([topic, offset]) => ({
          topic: this.#nameOf(topic),
          partition,
          offset: String(offset),
        })),
      );
    this.#changed.clear();
    // For display only: a rebalance under way refuses it, and the next time will do.
    if (offsets.length > 0) await this.#consumer.commitOffsets(offsets).catch(() => undefined);
  }
}
