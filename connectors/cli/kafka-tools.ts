/** Kafka's own commands (4.x) that do what a command here does, with the names of this deployment. */
import { topics } from '../../schemas/topics.ts';
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import type { Step } from '../../streams/runtime/topology/steps.ts';
import { topicNames } from '../kafka/names.ts';
import { print, printJson } from './context.ts';
import { jsonTopics } from './json-intake.ts';
import { profileFrom } from './profile.ts';
import type { Profile } from './profile.ts';

/** A deployment as the tools name it. */
export interface ToolNames {
  readonly bootstrap: string;
  /** Options that every tool takes, for brokers that ask who calls. */
  readonly security: readonly string[];
  topic(name: string): string;
  group(unit: string): string;
}

/** What is printed: commands, and what to know about them. */
export interface StockCommands {
  readonly commands: readonly string[];
  readonly note: string;
}

const AVRO = 'Values are Avro in the Confluent wire format (byte 0, schema id, data).';
const EMBEDDED = 'The embedded log is no Kafka: these commands are for the kafka profile.';
const SECURITY =
  'client.properties holds security.protocol, sasl.mechanism, sasl.jaas.config and what TLS needs.';

/** The names of a profile; of the embedded one, those that the kafka profile has by default. */
export function toolNames(profile: Profile): ToolNames {
  if (profile.kind !== 'kafka') {
    return {
      bootstrap: 'localhost:9092',
      security: [],
      topic: (name) => name,
      group: (unit) => `rightstream.${unit}`,
    };
  }
  const { brokers, sasl, tls, groupPrefix } = profile.kafka;
  return {
    bootstrap: brokers.join(','),
    security: sasl !== undefined || tls !== undefined ? ['--command-config', 'client.properties'] : [],
    topic: topicNames(profile.kafka).out,
    group: (unit) => `${groupPrefix}.${unit}`,
  };
}

const quoted = (text: string): string =>
  /^[\w.,:/=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

function tool(names: ToolNames, script: string, words: readonly string[]): string {
  return [script, '--bootstrap-server', names.bootstrap, ...names.security, ...words].map(quoted).join(' ');
}

const printed = ['key', 'headers', 'offset', 'partition', 'timestamp'].flatMap((name) => [
  '--formatter-property',
  `print.${name}=true`,
]);

/** What a `tail` asks for. */
export interface TailAsked {
  readonly topic: string;
  readonly from: string;
  readonly partition?: number;
  readonly limit?: number;
  readonly follow?: boolean;
}

/** kafka-console-consumer as `tail` reads; an offset belongs to a partition, the first unless one is named. */
export function tailCommands(names: ToolNames, asked: TailAsked): StockCommands {
  const { topic, from, limit, follow = false } = asked;
  const partition = asked.partition ?? (/^\d+$/.test(from) ? 0 : undefined);
  const words = ['--topic', names.topic(topic)];
  if (partition !== undefined) {
    const offset = from === 'beginning' ? 'earliest' : from === 'end' ? 'latest' : from;
    words.push('--partition', String(partition), '--offset', offset);
  } else if (from !== 'end') words.push('--from-beginning');
  if (limit !== undefined) words.push('--max-messages', String(limit));
  if (!follow) words.push('--timeout-ms', '10000');
  return { commands: [tool(names, 'kafka-console-consumer', [...words, ...printed])], note: AVRO };
}

/** kafka-console-producer as `produce` writes: the same lines, to the topic that takes JSON. */
export function produceCommands(names: ToolNames, topic: string): StockCommands {
  const json = `${topic}.json`;
  if (jsonTopics.includes(json)) {
    return {
      commands: [tool(names, 'kafka-console-producer', ['--topic', names.topic(json)])],
      note: 'One JSON line per record, as `rightstream produce` takes them; what is invalid becomes a dead letter of json-intake.',
    };
  }
  const words = ['--topic', names.topic(topic)];
  for (const property of ['parse.key=true', 'parse.headers=true']) words.push('--reader-property', property);
  return {
    commands: [tool(names, 'kafka-console-producer', words)],
    note: `No JSON is taken for ${topic}. ${AVRO}`,
  };
}

/** kafka-topics and kafka-get-offsets as `topics` lists. */
export function topicsCommands(names: ToolNames): StockCommands {
  const facts = Object.values(topics).map((topic) => names.topic(topic).replaceAll('.', '\\.'));
  return {
    commands: [
      tool(names, 'kafka-topics', ['--list']),
      tool(names, 'kafka-topics', ['--describe', '--topic', facts.join('|')]),
      tool(names, 'kafka-get-offsets', ['--topic', facts.join('|')]),
    ],
    note: 'kafka-get-offsets prints topic:partition:end; records are the sum over the partitions.',
  };
}

/** Dead letters and retries as records; `records` are topic/partition/offset. */
export function deadLetterCommands(
  names: ToolNames,
  { unit, records = [] }: { readonly unit?: string | undefined; readonly records?: readonly string[] } = {},
): StockCommands {
  const one = records.flatMap((record) => {
    const [, topic, partition, offset] = /^(.+)\/(\d+)\/(\d+)$/.exec(record) ?? [];
    if (topic === undefined) return [];
    return tailCommands(names, { topic, partition: Number(partition), from: offset!, limit: 1 }).commands;
  });
  const read = (topic: string): readonly string[] =>
    tailCommands(names, { topic, from: 'beginning' }).commands;
  return {
    commands: [...one, ...read(topics.deadLetters), ...(unit === undefined ? [] : read(retryTopic(unit)))],
    note: `Facts of dead letters are keyed by unit, redriven records stand in <unit>.retry. The console tools cannot copy Avro unharmed: redrive with rightstream. ${AVRO}`,
  };
}

/** Where units stand, as far as Kafka is told. */
export function groupCommands(names: ToolNames, units: readonly string[]): StockCommands {
  return {
    commands: units.map((unit) =>
      tool(names, 'kafka-consumer-groups', ['--describe', '--group', names.group(unit)]),
    ),
    note: 'Positions are kept in Postgres, and shown to Kafka: kafka-consumer-groups --reset-offsets replays nothing.',
  };
}

/** The changes of a plan, and what is there now. */
export function planCommands(names: ToolNames, steps: readonly Step[]): StockCommands {
  const commands = steps.flatMap((step) => {
    if (step.kind === 'create-topic') {
      const { target, partitions, replication, configs } = step;
      const words = ['--create', '--if-not-exists', '--topic', target];
      words.push('--partitions', String(partitions), '--replication-factor', String(replication));
      for (const [name, value] of Object.entries(configs)) words.push('--config', `${name}=${value}`);
      return [tool(names, 'kafka-topics', words)];
    }
    if (step.kind === 'set-config') {
      const { target, name, value } = step;
      const entity = ['--entity-type', 'topics', '--entity-name', target];
      return [tool(names, 'kafka-configs', ['--alter', ...entity, '--add-config', `${name}=${value}`])];
    }
    return [];
  });
  return {
    commands: [...commands, ...topicsCommands(names).commands],
    note: 'Schemas and the bucket are no matter of Kafka: rightstream apply makes them.',
  };
}

/** Prints commands of a profile instead of doing what was asked. */
export function showStock(
  { json }: { readonly json?: boolean },
  profile: Profile,
  { commands, note }: StockCommands,
): void {
  const notes = [note];
  if (profile.kind !== 'kafka') notes.push(EMBEDDED);
  else if (toolNames(profile).security.length > 0) notes.push(SECURITY);
  if (json === true) printJson({ commands, note: notes.join(' ') });
  else print([...notes.map((text) => `# ${text}`), ...commands].join('\n'));
}

/** The same for the profile of the environment; no server is asked. */
export async function showStockOf(
  options: { readonly json?: boolean },
  make: (names: ToolNames) => StockCommands,
): Promise<void> {
  const profile = await profileFrom(process.env);
  showStock(options, profile, make(toolNames(profile)));
}

/** The option of every command that has it. */
export const SHOW_KAFKA = [
  '--show-kafka',
  'print the stock Kafka commands that do this, and nothing else',
] as const;
