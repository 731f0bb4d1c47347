import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../../schemas/codec/codec.ts';
import { packColumns } from '../../../schemas/codec/columns.ts';
import { CodecError } from '../../../schemas/codec/errors.ts';
import { toJson } from '../../../schemas/codec/preview.ts';
import { type HistoricSchema, localRegistry } from '../../../schemas/codec/registry.ts';
import { type ContainerUsageReported, eventSchemas } from '../../../schemas/generated/events.ts';
import type { ReportRead, UploadRefused } from '../../../schemas/generated/events.ts';
import { schemaHistory } from '../../../schemas/generated/history.ts';
import { containerColumns } from '../../../schemas/usage-columns.ts';

const codec = createCodec(localRegistry());

const refused: UploadRefused = {
  upload_id: '0a7b',
  org_id: '12345',
  digest: 'ab',
  code: 'ARCHIVE_BROKEN',
  message: 'Größe · 大きさ',
};

const read = {
  ...{ upload_id: 'u', org_id: 'o', cluster_id: 'c', digest: 'd', name: 'n', kind: 'container', position: 0 },
  ...{ code: null, message: null, rows: 10, accepted: 7, rejected: 3, groups: 2, workloads: 1 },
  reasons: [
    { code: 'A', count: 1 },
    { code: 'B', count: 2 },
  ],
  first_interval_start: 1_700_000_000_000,
  last_interval_end: null,
} satisfies Partial<ReportRead> as ReportRead;

function usage(intervals: number): ContainerUsageReported {
  const columns = Array.from({ length: 3 + containerColumns.length }, (_, c) =>
    Float64Array.from({ length: intervals }, (_, i) => (c === 4 ? NaN : c + i * 0.1)),
  );
  return {
    ...{ org_id: 'o', cluster_id: 'c', cluster_alias: null, source_id: null, namespace: 'shop' },
    ...{ workload_type: 'deployment', workload: 'web', container: 'app', image: '', upload_id: 'u' },
    ...{ digest: 'd', chunk: 0, payload: 'p', payload_date: 0, complete: true, report_end: null },
    ...{ intervals, rows: intervals, columns: packColumns(columns, intervals) },
    ...{ accelerator_models: [], accelerators: null },
  };
}

/** The code that a call fails with. */
function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('codec', () => {
  it('gives back what it wrote, behind byte 0 and the schema id', () => {
    const value = codec.encode('UploadRefused', refused);
    expect(value[0]).toBe(0);
    const { fullName, avro } = eventSchemas.UploadRefused;
    expect(value.readUInt32BE(1)).toBe(localRegistry().idOf(fullName, avro));
    expect(codec.decode(value)).toEqual({ type: 'UploadRefused', data: refused });
    expect(codec.decode(codec.encode('ReportRead', read)).data).toEqual(read);
  });

  it('writes values of any size, and does not change those written before', () => {
    const small = codec.encode('UploadRefused', refused);
    const before = small.toString('hex');
    const large = { ...refused, message: 'x'.repeat(300_000) };
    expect(codec.decode(codec.encode('UploadRefused', large)).data).toEqual(large);
    codec.encode('UploadRefused', { ...refused, org_id: '99999' });
    expect(small.toString('hex')).toBe(before);
  });

  it('refuses foreign bytes, each with its code', () => {
    const value = codec.encode('UploadRefused', refused);
    expect(failure(() => codec.decode(Buffer.alloc(4)))).toBe('RECORD_CUT_SHORT');
    expect(failure(() => codec.decode(Buffer.from('{"a":1}')))).toBe('RECORD_MAGIC_BYTE');
    expect(failure(() => codec.decode(Buffer.from([0, 0, 0, 255, 255, 1])))).toBe('SCHEMA_UNKNOWN');
    expect(failure(() => codec.decode(value.subarray(0, value.length - 3)))).toBe('RECORD_CUT_SHORT');
    expect(failure(() => codec.decode(Buffer.concat([value, Buffer.from([0])])))).toBe(
      'RECORD_TRAILING_BYTES',
    );
  });

  it('refuses a record cut anywhere', () => {
    const value = codec.encode('ReportRead', read);
    for (let length = 0; length < value.length; length++) {
      expect(failure(() => codec.decode(value.subarray(0, length)))).toBe('RECORD_CUT_SHORT');
    }
  });

  it('refuses numbers that cannot be exact, in both directions', () => {
    for (const rows of [Number.MAX_SAFE_INTEGER + 1, -(2 ** 60)]) {
      expect(failure(() => codec.encode('ReportRead', { ...read, rows }))).toBe('NUMBER_UNSAFE');
    }
    expect(failure(() => codec.encode('ReportRead', { ...read, rows: 0.5 }))).toBe('EVENT_INVALID');
    const value = codec.encode('ReportRead', { ...read, rows: 9_007_199_254_740_990 });
    const at = value.indexOf(Buffer.from('fcffffffffffff1f', 'hex'));
    const beyond = Buffer.concat([
      value.subarray(0, at),
      Buffer.from('feffffffffffffff7f', 'hex'),
      value.subarray(at + 8),
    ]);
    expect(failure(() => codec.decode(beyond))).toBe('NUMBER_UNSAFE');
  });

  it('names the field that does not fit', () => {
    const broken = { ...read, reasons: [{ code: 'A', count: 'many' }] } as unknown as ReportRead;
    expect(() => codec.encode('ReportRead', broken)).toThrow(
      /ReportRead\.reasons\.0\.count does not fit its type (int|long): many/,
    );
  });

  it('refuses an item count beyond the bytes at once instead of filling the memory', () => {
    const value = codec.encode('ReportRead', { ...read, reasons: [] });
    const first = value.indexOf(Buffer.from([0x14, 0x0e, 0x06])) + 3;
    const hostile = Buffer.concat([
      value.subarray(0, first),
      Buffer.from('feffffff1f', 'hex'),
      value.subarray(first + 1),
    ]);
    const started = performance.now();
    expect(failure(() => codec.decode(hostile))).toBe('RECORD_CUT_SHORT');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('answers any damage with a coded error or an event, never anything else', () => {
    const values = [codec.encode('ReportRead', read), codec.encode('ContainerUsageReported', usage(3))];
    fc.assert(
      fc.property(
        fc.constantFrom(...values),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        (value, changes) => {
          const bytes = Buffer.from(value);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          failure(() => codec.decode(bytes));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('versions', () => {
  const oldForm = JSON.parse(eventSchemas.UploadRefused.avro) as { fields: { name: string }[] };
  const older: HistoricSchema = {
    id: 900,
    fullName: eventSchemas.UploadRefused.fullName,
    avro: JSON.stringify({
      ...oldForm,
      fields: [
        ...oldForm.fields.filter((field) => field.name !== 'later'),
        { name: 'dropped', type: 'string' },
      ],
    }),
  };

  it('reads a record of an older version with the current schema', () => {
    const registry = localRegistry([...schemaHistory, older]);
    const current = createCodec(registry).encode('UploadRefused', refused);
    const old = Buffer.concat([current, Buffer.from([2, 0x78])]);
    old.writeUInt32BE(900, 1);
    expect(createCodec(registry).decode(old)).toEqual({ type: 'UploadRefused', data: refused });
  });

  it('says when a version cannot be read any more, or is of an unknown event', () => {
    const narrow = { id: 901, fullName: older.fullName, avro: older.avro.replaceAll('"string"', '"double"') };
    const foreign = {
      id: 902,
      fullName: 'x.Other',
      avro: '{"type":"record","name":"Other","namespace":"x","fields":[]}',
    };
    const versions = createCodec(localRegistry([...schemaHistory, narrow, foreign]));
    expect(failure(() => versions.decode(Buffer.from([0, 0, 0, 3, 0x85, 0])))).toBe('SCHEMA_INCOMPATIBLE');
    expect(failure(() => versions.decode(Buffer.from([0, 0, 0, 3, 0x86])))).toBe('EVENT_UNKNOWN');
  });

  it('refuses to write with a schema that has no id', () => {
    expect(failure(() => createCodec(localRegistry([])).encode('UploadRefused', refused))).toBe(
      'SCHEMA_UNKNOWN',
    );
  });
});

describe('preview', () => {
  it('spells out packed columns by name, null where nothing was reported', () => {
    const { columns, ...rest } = toJson('ContainerUsageReported', usage(2)) as { columns: object };
    expect(rest).toMatchObject({ namespace: 'shop', intervals: 2 });
    expect(columns).toMatchObject({
      interval_end: [0, 0.1],
      cpu_request_container_sum: [null, null],
      memory_rss_usage_container_sum: [25, 25.1],
    });
  });

  it('is bounded: long arrays and texts say how much is left out', () => {
    const { columns } = toJson('ContainerUsageReported', usage(500)) as { columns: { rows: unknown[] } };
    expect(columns.rows).toHaveLength(25);
    expect(columns.rows.at(-1)).toBe('… 476 more');
    const { message } = toJson('UploadRefused', { ...refused, message: 'x'.repeat(5_000) });
    expect(message).toMatch(/^x{2000}… 3000 more characters$/);
  });

  it('shows damaged columns as unreadable', () => {
    const damaged = { ...usage(1), columns: Buffer.from([9, 9]) };
    expect(toJson('ContainerUsageReported', damaged)).toMatchObject({
      columns: { unreadable: 'packed columns: unknown version' },
    });
  });
});
