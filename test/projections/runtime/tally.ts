/** A tiny projection over memory adapters, and the auditor that says whether its effects happened once. */
import { createCodec, localRegistry } from '../../../schemas/codec/codec.ts';
import type { UploadRefused } from '../../../schemas/generated/events.ts';
import { defineProjection } from '../../../projections/runtime/define.ts';
import { projectionWork } from '../../../projections/runtime/projection-work.ts';
import { c, table } from '../../../projections/runtime/table.ts';
import { systemClock } from '../../../streams/runtime/clock.ts';
import { Retryable } from '../../../streams/runtime/errors.ts';
import { noFaults } from '../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import { derivedRecord } from '../../../streams/runtime/records.ts';
import { readInputs } from '../../../streams/runtime/run/inputs.ts';
import type { WorkerDeps } from '../../../streams/runtime/run/worker.ts';
import { Signals } from '../../../streams/runtime/signals.ts';
import type { Owner, UnitStore } from '../../../streams/runtime/units.ts';

export const codec = createCodec(localRegistry());
const limits = { maxRecords: 1_000, maxBytes: 1 << 20 };
const reads = (event: { org_id: string }) => [{ table: 'tally', key: [event.org_id] }];

/** Counts refusals, and the facts that it emits for each of them; some codes misbehave. */
export const tally = defineProjection({
  id: 'tally',
  version: 1,
  about: 'Counts.',
  from: ['in', 'out'],
  emits: ['out'],
  tables: {
    tally: table({
      comment: 'Counts.',
      key: ['org_id'],
      columns: { org_id: c.text('Org.'), refusals: c.int4('Counted.'), facts: c.int4('Emitted and folded.') },
    }),
  },
  reads: { UploadRefused: reads, UsageReportRepeated: reads },
  fold: {
    UploadRefused(rows, event) {
      const row = rows.tally.get(event.org_id) ?? { org_id: event.org_id, refusals: 0, facts: 0 };
      rows.tally.put({ ...row, refusals: row.refusals + 1 });
      if (event.code === 'BOOM') throw new Error('boom');
      if (event.code === 'AWAY') throw new Retryable({ code: 'AWAY', message: 'away' });
      if (event.code === 'PEEK') rows.tally.get('somebody else');
    },
    UsageReportRepeated(rows, event) {
      const row = rows.tally.get(event.org_id)!;
      rows.tally.put({ ...row, facts: row.facts + 1 });
    },
  },
  decide: {
    UploadRefused(_rows, { org_id, upload_id, digest }, meta) {
      const data = { org_id, upload_id, digest, cluster_id: 'c', position: 0, first_upload_id: 'u' };
      meta.emit({ topic: 'out', key: org_id, type: 'UsageReportRepeated', data });
    },
  },
});

/** A log with the tally's topics, and its store. */
export class Bench {
  readonly log = new MemoryLog();
  readonly memory = new MemoryUnits(this.log);
  #next = 0;

  async open(): Promise<void> {
    for (const name of ['in', 'out', 'tally.retry', 'dead-letters']) {
      await this.log.createTopic({ name, partitions: 1 });
    }
  }

  /** Appends refusals; `origins` gives the seq of each, by default the next. */
  send(codes: readonly string[], seqs?: readonly number[]): void {
    for (const [i, code] of codes.entries()) {
      const data: UploadRefused = { upload_id: 'u', org_id: 'o', digest: 'd', code, message: 'm' };
      const seq = [seqs?.[i] ?? this.#next++, 1, 0] as const;
      const derivation = { origin: 'maker/x/0', seq, causedBy: '', headers: {} };
      const emission = { topic: 'in', key: 'o', type: 'UploadRefused' as const, data };
      this.log.appendNow([derivedRecord(codec, emission, derivation, 1)]);
    }
  }

  /** Takes one batch through, from the stored positions or from others. */
  async step(
    options: {
      readonly store?: UnitStore;
      readonly owner?: Owner;
      readonly from?: Readonly<Record<string, number>>;
    } = {},
  ): Promise<void> {
    const store = options.store ?? this.memory;
    const owner = options.owner ?? (await this.memory.claim('tally', 0));
    const stored = (await this.memory.positions('tally')).get(0) ?? {};
    const deps: WorkerDeps & { codec: typeof codec } = {
      log: this.log,
      store,
      clock: systemClock,
      signals: new Signals(),
      faults: noFaults,
      limits,
      pollMs: 1,
      codec,
    };
    const work = projectionWork(tally, 0, deps);
    const batch = await readInputs(this.log, work.inputs, 0, options.from ?? stored, limits);
    if (batch.records.length > 0) await work.process(batch, owner);
  }

  /** Everything that must not change when nothing new came. */
  async state(): Promise<string> {
    const positions = (await this.memory.positions('tally')).get(0);
    return JSON.stringify([this.memory.rows('tally', 'tally'), positions, await this.log.ends('out')]);
  }

  /** What is wrong, when `refusals` distinct refusals of the log are to have had their effect once. */
  async faults(refusals: number): Promise<string[]> {
    const row = this.memory.rows('tally', 'tally')[0];
    const [facts] = await this.log.ends('out');
    const found: string[] = [];
    if ((row?.['refusals'] ?? 0) !== refusals) found.push(`counted ${String(row?.['refusals'] ?? 0)}`);
    if ((row?.['facts'] ?? 0) !== refusals) found.push(`folded ${String(row?.['facts'] ?? 0)} facts`);
    if (facts !== refusals) found.push(`emitted ${facts ?? 0} facts`);
    return found;
  }
}
