/** Reading what is stored: events may be anybody's, so nothing about them is taken for granted. */
import type { Place } from './entries.ts';

/** true for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The place of the log that an object names; undefined when it names none. */
export function placeIn(value: unknown): Place | undefined {
  if (!isRecord(value)) return undefined;
  const { topic, partition, offset } = value;
  return typeof topic === 'string' && Number.isSafeInteger(partition) && Number.isSafeInteger(offset)
    ? { topic, partition: partition as number, offset: offset as number }
    : undefined;
}
