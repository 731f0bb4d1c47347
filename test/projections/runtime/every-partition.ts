/** A projection that tells every partition something, over any log and store, and what must be true of it. */
import { beforeEach, expect, it } from 'vitest';
import type { Codec } from '../../../schemas/codec/codec.ts';
import { defineProjection } from '../../../projections/runtime/define.ts';
import { projectionInputs, projectionWork } from '../../../projections/runtime/projection-work.ts';
import { c, table } from '../../../projections/runtime/table.ts';
import { systemClock } from '../../../streams/runtime/clock.ts';
import { noFaults } from '../../../streams/runtime/faults.ts';
import { partitionOf } from '../../../streams/runtime/partitioner.ts';
import type { EventLog } from '../../../streams/runtime/ports.ts';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import { readInputs } from '../../../streams/runtime/run/inputs.ts';
import { Signals } from '../../../streams/runtime/signals.ts';
import type { AnyRow, UnitStore } from '../../../streams/runtime/units.ts';

const limits = { maxRecords: 1_000, maxBytes: 1 << 20 };

/** How many partitions its topics have. */
export const PARTITIONS = 3;

/** Topics of the projection. */
export const noticeTopics = ['notices-in', 'notices-out', 'notices.retry'];

/** Tells every partition of each refusal, and counts per partition what it was told. */
export const notices = defineProjection({
  id: 'notices',
  version: 1,
  about: 'Notices.',
  from: ['notices-in', 'notices-out'],
  emits: ['notices-out'],
  tables: {
    notices: table({
      comment: 'Notices.',
      key: ['partition', 'org_id'],
      columns: { partition: c.int4('Whose.'), org_id: c.text('Org.'), told: c.int4('How often.') },
    }),
  },
  reads: {
    UsageReportRepeated: ({ org_id }, { partition }) => [{ table: 'notices', key: [partition, org_id] }],
    UploadRefused: ({ org_id }, { partition }) => [{ table: 'notices', key: [partition, org_id] }],
  },
  fold: {
    UsageReportRepeated(rows, { org_id }, { partition }) {
      const told = (rows.notices.get(partition, org_id)?.told ?? 0) + 1;
      rows.notices.put({ partition, org_id, told });
    },
  },
  decide: {
    UploadRefused(_rows, { org_id, upload_id, digest }, meta) {
      const data = { org_id, upload_id, digest, cluster_id: 'c', position: 0, first_upload_id: 'u' };
      for (const key of meta.partitionKeys) {
        meta.emit({ topic: 'notices-out', key, type: 'UsageReportRepeated', data });
      }
    },
  },
});

/** A log with the topics of the projection, and a store with its tables. */
export interface NoticeBench {
  readonly log: EventLog;
  readonly store: UnitStore;
  readonly codec: Codec;
  rows(): Promise<readonly AnyRow[]>;
}

/** Organisations whose records are in partition 0, 1, 2. */
const orgs = Array.from({ length: PARTITIONS }, (_, p) =>
  ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].find((org) => partitionOf(org, PARTITIONS) === p)!,
);

let sent = 0;

/** Appends a refusal of each organisation. */
export async function refuse({ log, codec }: NoticeBench): Promise<void> {
  for (const org of orgs) {
    const data = { upload_id: 'u', org_id: org, digest: 'd', code: 'X', message: 'm' };
    const derivation = { origin: `maker/${org}/0`, seq: [sent++, 1, 0] as const, causedBy: '', headers: {} };
    const emission = { topic: 'notices-in', key: org, type: 'UploadRefused' as const, data };
    await log.append([derivedRecord(codec, emission, derivation, 1)]);
  }
}

/** Takes what is there through, partition by partition, until nothing is left. */
export async function work({ log, store, codec }: NoticeBench): Promise<void> {
  const deps = {
    ...{ log, store, codec, limits, clock: systemClock, signals: new Signals(), faults: noFaults },
    pollMs: 1,
  };
  for (let idle = 0; idle < PARTITIONS;) {
    idle = 0;
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const unit = projectionWork(notices, partition, deps);
      const at = (await store.positions('notices')).get(partition) ?? {};
      const batch = await readInputs(log, projectionInputs(notices), partition, at, limits);
      if (batch.records.length === 0) idle += 1;
      else await unit.process(batch, await store.claim('notices', partition));
    }
  }
}

/** Each partition was told so often of each organisation. */
export function told(times: number): Set<string> {
  return new Set(orgs.flatMap((org) => orgs.map((_, partition) => `${partition} ${org} ${times}`)));
}

/** Which partition was told how often of whom. */
export async function toldIn(bench: NoticeBench): Promise<Set<string>> {
  const rows = await bench.rows();
  return new Set(
    rows.map(
      ({ partition, org_id, told: times }) => `${String(partition)} ${String(org_id)} ${String(times)}`,
    ),
  );
}

/** What holds over every log and store; gives the bench of the test in hand. */
export function everyPartitionContract(open: () => Promise<NoticeBench>): () => NoticeBench {
  let bench: NoticeBench;
  beforeEach(async () => {
    bench = await open();
  });

  it('a fact that is emitted for every partition reaches each once, also the one that decided', async () => {
    await refuse(bench);
    await work(bench);
    expect(await bench.log.ends('notices-out')).toEqual([3, 3, 3]);
    expect(await toldIn(bench)).toEqual(told(1));
    await refuse(bench);
    await refuse(bench);
    await work(bench);
    expect(await toldIn(bench)).toEqual(told(3));
  });
  return () => bench;
}
