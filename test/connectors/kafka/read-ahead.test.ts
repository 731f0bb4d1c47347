import { expect, it } from 'vitest';
import { ReadAhead } from '../../../connectors/kafka/read-ahead.ts';

const at = { topic: 't', partition: 0 };
const answer = Buffer.alloc(1 << 20);
const page = (value: Buffer) => ({
  records: [{ ...at, offset: 0, key: null, value, headers: {}, timestamp: 1 }],
  start: 0,
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
  ahead.keep(at, 0, { records: [records[0]!, records[0]!], start: 0, next: 2, end: 2 });
  expect(ahead.take(at, 0)).toBeDefined();
});

it('a page that is fetched ahead is waited for, once, and kept when nobody asks yet', async () => {
  const ahead = new ReadAhead(4 << 20);
  let fetches = 0;
  let come: (value: ReturnType<typeof page>) => void = () => undefined;
  const fetch = (): Promise<ReturnType<typeof page>> => {
    fetches += 1;
    return new Promise((resolve) => (come = resolve));
  };
  ahead.prepare(at, 0, fetch);
  ahead.prepare(at, 0, fetch);
  const taken = ahead.take(at, 0);
  expect(ahead.take(at, 0)).toBeUndefined();
  come(page(answer));
  expect(await taken).toMatchObject({ next: 1 });
  expect(ahead.take(at, 0)).toBeUndefined();
  ahead.prepare(at, 0, () => Promise.resolve(page(answer)));
  await Promise.resolve();
  expect(ahead.take(at, 0)).toMatchObject({ next: 1 });
  expect(fetches).toBe(1);
});

it('a fetch ahead that fails is forgotten: whoever asks then fetches again', async () => {
  const ahead = new ReadAhead(4 << 20);
  const away = Promise.reject(new Error('away'));
  ahead.prepare(at, 0, () => away);
  await expect(away).rejects.toThrow('away');
  expect(ahead.take(at, 0)).toBeUndefined();
});

it('no more than eight fetches are under way ahead', () => {
  const ahead = new ReadAhead(4 << 20);
  let fetches = 0;
  for (let from = 0; from < 20; from++) {
    ahead.prepare(at, from, () => {
      fetches += 1;
      return new Promise(() => undefined);
    });
  }
  expect(fetches).toBe(8);
});
