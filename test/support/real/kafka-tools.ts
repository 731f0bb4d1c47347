/** Kafka's own console tools, to see and do from outside what the product does. */
import { type Command, type Outcome, run } from './process.ts';

/** Runs one tool; the address of the broker is added to the arguments. Any exit code is an answer. */
export type Tool = (args: readonly string[], options?: ToolOptions) => Promise<Outcome>;

/** Input and patience. */
export interface ToolOptions {
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

/** The tools by what they are about. */
export interface KafkaTools {
  /** Any of them, by the name of its script. */
  run(script: Script, args: readonly string[], options?: ToolOptions): Promise<Outcome>;
  /** kafka-topics */
  readonly topics: Tool;
  /** kafka-console-consumer; give it `--timeout-ms` or `--max-messages` */
  readonly consume: Tool;
  /** kafka-console-producer: a record per line of its input */
  produce(args: readonly string[], stdin: string, options?: { timeoutMs?: number }): Promise<Outcome>;
  /** kafka-consumer-groups */
  readonly groups: Tool;
  /** kafka-configs */
  readonly configs: Tool;
  /** kafka-get-offsets */
  readonly offsets: Tool;
  /** kafka-producer-perf-test */
  readonly producerPerformance: Tool;
  /** kafka-consumer-perf-test */
  readonly consumerPerformance: Tool;
}

/** Main classes of the tools, by the name of the script that Kafka ships for each. */
const MAIN_CLASSES = {
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
} as const;

/** Name of a script that Kafka ships. */
export type Script = keyof typeof MAIN_CLASSES;

/** The tools for this broker, run on the JVM here. */
export function kafkaTools(java: (mainClass: string) => Command, broker: string): KafkaTools {
  return toolsBy((script, args, options) => {
    const command = java(MAIN_CLASSES[script]);
    return run({ ...command, args: [...command.args, '--bootstrap-server', broker, ...args] }, options);
  });
}

/** The tools as one function runs them. */
export function toolsBy(
  runScript: (script: Script, args: readonly string[], options?: ToolOptions) => Promise<Outcome>,
): KafkaTools {
  const tool =
    (script: Script): Tool =>
    (args, options) =>
      runScript(script, args, options);
  return {
    run: runScript,
    topics: tool('kafka-topics'),
    consume: tool('kafka-console-consumer'),
    produce: (args, stdin, options) => runScript('kafka-console-producer', args, { ...options, stdin }),
    groups: tool('kafka-consumer-groups'),
    configs: tool('kafka-configs'),
    offsets: tool('kafka-get-offsets'),
    producerPerformance: tool('kafka-producer-perf-test'),
    consumerPerformance: tool('kafka-consumer-perf-test'),
  };
}
