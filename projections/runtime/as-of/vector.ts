/** From a moment to the positions in a projection's inputs up to which records count. */
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { EventLog } from '../../../streams/runtime/ports.ts';
import type { PositionVector } from '../ports.ts';
import type { AsOf } from './text.ts';

/**
 * Positions per partition. A time: before the first record that was made later. Positions: as named, the end where a partition
 * is not named. Records at and behind a position do not count.
 */
export async function positionsAt(
  asOf: AsOf,
  inputs: readonly string[],
  log: EventLog,
  now: number,
): Promise<PositionVector> {
  const ends = new Map<string, readonly number[]>();
  for (const topic of inputs) ends.set(topic, await log.ends(topic));
  const wanted = new Map<string, readonly number[]>();
  if ('time' in asOf) {
    if (asOf.time > now) throw beyond(`${new Date(asOf.time).toJSON()} is still to come`);
    for (const topic of inputs) wanted.set(topic, await log.offsetsAt(topic, asOf.time + 1));
  } else {
    checkNames(asOf.positions, ends);
    for (const [topic, end] of ends)
      wanted.set(
        topic,
        end.map((last, partition) => asOf.positions.get(topic)?.get(partition) ?? last),
      );
  }
  const count = ends.get(inputs[0]!)!.length;
  return new Map(
    Array.from({ length: count }, (_, partition) => [
      partition,
      Object.fromEntries(inputs.map((topic) => [topic, wanted.get(topic)?.[partition] ?? 0])),
    ]),
  );
}

function checkNames(
  positions: ReadonlyMap<string, ReadonlyMap<number, number>>,
  ends: ReadonlyMap<string, readonly number[]>,
): void {
  for (const [topic, named] of positions) {
    const end = ends.get(topic);
    if (end === undefined) {
      throw new BadInput({
        code: 'UNKNOWN_TOPIC',
        message: `the table does not follow from topic ${topic}; it follows from ${[...ends.keys()].join(', ')}`,
      });
    }
    for (const [partition, offset] of named) {
      const last = end[partition];
      if (last === undefined) {
        throw new BadInput({
          code: 'UNKNOWN_PARTITION',
          message: `topic ${topic} has partitions 0 to ${end.length - 1}, not ${partition}`,
        });
      }
      if (offset > last) throw beyond(`${topic}/${partition} ends at ${last}, before ${offset}`);
    }
  }
}

function beyond(what: string): BadInput {
  return new BadInput({
    code: 'AS_OF_BEYOND_END',
    message: `${what}; without as-of the tables are as they are now`,
  });
}

/** Throws BadInput AS_OF_BEFORE_HISTORY when records that had to be folded are not in the log any more. */
export async function checkHistory(
  vector: PositionVector,
  partitions: readonly number[],
  log: EventLog,
): Promise<void> {
  for (const topic of Object.keys(vector.get(0) ?? {})) {
    const starts = await log.offsetsAt(topic, 0);
    for (const partition of partitions) {
      const start = starts[partition] ?? 0;
      if (start === 0 || (vector.get(partition)?.[topic] ?? 0) === 0) continue;
      throw new BadInput({
        code: 'AS_OF_BEFORE_HISTORY',
        message: `${topic}/${partition} begins at ${start}: what stood before was cut, so nobody can say how the table was; only the table of now can be read`,
      });
    }
  }
}
