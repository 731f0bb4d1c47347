import { describe, expect, it } from 'vitest';
import { readHeader, requiredColumns } from '../../../connectors/csv/header.ts';
import { csvReports } from '../../../connectors/csv/reports.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';
import { containerRow, csv } from '../../support/csv-rows.ts';
import { readRows, refusal } from './read-rows.ts';
import type { GoodRow } from './read-rows.ts';

const container = requiredColumns('container');
const namespace = requiredColumns('namespace');
const operatorExtras = [
  'cpu_throttle_container_min',
  'accelerator_model_name',
  'accelerator_profile_name',
  ...['core_usage_percentage', 'memory_copy_percentage', 'frame_buffer_usage'].flatMap((family) =>
    ['min', 'max', 'avg'].map((suffix) => `accelerator_${family}_${suffix}`),
  ),
];

describe('the header', () => {
  it('needs 37 columns for containers and 25 for namespaces', () => {
    expect(container).toHaveLength(37);
    expect(new Set(container).size).toBe(37);
    expect(namespace).toHaveLength(25);
  });

  it.each([
    ['as the operator writes it now, 49 columns', [...container, ...operatorExtras]],
    ['reversed', [...container].reverse()],
    ['with extra columns of one name', [...container, 'extra', 'extra']],
  ])('is accepted %s', async (_, columns) => {
    const usual = await readRows(csv('container', [containerRow]));
    const { kind, rows } = await readRows(csv('container', [containerRow], columns));
    expect(kind).toBe('container');
    // Where models of accelerators are named, their cells stand behind the others.
    const { texts, numbers, ...row } = rows[0] as GoodRow;
    const { texts: usualTexts, numbers: usualNumbers, ...usualRow } = usual.rows[0] as GoodRow;
    expect(row).toEqual({ ...usualRow, excerpt: row.excerpt });
    expect(texts.slice(0, usualTexts.length)).toEqual(usualTexts);
    expect(numbers.slice(0, usualNumbers.length)).toEqual(usualNumbers);
  });

  it('says what the file is', async () => {
    expect((await readRows(csv('namespace', [{}]))).kind).toBe('namespace');
    expect(readHeader(Buffer.from(container.map((name) => `"${name}"`).join(',')), 100).kind).toBe(
      'container',
    );
  });

  it.each([
    [
      'MISSING_COLUMN',
      csv(
        'container',
        [{}],
        container.filter((name) => name !== 'resource_id'),
      ),
    ],
    ['MISSING_COLUMN', csv('namespace', [{}], namespace.slice(1))],
    ['DUPLICATE_COLUMN', csv('container', [{}], [...container, 'namespace'])],
    ['BYTE_ORDER_MARK', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), csv('container', [{}])])],
    ['BYTE_ORDER_MARK', Buffer.from(`\ufeff${container.join(',')}\n`, 'utf16le')],
    ['EMPTY_REPORT', csv('container', [])],
    ['EMPTY_REPORT', Buffer.from(`${container.join(',')}\r\n\n\r\n\n`)],
    ['EMPTY_REPORT', Buffer.from(container.join(','))],
    ['EMPTY_REPORT', Buffer.alloc(0)],
    ['EMPTY_REPORT', Buffer.from('\n\r\n\n')],
    ['NOT_A_USAGE_REPORT', Buffer.from('report_period_start,interval_start,pod,namespace\na,b,c,d\n')],
    ['BAD_HEADER', Buffer.from('{"uuid": "x"}\n')],
    ['BAD_HEADER', Buffer.from('a,"b\nc\n')],
    ['BAD_HEADER', Buffer.from([1, 0, 2, 10])],
    ['BAD_HEADER', Buffer.from([0xff, 0xc0, 0x80, 10])],
    ['BAD_HEADER', Buffer.alloc(2 << 20, 'x')],
    [
      'TOO_MANY_COLUMNS',
      csv('container', [{}], [...container, ...Array.from({ length: 2000 }, (_, i) => `x${i}`)]),
    ],
  ])('is refused with %s', async (code, bytes) => {
    expect(await refusal(bytes)).toBe(code);
  });

  it('names the missing column, where it should be and what to do', async () => {
    const bytes = csv(
      'container',
      [{}],
      container.filter((name) => !['node', 'pod'].includes(name)),
    );
    const reports = csvReports({ archives: { file: () => pieces(bytes) } });
    await expect(reports.open({ org: 'o', blob: 'ab', format: 'archive', member: 3 })).rejects.toMatchObject({
      code: 'MISSING_COLUMN',
      message: 'A container report needs the columns node, pod. Send the file as the operator wrote it.',
      coordinates: { blob: 'ab', member: 3, row: 0, column: 'node' },
    });
  });

  it('lets an error of the store through and closes the source', async () => {
    let closed = false;
    const away = new Retryable({ code: 'STORE_AWAY', message: 'try later' });
    const reports = csvReports({
      archives: {
        async *file() {
          try {
            yield await Promise.resolve(csv('container', [{}]));
            throw away;
          } finally {
            closed = true;
          }
        },
      },
      blockBytes: 1024,
    });
    const read = async () => {
      const { batches } = await reports.open({ org: 'o', blob: 'b', format: 'csv', member: null });
      for await (const batch of batches) expect(batch.rows).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toBe(away);
    expect(closed).toBe(true);
  });

  it('closes the source when only the kind was wanted', async () => {
    let closed = false;
    const bytes = csv(
      'container',
      Array.from({ length: 200 }, () => ({})),
    );
    const reports = csvReports({
      archives: {
        async *file() {
          try {
            for (let at = 0; at < bytes.length; at += 512)
              yield await Promise.resolve(bytes.subarray(at, at + 512));
          } finally {
            closed = true;
          }
        },
      },
      blockBytes: 4096,
    });
    const { batches } = await reports.open({ org: 'o', blob: 'b', format: 'csv', member: null });
    await batches[Symbol.asyncIterator]().return?.();
    expect(closed).toBe(true);
  });
});

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
