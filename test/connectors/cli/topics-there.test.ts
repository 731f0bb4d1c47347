import { describe, expect, it } from 'vitest';
import { checkTopicsThere } from '../../../connectors/cli/topics-there.ts';

const readers = [
  { id: 'fold', inputs: ['a', 'b', 'fold.retry'] },
  { id: 'split', inputs: ['c', 'split.retry'] },
];
const wanted = ['a', 'b', 'c', 'fold.retry', 'split.retry'];
const there = (partitions: Readonly<Record<string, number>>) =>
  Object.entries(partitions).map(([name, count]) => ({ name, partitions: count }));

describe('the topics that units need', () => {
  it('may have other numbers of partitions in other units, and others beside them', () => {
    const topics = there({ a: 4, b: 4, 'fold.retry': 4, c: 2, 'split.retry': 2, more: 9 });
    expect(() => {
      checkTopicsThere(topics, wanted, readers);
    }).not.toThrow();
  });

  it('are all named when they are missing', () => {
    expect(() => {
      checkTopicsThere(there({ a: 4, 'fold.retry': 4, c: 2 }), wanted, readers);
    }).toThrow(
      expect.objectContaining({
        code: 'TOPIC_MISSING',
        message: 'Kafka lacks b, split.retry: run `rightstream plan`, then `rightstream apply`',
      }),
    );
  });

  it('share their number of partitions within a unit', () => {
    const topics = there({ a: 4, b: 6, 'fold.retry': 4, c: 2, 'split.retry': 2 });
    expect(() => {
      checkTopicsThere(topics, wanted, readers);
    }).toThrow(
      expect.objectContaining({
        code: 'NOT_COPARTITIONED',
        message: expect.stringContaining('fold reads a 4, b 6, fold.retry 4.') as string,
      }),
    );
  });
});
