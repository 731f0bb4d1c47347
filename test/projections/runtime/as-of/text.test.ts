import { describe, expect, it } from 'vitest';
import { parseAsOf, positionsText } from '../../../../projections/runtime/as-of/text.ts';
import { codeOf } from '../../../../streams/runtime/errors.ts';

describe('a moment as people write it', () => {
  it.each([
    ['2026-03-29T14:00:00Z', '2026-03-29T14:00:00.000Z'],
    ['2026-03-29T14:00Z', '2026-03-29T14:00:00.000Z'],
    ['2026-03-29T16:00:00.250+02:00', '2026-03-29T14:00:00.250Z'],
    ['2026-03-29T16:00:00 02:00', '2026-03-29T14:00:00.000Z'],
    [' 1774792800000 ', '2026-03-29T14:00:00.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
  ])('%s is a time', (text, time) => {
    expect(parseAsOf(text)).toEqual({ time: Date.parse(time) });
  });

  it('topic/partition@offset names positions', () => {
    expect(parseAsOf('usage/0@12, usage/3@0,recommendations.retry/1@7')).toEqual({
      positions: new Map([
        [
          'usage',
          new Map([
            [0, 12],
            [3, 0],
          ]),
        ],
        ['recommendations.retry', new Map([[1, 7]])],
      ]),
    });
  });

  it.each([
    '',
    'yesterday',
    '2026-03-29',
    '2026-03-29T14:00:00',
    '2026-02-30T14:00:00Z',
    '2026-13-01T14:00:00Z',
    '2026-03-29T25:00:00Z',
    '-5',
    '1e12',
    '9999999999999999',
    'usage@5',
    'usage/0@',
    'usage/0@-1',
    'usage/0@1,',
    'usage/0@1,usage/0@2',
    'a b/0@1',
  ])('%j is none, and the message shows how to write one', (text) => {
    const failure = ((): unknown => {
      try {
        return parseAsOf(text);
      } catch (error) {
        return error;
      }
    })();
    expect(codeOf(failure)).toBe('BAD_AS_OF');
    expect((failure as Error).message).toContain('2026-03-29T14:00:00Z');
    expect((failure as Error).message).toContain('usage/0@120');
  });

  it('positions as text read back as they were', () => {
    const vector = new Map([
      [1, { usage: 7 }],
      [0, { usage: 12, 'x.retry': 3 }],
    ]);
    const text = positionsText(vector, ['usage', 'x.retry']);
    expect(text).toBe('usage/0@12,usage/1@7,x.retry/0@3,x.retry/1@0');
    expect(positionsText(vector, ['usage'])).toBe('usage/0@12,usage/1@7');
  });
});
