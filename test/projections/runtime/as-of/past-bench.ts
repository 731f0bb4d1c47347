/** The tally over two organisations and two partitions in memory, and reads of its past. */
import { pastReads } from '../../../../projections/runtime/as-of/past-reads.ts';
import type { PastBounds, PastDeps } from '../../../../projections/runtime/as-of/past-reads.ts';
import type { ProjectionDefinition } from '../../../../projections/runtime/define.ts';
import { projectionWork } from '../../../../projections/runtime/projection-work.ts';
import type { PastReads, TemporaryStore } from '../../../../projections/runtime/ports.ts';
import type { Clock } from '../../../../streams/runtime/clock.ts';
import { noFaults } from '../../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../../streams/runtime/memory/units.ts';
import { derivedRecord } from '../../../../streams/runtime/records.ts';
import { readInputs } from '../../../../streams/runtime/run/inputs.ts';
import { Signals } from '../../../../streams/runtime/signals.ts';
import { memoryReadModels } from '../../../support/memory-read-models.ts';
import { codec, tally } from '../tally.ts';

const limits = { maxRecords: 2, maxBytes: 1 << 20 };

/** The tally, whose rows follow from the records of their organisation: one key is enough. */
export const keyed: ProjectionDefinition = {
  ...tally,
  tables: { tally: { ...tally.tables['tally']!, recordKey: ['org_id'] } },
};

/** A clock that the test moves; sleeps end when it has moved far enough, or when they are aborted. */
export class MovedClock implements Clock {
  #now = 1_000;
  readonly #sleepers = new Set<() => void>();
  now = (): number => this.#now;
  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const end = this.#now + ms;
      const check = (): void => {
        if (this.#now < end && signal?.aborted !== true) return;
        this.#sleepers.delete(check);
        resolve();
      };
      this.#sleepers.add(check);
      signal?.addEventListener('abort', check);
      check();
    });
  move(ms: number): void {
    this.#now += ms;
    for (const check of [...this.#sleepers]) check();
  }
}

/** Temporary tables in memory; counts what is open. */
export class MemoryTemporary implements TemporaryStore {
  opened = 0;
  closed = 0;
  /** Awaited before tables are handed out. */
  gate: Promise<void> = Promise.resolve();
  open: TemporaryStore['open'] = async (set) => {
    this.opened += 1;
    await this.gate;
    const units = new MemoryUnits(new MemoryLog());
    const reads = readsOf(units);
    return {
      store: units,
      reads,
      hashes: () =>
        Promise.resolve([{ table: 'tally', rows: units.rows(set.projection, 'tally').length, sha256: '' }]),
      close: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    };
  };
}

function readsOf(units: MemoryUnits): ReturnType<typeof memoryReadModels> {
  return memoryReadModels({ tally: keyed.tables }, () => ({ tally: units.rows('tally', 'tally') }));
}

/** A log, the live tally on it, and its past. */
export class PastBench {
  readonly log = new MemoryLog();
  readonly live = new MemoryUnits(this.log);
  readonly clock = new MovedClock();
  readonly temporary = new MemoryTemporary();
  readonly #readers: PastReads[] = [];
  #seq = 0;

  async open(): Promise<void> {
    for (const name of ['in', 'out', 'tally.retry', 'dead-letters']) {
      await this.log.createTopic({ name, partitions: 2 });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }

  /** Reads of the past with these bounds. */
  past(bounds: Partial<PastBounds> = {}, over: Partial<PastDeps> = {}): PastReads {
    const { log, clock, temporary, live } = this;
    const reader = pastReads({
      log,
      store: live,
      codec,
      clock,
      signals: new Signals(),
      limits,
      projections: [keyed],
      readModels: readsOf(live),
      temporary,
      bounds: { jobs: 2, kept: 3, keepMs: 1_000, ...bounds },
      ...over,
    });
    this.#readers.push(reader);
    return reader;
  }

  /** Appends a refusal, made at the clock's time. */
  send(org: string, code = 'X', timestamp = this.clock.now()): void {
    const data = { upload_id: 'u', org_id: org, digest: 'd', code, message: 'm' };
    const derivation = {
      origin: `maker/${org}/0`,
      seq: [this.#seq++, 1, 0] as const,
      causedBy: '',
      headers: {},
    };
    const emission = { topic: 'in', key: org, type: 'UploadRefused' as const, data };
    this.log.appendNow([derivedRecord(codec, emission, derivation, timestamp)]);
  }

  /** The live tally takes all there is. */
  async run(): Promise<void> {
    const { log, clock } = this;
    const deps = {
      log,
      store: this.live,
      clock,
      signals: new Signals(),
      faults: noFaults,
      limits,
      pollMs: 1,
      codec,
    };
    for (const partition of [0, 1]) {
      const work = projectionWork(keyed, partition, deps);
      const owner = await this.live.claim('tally', partition);
      for (;;) {
        const at = (await this.live.positions('tally')).get(partition) ?? {};
        const batch = await readInputs(log, work.inputs, partition, at, limits);
        if (batch.records.length === 0) break;
        await work.process(batch, owner);
      }
    }
  }

  /** The row of an organisation then, as `refusals/facts`, or `none`. */
  async row(asOf: string, org: string, past = this.past()): Promise<string> {
    const [row] = await past.read({ table: 'tally', org, asOf }, (reads) =>
      reads.select({ table: 'tally', org, limit: 10 }),
    );
    return row === undefined ? 'none' : `${String(row['refusals'])}/${String(row['facts'])}`;
  }
}
