import { describe, expect, test } from 'vitest';
import { decodedRecord, whole } from '../../../connectors/cli/decoded.ts';
import { lineRecord } from '../../../connectors/cli/producing.ts';
import { createCodec, localRegistry } from '../../../schemas/codec/codec.ts';
import { packColumns } from '../../../schemas/codec/columns.ts';
import type { LogRecord, NewRecord } from '../../../streams/runtime/ports.ts';

const codec = createCodec(localRegistry());
const target = { codec, topic: 'usage', now: 7, newId: () => 'id-1' };

const usage = {
  org_id: 'local',
  cluster_id: 'c',
  cluster_alias: null,
  source_id: null,
  namespace: 'shop',
  upload_id: 'u',
  digest: 'd',
  chunk: 0,
  payload: 'p',
  payload_date: 0,
  complete: true,
  report_end: 900_000,
  intervals: 1,
  rows: 1,
};

function line(value: unknown): NewRecord {
  const made = lineRecord(target, JSON.stringify(value), 1);
  if ('line' in made) throw new Error(`${made.code}: ${made.message}`);
  return made;
}

describe('a line to append', () => {
  test('comes back as tail prints it, packed columns and missing numbers included', () => {
    const columns = packColumns(
      Array.from({ length: 23 }, (_, i) => Float64Array.of(i === 5 ? NaN : i + 0.5)),
      1,
    );
    const value = codec.encode('NamespaceUsageReported', { ...usage, columns } as never);
    const headers = { 'event-type': 'NamespaceUsageReported', origin: 'x/y/0', seq: '1.1.0' };
    const record: LogRecord = {
      topic: 'usage',
      partition: 0,
      offset: 3,
      key: 'k',
      value,
      headers,
      timestamp: 1,
    };
    const printed = decodedRecord(codec, record, whole);
    const made = line(printed);
    expect(made.value).toEqual(value);
    expect(made.headers).toEqual({
      'event-id': 'id-1',
      'event-type': 'NamespaceUsageReported',
      org: 'local',
    });
  });

  test.each([
    ['{oops', 'BAD_JSON'],
    ['[]', 'BAD_JSON'],
    ['{"key":1,"type":"ReportRead","data":{}}', 'BAD_KEY'],
    ['{"key":"k","type":"toString","data":{}}', 'EVENT_UNKNOWN'],
    ['{"key":"k","type":"UploadRefused","data":{"upload_id":"u"}}', 'EVENT_INVALID'],
    ['{"key":"k","type":"UploadRefused","data":{"nope":"u"}}', 'EVENT_INVALID'],
    ['{"key":"k","type":"RecordDied","data":{"value":"%%%"}}', 'EVENT_INVALID'],
    [
      '{"key":"k","type":"UploadRefused","data":{"upload_id":"","org_id":"","digest":"","code":"","message":""},"headers":{"a":1}}',
      'BAD_HEADERS',
    ],
  ])('%s is refused', (text, code) => {
    expect(lineRecord(target, text, 4)).toMatchObject({ line: 4, code });
  });
});
