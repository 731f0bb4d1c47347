import { describe, expect, it } from 'vitest';
import { readTrace, timeOf, traceLimits } from '../../../connectors/csv/trace.ts';
import type { TraceColumns, TraceLimits } from '../../../connectors/csv/trace.ts';

async function* pieces(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}
const read = (text: string, columns?: TraceColumns, limits?: TraceLimits) =>
  readTrace(pieces(text), columns, limits);

describe('a trace', () => {
  it('is read with usual names, in pieces, with a byte order mark and quotes', async () => {
    const text =
      '\ufeffTIMESTAMP,CPU_USAGE_ACTUAL\r\n2023.04.02-00:09:00:000,7.2\r\n"2023.04.02-00:10:00:000","7.04"\r\n';
    const trace = await read(text);
    expect([...trace.time]).toEqual([Date.parse('2023-04-02T00:09Z'), Date.parse('2023-04-02T00:10Z')]);
    expect([...trace.value]).toEqual([7.2, 7.04]);
    expect(trace).toMatchObject({ memory: null, rejected: 0, bad: [] });
  });

  it('is read with columns that are named', async () => {
    const text = 'b,when,c,m\nx,1700000000,1.5,100\ny,1700000060,2,200\n';
    const trace = await read(text, { time: 'when', value: 'c', memory: 'm' });
    expect([[...trace.time], [...trace.value], [...trace.memory!]]).toEqual([
      [1_700_000_000_000, 1_700_000_060_000],
      [1.5, 2],
      [100, 200],
    ]);
  });

  it('sets bad rows aside with line, column and code', async () => {
    const text =
      'time,cpu\n2026-01-01T00:00Z,1\nnever,1\n2026-01-01T00:01Z,x\n2026-01-01T00:02Z,-1\n2026-01-01T00:02Z\n2026-01-01T00:00Z,1\n2026-01-01T00:03Z,2\n';
    const trace = await read(text);
    expect([...trace.value]).toEqual([1, 2]);
    expect(trace.rejected).toBe(5);
    expect(trace.bad.map(({ row, column, code }) => [row, column, code])).toEqual([
      [3, 'time', 'BAD_TIME'],
      [4, 'cpu', 'BAD_NUMBER'],
      [5, 'cpu', 'NEGATIVE_USAGE'],
      [6, '', 'RAGGED_ROW'],
      [7, 'time', 'TIME_NOT_LATER'],
    ]);
  });

  it('tells the first bad rows only, and counts all', async () => {
    const trace = await read(`time,cpu\n${'x,1\n'.repeat(50)}`);
    expect([trace.rejected, trace.bad.length]).toEqual([50, traceLimits.maxTold]);
  });

  it.each<[string, string, string, TraceColumns | undefined]>([
    ['a header without the columns', 'a,b\n1,2\n', 'MISSING_COLUMN', undefined],
    ['a name that is not there', 'time,cpu\n', 'MISSING_COLUMN', { value: 'CPU' }],
    ['an open quote', 'time,cpu\n"2026-01-01T00:00Z,1\n', 'TRACE_NOT_CSV', undefined],
    ['more rows than are taken', `time,cpu\n${'x,1\n'.repeat(4)}`, 'TRACE_TOO_LONG', undefined],
    ['a line without end', `time,cpu\n${'9'.repeat(9_000)},1\n`, 'TRACE_NOT_CSV', undefined],
  ])('refuses %s', async (_, text, code, columns) => {
    const limits = { maxRows: 3, maxRowBytes: 1_000, maxTold: 20 };
    await expect(read(text, columns, limits)).rejects.toMatchObject({ name: 'BadInput', code });
  });

  it('passes on what goes wrong in reading', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('time,cpu\n');
      throw new Error('the disk is gone');
    }
    await expect(readTrace(broken())).rejects.toThrow('the disk is gone');
  });
});

describe('times', () => {
  it.each([
    ['2023.04.02-00:09:00:000', '2023-04-02T00:09:00Z'],
    ['2023-04-02 00:09', '2023-04-02T00:09:00Z'],
    ['2023-04-02T02:09:00.5+02:00', '2023-04-02T00:09:00.5Z'],
    ['1680394140', '2023-04-02T00:09:00Z'],
    ['1680394140000', '2023-04-02T00:09:00Z'],
  ])('%s', (text, iso) => {
    expect(timeOf(text)).toBe(Date.parse(iso));
  });

  it.each(['', 'today', '2023-13-01T00:00Z', '12', '2023-04-02'])('%s is none', (text) => {
    expect(timeOf(text)).toBeNaN();
  });
});
