/**
 * Whose topics and groups these are. A deployment remembers in its database what it has read and numbered, so two databases must
 * not share a log, nor a group that says who reads what. Each says that it is there in the metadata of a committed offset, which
 * needs no topic; brokers forget it when it has not been said for `offsets.retention.minutes` (a week).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { BadInput } from '../../streams/runtime/errors.ts';
import { kafkaCode, onKafka } from './errors.ts';
import { createCluster } from './internals.ts';
import type { RawCluster, RawCoordinator } from './internals.ts';
import { topicNames } from './names.ts';
import type { KafkaSettings } from './settings.ts';

/** A claim, as a group keeps it. */
export interface Claim {
  /** Id of the database. */
  readonly deployment: string;
  /** When it was first made, ms. */
  readonly since: number;
}

/** The claim of one deployment. */
export interface Claims {
  /** Refuses (BadInput DEPLOYMENT_TAKEN) when another deployment has claimed the topics or the groups; changes nothing. */
  check(): Promise<void>;
  /** The same, and claims them, or says again that they are ours. Of two that begin at once one is refused by the second time after. */
  hold(): Promise<void>;
  close(): Promise<void>;
}

/** The topic that stands for all. */
const TOPIC = 'intake';
const coordinatorMoves =
  /^(NOT_COORDINATOR_FOR_GROUP|GROUP_LOAD_IN_PROGRESS|GROUP_COORDINATOR_NOT_AVAILABLE)$/;
/** Five seconds in all. */
const [TRIES, PAUSE_MS] = [25, 200];

/** Claims for the deployment with this id. */
export function kafkaClaims(
  kafka: Kafka,
  settings: Pick<KafkaSettings, 'groupPrefix' | 'topicPrefix'>,
  deployment: string,
): Claims {
  const topic = topicNames(settings).out(TOPIC);
  const groups = [`${topic}-deployment`, `${settings.groupPrefix}-deployment`];
  const cluster = createCluster(kafka);
  let connected: Promise<void> | undefined;
  let mine: Claim | undefined;

  async function look(): Promise<void> {
    connected ??= cluster.connect().catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    await connected;
    const found = (await Promise.all(groups.map((group) => claimsIn(cluster, group)))).flat();
    mine ??= found.filter((claim) => claim.deployment === deployment).sort(byAge)[0];
    const others = found.filter((claim) => claim.deployment !== deployment).sort(byAge);
    const oldest = others[0];
    if (oldest !== undefined && (mine === undefined || byAge(oldest, mine) < 0))
      throw taken(settings, groups, oldest);
  }

  return {
    check: () => onKafka('looking whose topics these are', look),
    hold: () =>
      onKafka('claiming the topics', async () => {
        await look();
        const claim = (mine ??= { deployment, since: Date.now() });
        await Promise.all(groups.map((group) => commit(cluster, group, topic, JSON.stringify(claim))));
      }),
    async close() {
      await connected?.catch(() => undefined);
      await cluster.disconnect();
    },
  };
}

async function claimsIn(cluster: RawCluster, group: string): Promise<Claim[]> {
  const fetch = { groupId: group, topics: [] } as const;
  const { responses } = await asking(cluster, group, (coordinator) => coordinator.offsetFetch(fetch));
  return responses.flatMap(({ partitions }) => partitions.flatMap(({ metadata }) => parseClaim(metadata)));
}

async function commit(cluster: RawCluster, group: string, topic: string, metadata: string): Promise<void> {
  // of nobody: the group has no members
  const nobody = { groupGenerationId: -1, memberId: '', retentionTime: -1 };
  const topics = [{ topic, partitions: [{ partition: 0, offset: '0', metadata }] }];
  await asking(cluster, group, (coordinator) =>
    coordinator.offsetCommit({ groupId: group, ...nobody, topics }),
  );
}

/** A coordinator that has just come to be, or moves, is asked again. */
async function asking<T>(
  cluster: RawCluster,
  group: string,
  ask: (coordinator: RawCoordinator) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(await cluster.findGroupCoordinator({ groupId: group }));
    } catch (error) {
      if (!coordinatorMoves.test(kafkaCode(error)) || tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** The claim of an offset's metadata, which anybody may have written. */
export function parseClaim(metadata: string | null): Claim[] {
  try {
    const { deployment, since } = JSON.parse(metadata ?? '') as Partial<Record<keyof Claim, unknown>>;
    return typeof deployment === 'string' && typeof since === 'number' ? [{ deployment, since }] : [];
  } catch {
    return [];
  }
}

function byAge(a: Claim, b: Claim): number {
  return a.since - b.since || (a.deployment < b.deployment ? -1 : 1);
}

function taken(
  { groupPrefix, topicPrefix }: Pick<KafkaSettings, 'groupPrefix' | 'topicPrefix'>,
  groups: readonly string[],
  { deployment, since }: Claim,
): BadInput {
  const names = `topics ${topicPrefix}* or groups ${groupPrefix}.*`;
  const given = new Date(since);
  const when = Number.isNaN(given.getTime()) ? '' : ` since ${given.toISOString()}`;
  return new BadInput({
    code: 'DEPLOYMENT_TAKEN',
    message: `${names} are in use by a deployment with another database (${deployment.slice(0, 36)}${when}): set KAFKA_TOPIC_PREFIX and KAFKA_GROUP_PREFIX to names of your own, or DATABASE_URL to the database of that deployment. Only if it is gone for good: kafka-consumer-groups --delete ${groups.map((group) => `--group ${group}`).join(' ')}`,
  });
}
