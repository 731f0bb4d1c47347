/** How people write a moment of the past: a time, or positions in the log. */
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { PositionVector } from '../ports.ts';

/** A moment: ms since 1970, or offsets per topic and partition. */
export type AsOf =
  { readonly time: number } | { readonly positions: ReadonlyMap<string, ReadonlyMap<number, number>> };

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const POSITION = /^([\w.-]+)\/(\d{1,6})@(\d{1,15})$/;

/** Reads ISO 8601 with a zone, ms since 1970, or `topic/partition@offset,…`. Anything else: BadInput BAD_AS_OF. */
export function parseAsOf(text: string): AsOf {
  const trimmed = text.trim();
  if (/^\d{1,15}$/.test(trimmed)) return { time: Number(trimmed) };
  // In the query of a URL the + of a zone arrives as a space.
  const time = trimmed.replace(/ (\d{2}:\d{2})$/, '+$1');
  const day = TIME.exec(time)?.[1];
  if (day !== undefined) {
    const ms = Date.parse(time);
    // Date.parse takes February 30 for March 2.
    const exists = new Date(Date.parse(`${day}T00:00:00Z`)).toJSON()?.startsWith(day) === true;
    if (Number.isNaN(ms) || !exists) throw bad(text, 'there is no such time');
    return { time: ms };
  }
  if (trimmed.includes('@')) return { positions: parsePositions(text, trimmed) };
  throw bad(text, 'it is neither a time with a zone nor positions');
}

function parsePositions(text: string, list: string): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const positions = new Map<string, Map<number, number>>();
  for (const part of list.split(',')) {
    const match = POSITION.exec(part.trim());
    if (match === null) throw bad(text, `${JSON.stringify(part.slice(0, 80))} is no topic/partition@offset`);
    const [, topic, partition, offset] = match;
    const named = positions.get(topic!) ?? new Map<number, number>();
    positions.set(topic!, named);
    if (named.has(Number(partition))) throw bad(text, `${topic!}/${partition!} stands in it twice`);
    named.set(Number(partition), Number(offset));
  }
  return positions;
}

function bad(text: string, why: string): BadInput {
  return new BadInput({
    code: 'BAD_AS_OF',
    message: `as of ${JSON.stringify(text.slice(0, 120))}: ${why}; write for example 2026-03-29T14:00:00Z, 2026-03-29T16:00:00+02:00, 1774792800000 (ms since 1970), usage/0@120,usage/1@98, or what a former answer gave as its positions`,
  });
}

/** Positions as text that {@link parseAsOf} reads: `usage/0@12,usage/1@7,…`. */
export function positionsText(vector: PositionVector, topics: readonly string[]): string {
  const partitions = [...vector].sort(([a], [b]) => a - b);
  return topics
    .flatMap((topic) => partitions.map(([partition, at]) => `${topic}/${partition}@${at[topic] ?? 0}`))
    .join(',');
}
