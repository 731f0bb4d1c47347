import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { PART } from '../../../../projections/recommendation/policy/apply.ts';
import recommendations from '../../../../projections/recommendation/recommendations.projection.ts';
import { applyBatch } from '../../../../projections/runtime/apply.ts';
import { tableSetOf } from '../../../../projections/runtime/projection-work.ts';
import type { Events } from '../../../../schemas/generated/events.ts';
import { topics } from '../../../../schemas/topics.ts';
import { MemoryLog } from '../../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../../streams/runtime/memory/units.ts';
import type { Emission, EventMeta, LogRecord } from '../../../../streams/runtime/ports.ts';
import { derivedRecord } from '../../../../streams/runtime/records.ts';
import { Marks } from '../../../../streams/runtime/seq.ts';
import applyPoliciesStream from '../../../../streams/recommendation/apply-policies.stream.ts';
import { usageEvent } from '../../../support/reported-usage.ts';
import { codec } from '../../runtime/tally.ts';

const DAY = 86_400_000;
const FIRST = Date.UTC(2026, 0, 1);
const limits = { maxRecords: 100_000, maxBytes: 1e9 };
const inputs = [topics.usage, topics.recommendations, topics.policiesInForce];
const scope = { cluster_id: null, namespace: null, workload: null };
const whole = { ...PART };
afterEach(() => Object.assign(PART, whole));

type Made = Events['RecommendationMade'];

/** One partition of the projection and its log: everything is taken as it comes, and what a rebuild makes of the log. */
class Place {
  readonly log = new MemoryLog();
  readonly #store = new MemoryUnits(this.log);
  #marks = new Marks();
  #sent = 0;

  static async open(): Promise<Place> {
    const place = new Place();
    for (const name of [...inputs, 'dead-letters']) await place.log.createTopic({ name, partitions: 1 });
    return place;
  }

  /** Appends a fact of others; its record. */
  async given(emission: Emission): Promise<LogRecord> {
    const derivation = { origin: 'given/x/0', seq: [this.#sent++, 1, 0] as const, causedBy: '', headers: {} };
    this.log.appendNow([derivedRecord(codec, emission, derivation, FIRST + this.#sent)]);
    return (await this.records(emission.topic)).at(-1)!;
  }

  /** Takes records in one batch, and says what was emitted. */
  async take(...records: readonly LogRecord[]): Promise<{ type: string; data: unknown }[]> {
    const before = await Promise.all(inputs.map((topic) => this.log.ends(topic)));
    const owner = await this.#store.claim('recommendations', 0);
    await this.#store.transact(owner, tableSetOf(recommendations), async (tx) => {
      const marks = new Marks(this.#marks.toJSON());
      await applyBatch(recommendations, records, tx, { codec, now: () => FIRST, live: true, marks });
      this.#marks = marks;
    });
    const emitted: { type: string; data: unknown }[] = [];
    for (const [i, topic] of inputs.entries())
      for (const record of (await this.records(topic)).slice(before[i]![0]!))
        emitted.push(codec.decode(record.value!) as { type: string; data: unknown });
    return emitted;
  }

  /** Reports a day of workloads `w<n>`. */
  async report(day: number, workloads: readonly number[], org_id = 'o'): Promise<void> {
    const taken: LogRecord[] = [];
    for (const n of workloads) taken.push(await this.given(this.usage(day, n, org_id)));
    await this.take(...taken);
  }

  usage(day: number, n: number, org_id = 'o'): Emission {
    const ends = [1, 2, 3].map((quarter) => FIRST + day * DAY + quarter * 900_000);
    const report = { ends, digest: `${day}`.repeat(64), payload: `p${day}`, payloadDate: day };
    const [namespace, workload] = [n % 2 === 0 ? 'even' : 'odd', `w${n}`];
    const data = { ...usageEvent({ ...report, cores: () => n / 10 }), org_id, namespace, workload };
    const key = `${org_id}/c/${namespace}/deployment/${workload}`;
    return { topic: topics.usage, key, type: 'ContainerUsageReported', data };
  }

  /** As the runtime does with what does not fit together. */
  async takeOrHalve(records: readonly LogRecord[]): Promise<void> {
    try {
      await this.take(...records);
    } catch (error) {
      if (records.length === 1) throw error;
      await this.takeOrHalve(records.slice(0, records.length >> 1));
      await this.takeOrHalve(records.slice(records.length >> 1));
    }
  }

  /** The policies of an organisation change, and are applied until nothing is due; what each part emitted. */
  async change(sequence: number, policies: Record<string, string>) {
    const parts = [await this.take(await this.given(changeOf(sequence, policies)))];
    for (;;) {
      const due = next(parts.at(-1)!);
      if (due === undefined) return parts;
      parts.push(await this.take(await this.given(due)));
    }
  }

  rows(table: string): Record<string, unknown>[] {
    return this.#store.rows('recommendations', table);
  }

  async records(topic: string): Promise<readonly LogRecord[]> {
    return (await this.log.read({ topic, partition: 0 }, 0, limits)).records;
  }

  tables = () => tablesOf(this.#store);
}

/** Policies by namespace, `*` for all. */
function changeOf(sequence: number, policies: Record<string, string>): Emission {
  const scoped = Object.entries(policies).map(([namespace, policy]) => ({
    ...{ ...scope, namespace: namespace === '*' ? null : namespace, policy, sequence },
  }));
  const data = { org_id: 'o', sequence, policies: scoped };
  return { topic: topics.policiesInForce, key: '+0', type: 'EnginePoliciesChanged', data };
}

/** What the stream makes of a part. */
function next(part: readonly { type: string; data: unknown }[]): Emission | undefined {
  const applied = part.find(({ type }) => type === 'PoliciesApplied')!.data as Events['PoliciesApplied'];
  const on = applyPoliciesStream.on.PoliciesApplied!;
  return [...(on(applied, {} as never, { key: '+0' } as EventMeta) as Iterable<Emission>)][0];
}

const tablesOf = (store: MemoryUnits): Record<string, string[]> =>
  Object.fromEntries(
    Object.keys(recommendations.tables).map((name) => [
      name,
      store
        .rows('recommendations', name)
        .map((row) => JSON.stringify(row))
        .sort(),
    ]),
  );

/** Tables after folding records, so many in a batch. */
async function folded(records: readonly LogRecord[], size = 1_000): Promise<Record<string, string[]>> {
  const store = new MemoryUnits(new MemoryLog());
  const owner = await store.claim('recommendations', 0);
  const marks = new Marks();
  for (let at = 0; at < records.length; at += size) {
    await store.transact(owner, tableSetOf(recommendations), async (tx) => {
      const options = { codec, now: () => FIRST, live: false, marks };
      await applyBatch(recommendations, records.slice(at, at + size), tx, options);
    });
  }
  return tablesOf(store);
}

/** Offset of the usage that a decision is on. */
function usageOf({ value, headers }: LogRecord): number {
  const { usage_offset } = codec.decode(value!).data as Made;
  return usage_offset ?? Number(headers['seq']!.split('.', 1)[0]);
}

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const madeOf = (parts: readonly (readonly { type: string; data: unknown }[])[]): Made[] =>
  parts.flat().flatMap(({ type, data }) => (type === 'RecommendationMade' ? [data as Made] : []));

describe('a changed policy', () => {
  it('decides again where it comes to something else, and nowhere else', async () => {
    const place = await Place.open();
    await place.report(0, count(6));
    await place.report(0, [7], 'other');
    const made = madeOf(await place.change(1, { even: '{"engine":"vpa"}' }));
    expect(made.map(({ workload }) => workload).sort()).toEqual(['w0', 'w2', 'w4']);
    expect(made[0]).toMatchObject({ engine: 'vpa', policy_sources: ['*/even/*@1'] });
    const engines = place.rows('recommendations').map((row) => [row['workload'], row['engine']]);
    expect(Object.fromEntries(engines)).toEqual({
      ...{ w0: 'vpa', w1: 'cost', w2: 'vpa', w3: 'cost', w4: 'vpa', w5: 'cost', w7: 'cost' },
    });
    // Said twice, in other words, or only how often is decided: nothing changes.
    const same = { even: '{"engine":"vpa"}', '*': '{"decide":"daily","precision":"compact"}' };
    expect(madeOf(await place.change(2, same))).toEqual([]);
    expect(madeOf(await place.change(3, {})).map(({ engine }) => engine)).toEqual(['cost', 'cost', 'cost']);
  });

  it('says what the next report would say of the same usage', async () => {
    const [before, after] = [await Place.open(), await Place.open()];
    const policy = { '*': '{"engine":"krr","precision":"exact"}' };
    await before.change(1, policy);
    for (const place of [before, after]) for (const day of [0, 1, 5]) await place.report(day, count(3));
    await after.change(1, policy);
    const said = (place: Place) =>
      place.rows('recommendations').map((row) => ({ ...row, cause: null, usage_offset: null }));
    expect(said(after)).toEqual(said(before));
    expect(said(after)).toMatchObject([{ engine: 'krr' }, { engine: 'krr' }, { engine: 'krr' }]);
  });

  it('is applied part by part, each bounded, until all are compared', async () => {
    Object.assign(PART, { compared: 10, decided: 4 });
    const place = await Place.open();
    await place.report(0, count(40));
    const parts = await place.change(1, { even: '{"engine":"vpa"}' });
    expect(madeOf(parts)).toHaveLength(20);
    expect(new Set(madeOf(parts).map(({ workload }) => workload)).size).toBe(20);
    const applied = parts.map((part) => part.at(-1)!.data as Events['PoliciesApplied']);
    expect(applied.reduce((sum, { compared }) => sum + compared, 0)).toBe(40);
    for (const { compared, decided } of applied) {
      expect(compared).toBeLessThanOrEqual(10);
      expect(decided).toBeLessThanOrEqual(4);
    }
    expect(applied.at(-1)).toMatchObject({ up_to: null });
  });

  it('is not applied further once a newer one holds', async () => {
    Object.assign(PART, { compared: 10, decided: 4 });
    const place = await Place.open();
    await place.report(0, count(20));
    const due = { org_id: 'o', sequence: 1, after: '' };
    await place.change(1, { '*': '{"engine":"vpa"}' });
    await place.change(2, { '*': '{"engine":"krr"}' });
    const late = {
      topic: topics.policiesInForce,
      key: '+0',
      type: 'PoliciesApplicationDue',
      data: due,
    } as const;
    expect(await place.take(await place.given(late))).toEqual([]);
    expect(new Set(place.rows('recommendations').map(({ engine }) => engine))).toEqual(new Set(['krr']));
  });

  it('meets usage and another change in one batch', async () => {
    const [apart, together] = [await Place.open(), await Place.open()];
    for (const place of [apart, together]) {
      await place.report(0, count(4));
      const records = [
        await place.given(place.usage(1, 1)),
        await place.given(changeOf(1, { '*': '{"engine":"vpa"}' })),
        await place.given(place.usage(1, 9)),
        await place.given(changeOf(2, { '*': '{"engine":"krr"}' })),
        await place.given(place.usage(2, 2)),
      ];
      if (place === together) await place.takeOrHalve(records);
      else for (const record of records) await place.take(record);
    }
    expect(together.tables()).toEqual(apart.tables());
    expect(new Set(together.rows('recommendations').map(({ engine }) => engine))).toEqual(new Set(['krr']));
  });
});

it('a rebuild makes the same of usage, removals and decisions made again, in whatever order they are folded', async () => {
  Object.assign(PART, { compared: 4, decided: 2 });
  const place = await Place.open();
  const remove = async () => {
    const data = { org_id: 'o', cluster_id: 'c', source_id: 's' };
    await place.take(
      await place.given({ topic: topics.usage, key: '+0', type: 'ClusterUsageRemoved', data }),
    );
  };
  await place.report(0, count(5));
  await place.change(1, { '*': '{"engine":"vpa"}' });
  await remove();
  await place.report(1, count(3));
  await place.change(2, { even: '{"engine":"krr"}' });
  await place.report(2, [1, 4]);
  await remove();
  await place.report(3, [2, 3]);
  await place.change(3, { odd: '{"engine":"balanced","risk_budget":0.02}' });
  const live = place.tables();
  expect(live['decided_under']).toHaveLength(2);
  const all = await Promise.all(inputs.map((topic) => place.records(topic)));
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(2)), fc.integer({ min: 1, max: 9 }), async (choices, size) => {
      const queues = all.map((records) => [...records]);
      const mixed: LogRecord[] = [];
      // A decision is never older than the usage that it is on; it may be folded much later.
      const isReady = (queue: readonly LogRecord[]): boolean =>
        queue.length > 0 && (queue !== queues[1] || usageOf(queue[0]!) < (queues[0]![0]?.offset ?? Infinity));
      while (queues.some((queue) => queue.length > 0)) {
        const choice = queues[choices.next().value as number]!;
        mixed.push((isReady(choice) ? choice : queues.find(isReady)!).shift()!);
      }
      expect(await folded(mixed, size)).toEqual(live);
    }),
    { numRuns: 60 },
  );
});
