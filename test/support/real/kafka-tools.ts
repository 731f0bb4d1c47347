/** Kafka's own console tools, to see and do from outside what the product does. */
import type { KafkaInstallation } from './kafka-install.ts';
import { type Outcome, run } from './process.ts';

/** Runs one tool; the address of the broker is added to the arguments. Any exit code is an answer. */
export type Tool = (args: readonly string[], options?: ToolOptions) => Promise<Outcome>;

/** Input and patience. */
export interface ToolOptions {
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

/** The tools by what they are about. */
export interface KafkaTools {
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

/** The tools for this broker. */
export function kafkaTools(kafka: KafkaInstallation, broker: string): KafkaTools {
  function tool(mainClass: string): Tool {
    return (args, options) =>
      run(kafka.java(mainClass, ['--bootstrap-server', broker, ...args], ['-Xmx128m']), options);
  }
  const produce = tool('org.apache.kafka.tools.ConsoleProducer');
  return {
    topics: tool('org.apache.kafka.tools.TopicCommand'),
    consume: tool('org.apache.kafka.tools.consumer.ConsoleConsumer'),
    produce: (args, stdin, options) => produce(args, { ...options, stdin }),
    groups: tool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand'),
    configs: tool('kafka.admin.ConfigCommand'),
    offsets: tool('org.apache.kafka.tools.GetOffsetShell'),
    producerPerformance: tool('org.apache.kafka.tools.ProducerPerformance'),
    consumerPerformance: tool('org.apache.kafka.tools.ConsumerPerformance'),
  };
}
