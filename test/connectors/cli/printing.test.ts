import { describe, expect, test } from 'vitest';
import { csvText } from '../../../connectors/cli/csv-text.ts';
import { cellText, cut, tableText } from '../../../connectors/cli/table-text.ts';

describe('a table for a terminal', () => {
  test('is aligned, numbers to the right', () => {
    const rows = [
      { name: 'web', n: 5 },
      { name: 'worker', n: 1200 },
    ];
    expect(tableText(rows, ['name', 'n'], 80).split('\n')).toEqual([
      'name       n',
      '──────  ────',
      'web        5',
      'worker  1200',
    ]);
  });

  test('names the columns that do not fit', () => {
    const rows = [
      { a: 'x'.repeat(30), b: 'y'.repeat(30), c: 1 },
      { a: 'x', b: 'y', c: 2 },
    ];
    const text = tableText(rows, ['a', 'b', 'c'], 40);
    expect(text).toContain('2 more columns: b, c');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  });

  test('stands one wide row upright', () => {
    expect(tableText([{ a: 'x'.repeat(30), bb: 2 }], ['a', 'bb'], 30)).toBe(`a   ${'x'.repeat(25)}…\nbb  2`);
  });

  test('lets no cell steer the terminal', () => {
    expect(cellText('a\u001b[31mb\nc')).toBe('a·[31mb·c');
    expect(cellText(null)).toBe('-');
    expect(cellText([1, 2])).toBe('[1,2]');
    expect(cut('abcdef', 4)).toBe('abc…');
  });
});

describe('CSV', () => {
  test('quotes what needs quotes', () => {
    expect(csvText([{ a: 'x,y', b: 'say "hi"' }], ['a', 'b'])).toBe('a,b\r\n"x,y","say ""hi"""');
  });

  test.each(['=1+1', '+1', '-1', '@cmd', '\tx'])('disarms %j, which a spreadsheet would run', (text) => {
    expect(csvText([{ text }], ['text'])).toBe(`text\r\n'${text}`);
  });

  test('leaves numbers alone, and amounts with a unit', () => {
    const row = { number: -1.5, nothing: null, absent: undefined, amount: '-250m', list: [1] };
    expect(csvText([row], Object.keys(row)).split('\r\n')[1]).toBe('-1.5,,,-250m,[1]');
  });
});
