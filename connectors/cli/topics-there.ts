/** Whether Kafka has the topics that the units need; nothing but `apply` creates them. */
import { BadInput } from '../../streams/runtime/errors.ts';
import type { TopicInfo } from '../../streams/runtime/ports.ts';

/** What a unit reads. */
interface Reader {
  readonly id: string;
  readonly inputs: readonly string[];
}

/**
 * A topic that is missing: BadInput TOPIC_MISSING, which names all of them. Inputs of a unit with different numbers of
 * partitions: BadInput NOT_COPARTITIONED, as its rows would be split between two owners.
 */
export function checkTopicsThere(
  there: readonly TopicInfo[],
  wanted: readonly string[],
  readers: readonly Reader[],
): void {
  const partitions = new Map(there.map((topic) => [topic.name, topic.partitions]));
  const missing = wanted.filter((name) => !partitions.has(name));
  if (missing.length > 0) {
    throw new BadInput({
      code: 'TOPIC_MISSING',
      message: `Kafka lacks ${missing.toSorted().join(', ')}: run \`rightstream plan\`, then \`rightstream apply\``,
    });
  }
  const split = readers.flatMap(({ id, inputs }) => {
    const counts = inputs.map((name) => `${name} ${partitions.get(name)!}`);
    return new Set(inputs.map((name) => partitions.get(name))).size > 1
      ? [`${id} reads ${counts.join(', ')}`]
      : [];
  });
  if (split.length === 0) return;
  throw new BadInput({
    code: 'NOT_COPARTITIONED',
    message: `inputs of a unit must have the same number of partitions: ${split.join('; ')}. \`rightstream plan\` says which differ`,
  });
}
