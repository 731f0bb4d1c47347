import { describe, expect, it } from 'vitest';
import { requiredColumns } from '../../../connectors/csv/header.ts';
import { csvReports } from '../../../connectors/csv/reports.ts';
import { csv } from '../../support/csv-rows.ts';
import { readRows } from './read-rows.ts';

const good = csv('namespace', [{}]).toString().split('\n')[1]!;
const header = `${requiredColumns('namespace').join(',')}\n`;

async function codes(...lines: readonly (string | Buffer)[]): Promise<string[]> {
  const bytes = Buffer.concat([
    Buffer.from(header),
    ...lines.map((text) => Buffer.concat([Buffer.from(text), Buffer.from('\n')])),
  ]);
  const { rows } = await readRows(bytes);
  return rows.map((row) => ('code' in row ? `${row.row} ${row.code}` : `${row.row}`));
}

describe('broken rows', () => {
  it('cost one row each and keep their number', async () => {
    const found = await codes(
      good,
      'a,b,c',
      '',
      `${good},more`,
      good.replace('shop', 'sh"op'),
      good.replace('shop', '"shop'),
      good.replace('shop', 'sh\0op'),
      Buffer.from(good.replace('shop', 'caf\xe9'), 'latin1'),
      good.replace('shop', '"sh,op"'),
      `${good}\r`,
    );
    expect(found).toEqual([
      '1',
      '2 RAGGED_ROW',
      '3 RAGGED_ROW',
      '4 STRAY_QUOTE',
      '5 STRAY_QUOTE',
      '6 NUL_BYTE',
      '7 INVALID_UTF8',
      '8',
      '9',
    ]);
  });

  it('say what is wrong, show the start of the row and what to do', async () => {
    const { rows } = await readRows(Buffer.from(`${header}a,b\u0001,${'ä'.repeat(300)}\n`));
    expect(rows[0]).toEqual({
      row: 1,
      column: null,
      code: 'RAGGED_ROW',
      message: 'The row has 3 cells, the header has 25 columns. Write every column in every row.',
      excerpt: `a,b\ufffd,${'ä'.repeat(195)}`,
    });
  });

  it('a line at the limit is read, one byte more is too long, with either line end', async () => {
    const bytes = Buffer.from(`${header}${good}\r\n${good}0\r\n${good}`);
    for (const blockBytes of [16, good.length + 1, 4096]) {
      const limits = { maxLineBytes: Math.max(good.length, header.length), blockBytes };
      const pad = (text: string, to: number) => text.replace('shop', `shop${'x'.repeat(to - text.length)}`);
      const exact = pad(good, limits.maxLineBytes);
      const long = pad(good, limits.maxLineBytes + 1);
      const lines = [exact, long, good, long, `${exact}\r`, long].join('\n');
      const { rows } = await readRows(Buffer.from(header + lines), { limits, chunk: 100 });
      expect(rows.map((row) => ('code' in row ? row.code : 'ok'))).toEqual([
        'ok',
        'LINE_TOO_LONG',
        'ok',
        'LINE_TOO_LONG',
        'ok',
        'LINE_TOO_LONG',
      ]);
      expect((await readRows(bytes, { limits })).rows).toHaveLength(3);
    }
  });

  it('a line of 50 MB is passed over without being held', async () => {
    const piece = Buffer.alloc(1 << 16, 'x');
    let most = 0;
    const reports = csvReports({
      archives: {
        async *file() {
          yield await Promise.resolve(Buffer.from(`${header}${good}\n`));
          for (let at = 0; at < 800; at++) {
            yield piece;
            most = Math.max(most, process.memoryUsage().arrayBuffers);
          }
          yield Buffer.from(`\n${good}\n`);
        },
      },
    });
    const before = process.memoryUsage().arrayBuffers;
    const { batches } = await reports.open({ org: 'o', blob: 'b', format: 'csv', member: null });
    const found: string[] = [];
    for await (const batch of batches) {
      found.push(...batch.broken.map(({ row, code }) => `${row} ${code}`));
      for (let index = 0; index < batch.rows; index++) found.push(`${batch.rowNumbers[index]!}`);
    }
    expect(found).toEqual(['1', '2 LINE_TOO_LONG', '3']);
    expect(most - before).toBeLessThan(8 << 20);
  });

  it('dictionaries are bounded: ids start anew with a new epoch', async () => {
    const names = Array.from({ length: 100 }, (_, index) => ({ namespace: `ns-${index % 37}` }));
    const reports = csvReports({ archives: { file: () => once(csv('namespace', names)) }, maxTexts: 10 });
    const { batches } = await reports.open({ org: 'o', blob: 'b', format: 'csv', member: null });
    const found: string[] = [];
    let epochs = 0;
    for await (const batch of batches) {
      epochs = batch.dictionaryEpoch;
      expect(Math.max(...batch.dictionaries.map(({ length }) => length))).toBeLessThanOrEqual(10);
      for (let index = 0; index < batch.rows; index++)
        found.push(batch.dictionaries[2]![batch.texts[2]![index]!]!);
    }
    expect(found).toEqual(names.map(({ namespace }) => namespace));
    expect(epochs).toBeGreaterThanOrEqual(9);
  });

  it('a comma in a quoted name is not taken for two plain cells', async () => {
    const row = (namespace: string) => good.replace('shop', namespace);
    const found = await codes(row('"a,1"'), row('x'), row('"a,1"'), row('x'), row('a,1'));
    expect(found).toEqual(['1', '2', '3', '4', '5 RAGGED_ROW']);
  });
});

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
