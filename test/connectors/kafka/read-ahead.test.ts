import { expect, it } from 'vitest';
import { ReadAhead } from '../../../connectors/kafka/read-ahead.ts';

const at = { topic: 't', partition: 0 };
const answer = Buffer.alloc(1 << 20);
const page = (value: Buffer) => ({
  records: [{ ...at, offset: 0, key: null, value, headers: {}, timestamp: 1 }],
  next: 1,
  end: 1,
});

it('a small record counts with the answer of the broker that it keeps in memory', () => {
  const ahead = new ReadAhead(2 << 20);
  for (let from = 0; from < 5; from++) ahead.keep(at, from, page(Buffer.from(answer).subarray(0, 10)));
  const kept = [0, 1, 2, 3, 4].filter((from) => ahead.take(at, from) !== undefined);
  expect(kept).toEqual([4]);
});

it('records of one answer share it', () => {
  const ahead = new ReadAhead(2 << 20);
  const { records } = page(answer.subarray(0, 10));
  ahead.keep(at, 0, { records: [records[0]!, records[0]!], next: 2, end: 2 });
  expect(ahead.take(at, 0)).toBeDefined();
});
