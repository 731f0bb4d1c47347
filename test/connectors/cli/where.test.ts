import { describe, expect, test } from 'vitest';
import { parseOrder, parseWhere, wholeNumber } from '../../../connectors/cli/where.ts';

describe('conditions', () => {
  test.each([
    ['namespace=shop', 'eq', 'shop'],
    ['namespace != shop', 'ne', 'shop'],
    ['n>1', 'gt', '1'],
    ['n>=1', 'gte', '1'],
    ['n<1', 'lt', '1'],
    ['n<=1', 'lte', '1'],
    ['image~nginx', 'like', 'nginx'],
    ['key=a=b>c', 'eq', 'a=b>c'],
    ['key=', 'eq', ''],
  ])('%s', (text, op, value) => {
    expect(parseWhere(text)).toMatchObject({ op, value });
  });

  test('ask for missing values with null', () => {
    expect(parseWhere('container=null').op).toBe('isNull');
    expect(parseWhere('container!=null').op).toBe('notNull');
  });

  test.each(['', 'namespace', '=x', 'a b=c'])('refuses %j', (text) => {
    expect(() => parseWhere(text)).toThrow(expect.objectContaining({ code: 'BAD_CONDITION' }));
  });
});

test('an order names columns and directions', () => {
  expect(parseOrder('a:desc, b')).toEqual([
    { column: 'a', descending: true, nullsLast: true },
    { column: 'b', descending: false, nullsLast: true },
  ]);
  expect(() => parseOrder('a:down')).toThrow(expect.objectContaining({ code: 'BAD_ORDER' }));
});

test('numbers of options are whole and within bounds', () => {
  expect(wholeNumber('--limit', '5', 1, 10)).toBe(5);
  for (const text of ['', '-1', '1.5', '11', 'x', '0']) {
    expect(() => wholeNumber('--limit', text, 1, 10)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    );
  }
});
