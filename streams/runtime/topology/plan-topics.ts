/** Topics of a plan: created and set right, but never cut and never given other partitions. */
import { ourTopics, topicConfigs } from './live.ts';
import type { LiveState, LiveTopic, Wanted, WantedConfig, WantedTopic } from './live.ts';
import type { Note, Refusal, Step } from './steps.ts';

/** The steps for topics. */
export function planTopics(wanted: Wanted, live: LiveState): Step[] {
  const there = new Map(live.topics.map((topic) => [topic.name, topic]));
  const steps = wanted.topics.flatMap((topic): Step[] => {
    if (topic.retention !== 'forever' && topic.keepMs === undefined) return [cutByFile(topic)];
    const found = there.get(topic.name);
    if (found !== undefined && topic.foreign === true) return [];
    return found === undefined ? [creation(topic, wanted.replication)] : differences(topic, found, wanted);
  });
  return [...steps, ...copies(wanted, there), ...unlisted(wanted, live)];
}

function creation({ name, partitions, keepMs, foreign }: WantedTopic, replication: number): Step {
  return {
    kind: 'create-topic',
    target: name,
    from: null,
    to: `${partitions} partitions, replication ${replication}`,
    why:
      foreign === true
        ? 'the settings name it and the brokers do not have it'
        : 'topology.yaml has it and the brokers do not',
    partitions,
    replication,
    configs: Object.fromEntries(
      Object.entries(topicConfigs(replication, keepMs)).map(([key, { value }]) => [key, value]),
    ),
  };
}

function cutByFile({ name, retention }: WantedTopic): Refusal {
  return {
    kind: 'refuse',
    code: 'HISTORY_CUT',
    target: name,
    from: 'forever',
    to: retention,
    why: 'a rebuild of what reads it needs all of it; write `retention: forever` in topology.yaml',
  };
}

function differences(topic: WantedTopic, found: LiveTopic, wanted: Wanted): Step[] {
  const steps: Step[] = [];
  if (found.partitions !== topic.partitions) {
    steps.push({
      kind: 'refuse',
      code: 'PARTITIONS_DIFFER',
      target: topic.name,
      from: `${found.partitions} partitions`,
      to: `${topic.partitions} partitions`,
      why:
        'keys would move to other partitions and lose their order; keep the number in topology.yaml as it is, ' +
        'or make a new topic that a stream fills from this one',
    });
  }
  for (const [name, config] of Object.entries(topicConfigs(found.replication, topic.keepMs))) {
    const is = found.configs[name];
    if (is === undefined || satisfied(is, config)) continue;
    const lost = topic.keepMs === undefined ? historyLost(name, is, found) : undefined;
    steps.push(lost ?? setting(topic.name, name, is, config));
  }
  const starts = topic.keepMs === undefined ? found.starts : [];
  const late = starts.flatMap((start, partition) => (start > 0 ? [`${partition} at ${start}`] : []));
  if (late.length > 0 && !steps.some((step) => step.kind === 'refuse' && step.code === 'HISTORY_CUT')) {
    steps.push({
      kind: 'note',
      code: 'HISTORY_BEGINS_LATE',
      target: topic.name,
      from: `partition ${late.join(', ')}`,
      to: null,
      why: 'older records are gone: a rebuild of what reads it differs from its tables',
    });
  }
  // more copies than asked for are no problem, least of all while a broker is down
  if (found.replication < wanted.replication) {
    steps.push({
      kind: 'note',
      code: 'REPLICATION_DIFFERS',
      target: topic.name,
      from: `replication ${found.replication}`,
      to: `replication ${wanted.replication}`,
      why: 'kafka-reassign-partitions changes it, or give --replication-factor',
    });
  }
  return steps;
}

function satisfied(is: string, { value, atLeast }: WantedConfig): boolean {
  return atLeast === true ? is === '-1' || Number(is) >= Number(value) : is === value;
}

function setting(topic: string, name: string, is: string, { value }: WantedConfig): Step {
  return {
    kind: 'set-config',
    target: topic,
    from: `${name}=${is}`,
    to: `${name}=${value}`,
    why:
      name === 'min.insync.replicas' && value === '1'
        ? 'more copies are asked for than there are: every append fails'
        : (reasons[name] ?? 'it differs'),
    name,
    value,
  };
}

const reasons: Readonly<Record<string, string>> = {
  'cleanup.policy': 'every fact is kept, not the last one of a key',
  'retention.ms': 'a rebuild reads from the first record',
  'retention.bytes': 'a rebuild reads from the first record',
  'max.message.bytes': 'events are up to 512 KiB and are sent several at a time',
  'message.timestamp.type': 'the time of a record is that of its event, in a copy, too',
  'min.insync.replicas': 'what is acknowledged is on two brokers',
  'unclean.leader.election.enable': 'a broker that lags behind must not take over and forget',
};

/** What the broker has thrown away already cannot be set right; whoever sets it right by hand has been told. */
function historyLost(
  name: string,
  is: string,
  { name: topic, starts, ends }: LiveTopic,
): Refusal | undefined {
  if (name === 'cleanup.policy' && is.includes('compact') && ends.some((end) => end > 0)) {
    return {
      kind: 'refuse',
      code: 'HISTORY_COMPACTED',
      target: topic,
      from: `${name}=${is}`,
      to: `${name}=delete`,
      why: `facts with the same key may be gone already, and tables cannot be rebuilt; to go on with what is left: ${byHand(topic, name, 'delete')}`,
    };
  }
  if (name.startsWith('retention.') && starts.some((start) => start > 0)) {
    return {
      kind: 'refuse',
      code: 'HISTORY_CUT',
      target: topic,
      from: `${name}=${is}`,
      to: `${name}=-1`,
      why: `records were deleted already, and tables cannot be rebuilt; to go on with what is left: ${byHand(topic, name, '-1')}`,
    };
  }
  return undefined;
}

function byHand(topic: string, name: string, value: string): string {
  return `kafka-configs --alter --entity-type topics --entity-name ${topic} --add-config ${name}=${value}`;
}

/** What fewer than three copies do not promise, once for all topics. */
function copies({ topics, replication }: Wanted, there: ReadonlyMap<string, LiveTopic>): Note[] {
  const few = topics
    .map(({ name }) => ({ name, copies: there.get(name)?.replication ?? replication }))
    .filter((topic) => topic.copies < 3);
  if (few.length === 0) return [];
  const least = Math.min(...few.map((topic) => topic.copies));
  return [
    {
      kind: 'note',
      code: 'COPIES_TOO_FEW',
      target: few.length === topics.length ? 'every topic' : few.map(({ name }) => name).join(', '),
      from: `replication ${least}, min.insync.replicas 1`,
      to: 'replication 3, min.insync.replicas 2',
      why: 'an acknowledged record survives the death of a process, but not the loss of a broker with its disk',
    },
  ];
}

function unlisted(wanted: Wanted, live: LiveState): Note[] {
  const listed = new Set(wanted.topics.map(({ name }) => name));
  const ours = new Set(
    ourTopics(
      wanted,
      live.topics.map(({ name }) => name),
    ),
  );
  return live.topics
    .filter(({ name }) => !listed.has(name) && ours.has(name))
    .map(({ name, partitions }) => ({
      kind: 'note',
      code: 'TOPIC_UNLISTED',
      target: name,
      from: `${partitions} partitions`,
      to: null,
      why: 'topology.yaml does not have it: of an older version, or a typing error',
    }));
}
