import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignPartitions } from '../../../connectors/kafka/assignor.ts';
import type { GroupMember } from '../../../connectors/kafka/assignor.ts';

const member = (id: string, held: number[] = [], version = 1): GroupMember => ({ id, version, held });
const shares = (members: readonly GroupMember[], partitions: number): Record<string, number[]> =>
  Object.fromEntries(assignPartitions(members, partitions));

describe('the assignor', () => {
  it('gives every partition to one member, evenly, whatever they held', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 20 }),
        fc.array(fc.array(fc.integer({ min: -2, max: 25 }), { maxLength: 10 }), {
          minLength: 8,
          maxLength: 8,
        }),
        (ids, partitions, held) => {
          const result = assignPartitions(
            ids.map((id, i) => member(id, held[i]!)),
            partitions,
          );
          const all = [...result.values()].flat().sort((a, b) => a - b);
          expect(all).toEqual(Array.from({ length: partitions }, (_, p) => p));
          const sizes = [...result.values()].map((own) => own.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('moves nothing when nothing has to move', () => {
    expect(shares([member('a', [1, 3]), member('b', [0, 2])], 4)).toEqual({ a: [1, 3], b: [0, 2] });
  });

  it('moves as little as it can when a member joins or leaves', () => {
    expect(shares([member('a', [0, 1, 2, 3]), member('b')], 4)).toEqual({ a: [0, 1], b: [2, 3] });
    expect(shares([member('a', [0, 1])], 4)).toEqual({ a: [0, 1, 2, 3] });
    expect(shares([member('b', [3]), member('c', [1])], 4)).toEqual({ b: [0, 3], c: [1, 2] });
  });

  it('believes nobody who claims what another holds too: one of them keeps it', () => {
    const result = shares([member('a', [0, 1]), member('b', [0, 1])], 2);
    expect(Object.values(result).flat().sort()).toEqual([0, 1]);
    expect(result['a']).toHaveLength(1);
  });

  it('gives members of an older version nothing', () => {
    expect(shares([member('old', [0, 1], 1), member('new', [], 2)], 2)).toEqual({ old: [], new: [0, 1] });
  });
});
