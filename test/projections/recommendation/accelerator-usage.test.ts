import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { requiredColumns } from '../../../connectors/csv/header.ts';
import { acceleratorAt } from '../../../projections/recommendation/accelerator-usage.ts';
import { sliceFor } from '../../../projections/recommendation/engine/accelerator.ts';
import recommendations from '../../../projections/recommendation/recommendations.projection.ts';
import { applyBatch } from '../../../projections/runtime/apply.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { topics } from '../../../schemas/topics.ts';
import { ACCELERATOR_MODEL, acceleratorCells } from '../../../schemas/usage-columns.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import type { Emission, LogRecord } from '../../../streams/runtime/ports.ts';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import { Marks } from '../../../streams/runtime/seq.ts';
import { csv } from '../../support/csv-rows.ts';
import { readCsv } from '../../support/usage-report.ts';
import { codec } from '../runtime/tally.ts';

const QUARTER = 900_000;
const FIRST = Date.UTC(2025, 7, 1);
const columns = [...requiredColumns('container'), ACCELERATOR_MODEL, ...acceleratorCells];
const GIB = 1024 ** 3;

interface Report {
  readonly model: string;
  readonly from: number;
  readonly intervals: number;
  /** Per cent of the cores; bytes or MiB of the frame buffer. */
  readonly core?: number;
  readonly frameBuffer?: number;
}

const stamp = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;

/** Usage events of a report, one interval after the other; later reports correct earlier ones. */
async function usageOf({ model, from, intervals, core, frameBuffer }: Report, n = 0): Promise<Emission[]> {
  const rows = Array.from({ length: intervals }, (_, i) => ({
    interval_start: stamp(FIRST + (from + i) * QUARTER + 1_000),
    interval_end: stamp(FIRST + (from + i + 1) * QUARTER),
    [ACCELERATOR_MODEL]: model,
    [acceleratorCells[0]!]: core === undefined ? '' : String(core),
    [acceleratorCells[4]!]: frameBuffer === undefined ? '' : String(frameBuffer),
  }));
  const found = { digest: String(n).padStart(64, '0'), payload: `p${n}`, payload_date: n };
  const { emissions } = await readCsv(csv('container', rows, columns), { found });
  return emissions.filter(({ topic }) => topic === topics.usage);
}

function recordOf(emission: Emission, offset: number): LogRecord {
  const derivation = { origin: 'given/x/0', seq: [offset, 1, 0] as const, causedBy: '', headers: {} };
  return { ...derivedRecord(codec, emission, derivation, FIRST + offset), partition: 0, offset };
}

/** Takes usage, so many records in a batch; the tables, and the latest document that was decided. */
async function taken(usage: readonly Emission[], size = 1) {
  const log = new MemoryLog();
  for (const name of [topics.recommendations, 'dead-letters']) await log.createTopic({ name, partitions: 1 });
  const store = new MemoryUnits(log);
  const owner = await store.claim('recommendations', 0);
  let marks = new Marks();
  const records = usage.map(recordOf);
  /** As the runtime does with what does not fit into one piece. */
  const take = async (piece: readonly LogRecord[]): Promise<void> => {
    try {
      await store.transact(owner, tableSetOf(recommendations), async (tx) => {
        const before = new Marks(marks.toJSON());
        await applyBatch(recommendations, piece, tx, { codec, now: () => FIRST, live: true, marks: before });
        marks = before;
      });
    } catch (error) {
      if (piece.length === 1) throw error;
      await take(piece.slice(0, piece.length >> 1));
      await take(piece.slice(piece.length >> 1));
    }
  };
  for (let at = 0; at < records.length; at += size) await take(records.slice(at, at + size));
  const [latest] = store.rows('recommendations', 'recommendations');
  const days = store.rows('recommendations', 'accelerator_usage');
  return { days, document: String(latest!['document']) };
}

it('a report with accelerators leads to a slice in the limits', async () => {
  const quarter = { model: 'NVIDIA-A100-SXM4-40GB', from: 0, intervals: 96 };
  const { document } = await taken(await usageOf({ ...quarter, core: 20, frameBuffer: 8 * GIB }));
  expect(document).toContain('"limits":{"cpu"');
  expect(document).toContain('"nvidia.com/mig-2g.10gb":{"amount":1,"format":"cores"}');
  expect(document).toContain('"128001"');
  // 18,977 MiB of 40 GB are 46 %.
  expect((await taken(await usageOf({ ...quarter, core: 5, frameBuffer: 18_977 }))).document).toContain(
    'nvidia.com/mig-4g.20gb',
  );
  const unknown = await taken(await usageOf({ ...quarter, model: 'Tesla V100-SXM2-16GB', core: 20 }));
  expect(unknown.document).toContain('"328001"');
  expect(unknown.document).not.toContain('nvidia.com/mig');
});

it('a report without accelerators says nothing of them, until one does', async () => {
  const none = { model: '', from: 0, intervals: 20 };
  const some = { model: 'NVIDIA H100 80GB HBM3', from: 20, intervals: 20, core: 10 };
  expect((await taken(await usageOf(none))).document).not.toContain('nvidia');
  const both = [...(await usageOf(none)), ...(await usageOf(some, 1))];
  expect((await taken(both)).document).toContain('nvidia.com/mig-1g.10gb');
  expect((await taken(both, 2)).document).toContain('nvidia.com/mig-1g.10gb');
});

let all: Emission[];
beforeAll(async () => {
  const reports: Report[] = [
    { model: 'NVIDIA-A100-SXM4-40GB', from: 0, intervals: 90, core: 30 },
    { model: 'NVIDIA H100 80GB HBM3', from: 40, intervals: 60, core: 10, frameBuffer: 60 * GIB },
    { model: 'NVIDIA-A100-SXM4-40GB', from: 80, intervals: 30, core: 70 },
    { model: '', from: 60, intervals: 60 },
    { model: 'Tesla V100', from: 5, intervals: 3, core: 1 },
  ];
  all = (await Promise.all(reports.map((report, n) => usageOf(report, n)))).flat();
});

it('whatever order reports come in, and in what batches, the accelerators and the advice are the same', async () => {
  const byDay = (rows: Awaited<ReturnType<typeof taken>>['days']) =>
    rows.map((row) => JSON.stringify(row)).sort();
  const expected = await taken(all);
  expect(expected.days).toHaveLength(2);
  expect(expected.document).toMatch(/nvidia\.com\/mig|328001/);
  const shuffled = fc.shuffledSubarray(all, { minLength: all.length });
  await fc.assert(
    fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 5 }), async (usage, size) => {
      const found = await taken(usage, size);
      expect(byDay(found.days)).toEqual(byDay(expected.days));
      expect(found.document).toBe(expected.document);
    }),
    { numRuns: 40 },
  );
});

it('only what ends at the decision or before counts, and the newest model', async () => {
  const { days } = await taken(all);
  const rows = days.toSorted((a, b) => (String(a['day']) < String(b['day']) ? -1 : 1)) as never[];
  const early = acceleratorAt(rows, FIRST + 10 * QUARTER)!;
  expect([early.model, early.ends.length]).toEqual(['NVIDIA-A100-SXM4-40GB', 10]);
  const late = acceleratorAt(rows, FIRST + 79 * QUARTER)!;
  expect([late.model, late.ends.length]).toEqual(['NVIDIA H100 80GB HBM3', 79]);
  expect(sliceFor(late, FIRST, FIRST + 79 * QUARTER, 100)?.resource).toBe('nvidia.com/mig-7g.80gb');
  expect(acceleratorAt(rows, FIRST - QUARTER)).toBeUndefined();
});
