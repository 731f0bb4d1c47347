/** Events, their topics and subjects. */
import { eventSchemas } from '../../schemas/generated/events.ts';
import type { RegisteredSchema } from '../../schemas/codec/schema.ts';
import { BadInput } from '../../streams/runtime/errors.ts';

/** The current schema of an event and the subject under which it is registered. */
export interface EventSubject extends RegisteredSchema {
  readonly subject: string;
}

/** `<topic>-<record full name>`: several events share a topic, and each evolves by itself. */
export function subjectOf(topic: string, fullName: string): string {
  return `${topic}-${fullName}`;
}

/** Every event of this version with its subject. An event without a topic: BadInput EVENT_UNDECLARED. */
export function eventSubjects(
  topicOf: ReadonlyMap<string, string>,
  events: readonly RegisteredSchema[] = Object.values(eventSchemas),
): EventSubject[] {
  return events.map(({ fullName, avro }) => {
    const topic = topicOf.get(fullName);
    if (topic === undefined) {
      throw new BadInput({
        code: 'EVENT_UNDECLARED',
        message: `${fullName} is an event of no topic: add it to its topic in topology.yaml`,
      });
    }
    return { fullName, avro, subject: subjectOf(topic, fullName) };
  });
}
