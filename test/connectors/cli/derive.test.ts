import { expect, test } from 'vitest';
import { deriveFromLog, differences, verifyAgain } from '../../../connectors/cli/derive.ts';
import { proposalsAt } from '../../../projections/recommendation/policy/advise.ts';
import { defaultPolicy } from '../../../projections/recommendation/policy/resolve.ts';
import { recommend } from '../../../projections/recommendation/engine/recommend.ts';
import { createCodec, localRegistry } from '../../../schemas/codec/codec.ts';
import { packColumns } from '../../../schemas/codec/columns.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';

const codec = createCodec(localRegistry());
const QUARTER = 15 * 60_000;

function usageOf(workload: string, from: number, intervals: number): Buffer {
  const column = (value: (i: number) => number) =>
    Float64Array.from({ length: intervals }, (_, i) => value(from + i));
  const columns = [
    column((i) => (i + 1) * QUARTER),
    column((i) => i * QUARTER + 1000),
    column(() => 1),
    ...Array.from({ length: 23 }, (_, c) => column((i) => c + 1 + (i % 7) / 8)),
  ];
  return codec.encode('ContainerUsageReported', {
    org_id: 'o',
    cluster_id: 'c',
    cluster_alias: null,
    source_id: null,
    namespace: 'shop',
    workload_type: 'deployment',
    workload,
    container: 'app',
    ...{ accelerator_models: [], accelerators: null },
    image: 'i',
    upload_id: 'u',
    digest: `d${from}`,
    chunk: 0,
    payload: `p${from}`,
    payload_date: 0,
    complete: true,
    report_end: (from + intervals) * QUARTER,
    intervals,
    rows: intervals,
    columns: packColumns(columns, intervals),
  });
}

async function derived(dead: readonly string[] = []) {
  const log = new MemoryLog();
  await log.createTopic({ name: 'usage', partitions: 1 });
  const append = (key: string, value: Buffer) =>
    log.append([{ topic: 'usage', key, value, headers: { 'event-id': key }, timestamp: 0 }]);
  await append('web', usageOf('web', 0, 96));
  await append('other', usageOf('other', 0, 10));
  await append('web', usageOf('web', 96, 96));
  await append('web', usageOf('web', 192, 10));
  const limits = { maxRecords: 2, maxBytes: 1e6 };
  const source = { log, codec, limits, partition: 0, until: { usage: 3 }, dead: new Set(dead) };
  return [...(await deriveFromLog(source, (key) => key === 'web')).values()];
}

test('the log is folded for the wanted keys, up to the position, without what died', async () => {
  const [web, ...others] = await derived();
  expect(others).toEqual([]);
  expect(web!.signals('exact', 192 * QUARTER).length).toBe(192);
  expect(web!.causes.map(({ offset }) => offset)).toEqual([0, 2]);
  const [less] = await derived(['usage/0/0']);
  expect(less!.signals('compact', 192 * QUARTER).length).toBe(96);
});

test('what was stored is compared to the number', async () => {
  const [web] = await derived();
  const end = 192 * QUARTER;
  const signals = web!.signals('compact', end);
  const made = recommend(signals, { kind: 'container', requestedEnd: end });
  const { document, notifications, intervals } = made;
  const policy = { ...defaultPolicy, engine: 'vpa' };
  const proposals = proposalsAt(signals, end, made, policy);
  const precision = 'compact';
  const decided = { document, notifications, intervals, policy, proposals };
  const stored = { kind: 'container', end, precision, ...decided } as const;
  expect(verifyAgain(stored, web)).toEqual([]);
  expect(verifyAgain({ ...stored, intervals: 7 }, web)).toEqual([
    `intervals: stored 7, derived ${intervals}`,
  ]);
  const [first, second] = proposals;
  const other = [first, { ...second, confidence: 0.5 }];
  expect(verifyAgain({ ...stored, proposals: other }, web)).toEqual([
    `proposals.1.confidence: stored 0.5, derived ${second!.confidence}`,
  ]);
  const before = { ...stored, policy: undefined, proposals: [] };
  expect(verifyAgain(before, web)).toEqual([]);
  expect(verifyAgain(stored, undefined)).toHaveLength(1);
});

test('differences are named by path', () => {
  expect(differences({ a: { b: 1, c: [1] } }, { a: { b: 2, c: [1, 3] } })).toEqual([
    'a.b: stored 1, derived 2',
    'a.c.1: stored nothing, derived 3',
  ]);
});
