import { describe, expect, it, test } from 'vitest';
import { afterText, filtersOf, parseAfter } from '../../../../connectors/cli/dead-letters/filters.ts';

const NOW = Date.parse('2026-03-29T14:00:00Z');

describe('filters', () => {
  it('all must hold', () => {
    const options = { unit: 'u', type: 'T', key: 'k', status: 'dead', where: ['attempts>2', 'message~no'] };
    expect(filtersOf(options, NOW)).toEqual([
      { column: 'unit', op: 'eq', value: 'u' },
      { column: 'event_type', op: 'eq', value: 'T' },
      { column: 'record_key', op: 'eq', value: 'k' },
      { column: 'status', op: 'eq', value: 'dead' },
      { column: 'attempts', op: 'gt', value: '2' },
      { column: 'message', op: 'like', value: 'no' },
    ]);
  });

  it.each([
    ['2h', NOW - 7_200_000],
    ['90s', NOW - 90_000],
    ['2026-03-29T15:00:00+01:00', NOW],
  ])('time %s', (since, value) => {
    expect(filtersOf({ since }, NOW)).toEqual([{ column: 'died_at', op: 'gte', value }]);
    expect(filtersOf({ until: since }, NOW)).toEqual([{ column: 'died_at', op: 'lt', value }]);
  });

  it.each([
    { since: 'yesterday' },
    { until: '2026-03-29T14:00:00' },
    { since: '2026-03-29' },
    { status: 'Dead' },
  ])('%o is refused', (options) => {
    expect(() => filtersOf(options, NOW)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });
});

test('the place behind a page is a word', () => {
  const after = { org: 'ö/ 1', key: ['recommendations', 'usage', 3, 17] };
  expect(afterText(after)).toMatch(/^[\w-]+$/);
  expect(parseAfter(afterText(after))).toEqual(after);
  for (const bad of ['', 'x', Buffer.from('["o"]').toString('base64url')]) {
    expect(() => parseAfter(bad)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  }
});
