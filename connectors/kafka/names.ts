/** Names of topics in Kafka: ours begin with the prefix, those of others are taken as they are. */
import type { KafkaSettings } from './settings.ts';

/** What decides about names. */
export type NameSettings = Partial<Pick<KafkaSettings, 'topicPrefix' | 'foreignTopics'>>;

/** From our names to Kafka's and back. */
export interface TopicNames {
  /** The name in Kafka. */
  out(topic: string): string;
  /** Our name for a topic of Kafka; undefined: it is none of ours. */
  in(name: string): string | undefined;
}

/** Names under a prefix. */
export function topicNames({ topicPrefix = '', foreignTopics = [] }: NameSettings): TopicNames {
  const foreign = new Set(foreignTopics);
  return {
    out: (topic) => (foreign.has(topic) ? topic : topicPrefix + topic),
    in(name) {
      if (foreign.has(name)) return name;
      return name.startsWith(topicPrefix) ? name.slice(topicPrefix.length) : undefined;
    },
  };
}
