import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requiredColumns } from '../../../connectors/csv/header.ts';
import { readRows } from './read-rows.ts';

/** Cells that have broken CSV readers before. */
const number = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true }).map(String) },
  { weight: 4, arbitrary: fc.nat(20_000_000).map((n) => (n / 1e6).toFixed(6)) },
  { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 19n }).map((n) => `${n}.000000`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.nat(999_999))
      .map(([a, b]) => `${a}.${b}`),
  },
  { weight: 2, arbitrary: fc.stringMatching(/^[+-]?[0-9]{0,17}\.?[0-9]{0,11}(e[+-]?[0-9]{1,3})?$/) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        '',
        '-',
        '+',
        '.',
        '-.',
        '1.',
        '.5',
        '-.5',
        '0',
        '-0',
        '+1',
        '00012',
        '1e3',
        '1E-3',
        'e5',
        '1e',
        '1e309',
        '-1e309',
      ],
      ...[
        'inf',
        '+Inf',
        '-infinity',
        'NaN',
        'nan',
        'NA',
        '<nil>',
        '0x1p-2',
        '1_000',
        ' 1',
        '1 ',
        '1\t',
        '1\r',
        '9007199254740993',
      ],
      ...[
        '9007199254740992.5',
        '0.1',
        '4503599627370497.5',
        '123456789',
        '1234567890',
        '999999999999999',
        '9999999999999999',
      ],
      ...[
        '0.123456789',
        '0.1234567890',
        '123456789.123456789',
        '2.2250738585072011e-308',
        '5e-324',
        '1-2',
        '--1',
        '१',
      ],
    ),
  },
);
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('web', 'shop', 'reg/web:1', '<none>', '', 'NA', 'true', '12345') },
  { weight: 2, arbitrary: fc.string({ maxLength: 8 }).map((s) => s.replace(/[,\n]/g, '')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'größe',
      '日本',
      '🚀',
      '\ufeffx',
      'a\rb',
      '\r',
      ' padded ',
      'a"b',
      '"',
      '\u0000',
    ),
  },
);
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const wrapped = fc
  .tuple(text, fc.nat(9))
  .map(([cell, dice]) => (dice === 0 ? quoted(cell) : dice === 1 ? quoted(`${cell},${cell}`) : cell));
const anyNumber = fc.tuple(number, fc.nat(15)).map(([cell, dice]) => (dice === 0 ? quoted(cell) : cell));
const lineEnd = fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '\r\r\n', '\n\r\n');

function line(columns: readonly string[], numbers: ReadonlySet<string>): fc.Arbitrary<Buffer> {
  const cells = fc
    .tuple(...columns.map((name) => (numbers.has(name) ? anyNumber : wrapped)))
    .map((c) => c.join(','));
  const odd = fc.oneof(
    fc.constantFrom(
      'a,b,c',
      ',',
      '"',
      '""',
      '","',
      '"a"b,c',
      'x"y',
      '\u0000',
      '\r',
      '"a\nb"',
      ','.repeat(60),
    ),
    fc.string({ maxLength: 300 }),
    fc.nat(400).map((n) => 'x'.repeat(n)),
  );
  const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
  return fc
    .tuple(
      fc.oneof(
        { weight: 8, arbitrary: cells.map((s) => Buffer.from(s)) },
        { weight: 2, arbitrary: odd.map((s) => Buffer.from(s)) },
        { weight: 1, arbitrary: bytes },
        { weight: 1, arbitrary: fc.tuple(cells, bytes).map(([s, b]) => Buffer.concat([Buffer.from(s), b])) },
        { weight: 1, arbitrary: cells.map((s) => Buffer.from(`${s},extra`)) },
      ),
      lineEnd,
    )
    .map(([body, end]) => Buffer.concat([body, Buffer.from(end)]));
}

const kinds = fc.constantFrom('container' as const, 'namespace' as const);
const report = kinds.chain((kind) => {
  const required = requiredColumns(kind);
  const numbers = new Set(required.filter((name) => /_(?:avg|min|max|sum)$/.test(name)));
  const extras = fc.nat(3).map((n) => Array.from({ length: n }, (_, i) => `accelerator_${i}`));
  return extras
    .chain((more) =>
      fc.shuffledSubarray([...required, ...more], { minLength: required.length + more.length }),
    )
    .chain((columns) =>
      fc.tuple(
        fc.constantFrom('\n', '\r\n', '\n\r\n').map((end) => Buffer.from(columns.join(',') + end)),
        line([...columns], numbers).filter((bytes) => bytes.some((byte) => byte !== 10 && byte !== 13)),
        fc.array(line(columns, numbers), { maxLength: 12 }),
        fc.boolean(),
      ),
    )
    .map(([header, first, rest, cutEnd]) => {
      const bytes = Buffer.concat([header, first, ...rest]);
      return cutEnd ? bytes.subarray(0, bytes.length - 1) : bytes;
    });
});

const limits = fc.record({
  maxLineBytes: fc.constantFrom(250, 700, 1 << 20),
  blockBytes: fc.constantFrom(16, 512, 4096, 1 << 18),
  batchRows: fc.constantFrom(1, 2, 3, 2048),
  maxTexts: fc.constantFrom(1, 2, 5, 1 << 16),
  maxTextBytes: fc.constantFrom(4, 64, 1 << 20),
});
const generous = {
  maxLineBytes: 0,
  blockBytes: 1 << 18,
  batchRows: 2048,
  maxTexts: 1 << 16,
  maxTextBytes: 1 << 22,
};

describe('the fast path', () => {
  it('reads every file as csv-parse and Number do, whatever the limits and pieces', async () => {
    await fc.assert(
      fc.asyncProperty(report, limits, fc.integer({ min: 1, max: 5000 }), async (bytes, bounds, chunk) => {
        // The header must fit: only data lines are to be too long.
        const maxLineBytes = Math.max(bounds.maxLineBytes, bytes.indexOf(10));
        const fast = await readRows(bytes, { chunk, limits: { ...bounds, maxLineBytes } });
        const reference = await readRows(bytes, { mode: 'reference', limits: { ...generous, maxLineBytes } });
        expect(fast.kind).toBe(reference.kind);
        expect(fast.rows).toStrictEqual(reference.rows);
      }),
      { numRuns: 400 },
    );
  });

  it('does not depend on where the pieces are cut', async () => {
    const sample = fc.sample(report, { numRuns: 3, seed: 7 });
    for (const bytes of sample) {
      const whole = await readRows(bytes);
      for (let cut = 1; cut < Math.min(bytes.length, 1500); cut++)
        if (cut < 40 || cut % 37 === 0)
          expect((await readRows(bytes, { chunk: cut, limits: { blockBytes: 64 } })).rows).toStrictEqual(
            whole.rows,
          );
    }
  });

  it('rounds decimals as Number does', async () => {
    const columns = requiredColumns('namespace');
    const cells = fc.sample(number, { numRuns: 40_000, seed: 11 }).filter((cell) => !/[",\n]/.test(cell));
    const width = columns.length - 5;
    const lines: string[] = [];
    for (let at = 0; at + width <= cells.length; at += width)
      lines.push(`a,b,c,d,e,${cells.slice(at, at + width).join(',')}`);
    const bytes = Buffer.from(`${columns.join(',')}\n${lines.join('\n')}\n`);
    const [fast, reference] = [await readRows(bytes), await readRows(bytes, { mode: 'reference' })];
    expect(fast.rows).toStrictEqual(reference.rows);
    expect(fast.rows).toHaveLength(lines.length);
  });
});
