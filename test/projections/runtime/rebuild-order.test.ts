import { expect, it } from 'vitest';
import { inTimeOrder } from '../../../projections/runtime/folding.ts';
import type { LogRecord } from '../../../streams/runtime/ports.ts';

const record = (topic: string, offset: number, timestamp: number): LogRecord => ({
  topic,
  partition: 0,
  offset,
  key: null,
  value: null,
  headers: {},
  timestamp,
});
const names = (records: readonly LogRecord[]): string[] => records.map((r) => `${r.topic}${r.offset}`);

it('puts a redriven record after what was made before it, not before', () => {
  const records = [record('a', 0, 1), record('a', 1, 2), record('a', 2, 9), record('a.retry', 0, 5)];
  expect(names(inTimeOrder(records))).toEqual(['a0', 'a1', 'a.retry0']);
});

it('keeps the order within a topic although clocks differ, and always goes on', () => {
  const records = [record('a', 0, 9), record('a', 1, 1), record('b', 0, 5), record('b', 1, 6)];
  expect(names(inTimeOrder(records))).toEqual(['b0', 'b1']);
});

it('takes one topic as it is', () => {
  const records = [record('a', 3, 2), record('a', 4, 1)];
  expect(inTimeOrder(records)).toBe(records);
});
