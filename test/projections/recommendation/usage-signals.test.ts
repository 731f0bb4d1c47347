/** The state of the engine through the real projection: the same whatever the order, small, and right for what comes late. */
import { describe, expect, it } from 'vitest';
import recommendations from '../../../projections/recommendation/recommendations.projection.ts';
import { recommendationTables } from '../../../projections/recommendation/tables.ts';
import { DAY_MS, dayOf } from '../../../projections/recommendation/usage-day.ts';
import { KEPT_DAYS, usageDay, packDay } from '../../../projections/recommendation/usage-signals.ts';
import type { Precision } from '../../../projections/recommendation/usage-signals.ts';
import type { ContainerUsageReported, EnginePoliciesChanged } from '../../../schemas/generated/events.ts';
import type { AnyRow } from '../../../streams/runtime/units.ts';
import { Decider } from '../../support/decider.ts';
import { usageEvent } from '../../support/reported-usage.ts';
import { noiseFrom } from '../../support/synthetic-traces.ts';

const t0 = Date.parse('2026-02-01T00:00:00Z');
const QUARTER = 900_000;

/** The event by which everything of the organisation is decided at a precision. */
function policy(precision: Precision, sequence = 1): EnginePoliciesChanged {
  const scope = { cluster_id: null, namespace: null, workload: null };
  return { org_id: 'o', sequence, policies: [{ ...scope, policy: JSON.stringify({ precision }), sequence }] };
}

/** Reports of 12 hours each over `days`, in two parts; some are told again by a later payload. */
function reports(seed: number, days: number): ContainerUsageReported[] {
  const { uniform } = noiseFrom(seed);
  const events: ContainerUsageReported[] = [];
  const cores = () => Math.exp(-2 + 3 * uniform());
  const bytes = () => Math.round(2e8 * (1 + uniform()));
  for (let half = 0; half < 2 * days; half++) {
    if (uniform() < 0.1) continue;
    const times = uniform() < 0.2 ? 2 : 1;
    for (let payload = 0; payload < times; payload++) {
      const ends = Array.from({ length: 8 }, (_, i) => t0 + (half * 48 + 6 * (i + 1)) * QUARTER);
      const of = { digest: `d${half}.${payload}`, payload: `p${half}.${payload}`, cores, bytes };
      const parts = [ends.slice(0, 5), ends.slice(5)];
      parts.forEach((part, chunk) =>
        events.push(usageEvent({ ...of, ends: part, chunk, complete: chunk === 1, payloadDate: payload })),
      );
    }
  }
  return events;
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const { uniform } = noiseFrom(seed);
  return items
    .map((item) => [uniform(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

const tables = Object.keys(recommendationTables) as (keyof typeof recommendationTables)[];

/** Rows of all tables by key, with their fact columns or with all. */
function facts(rows: readonly AnyRow[][], all = false): Map<string, string> {
  const found = new Map<string, string>();
  tables.forEach((name, t) => {
    const { key, columns } = recommendationTables[name];
    const told = Object.entries(columns).filter(([, { arrival }]) => all || !arrival);
    for (const row of rows[t]!) {
      const at = key.map((column) => String(row[column])).join('/');
      found.set(`${name}/${at}`, JSON.stringify(told.map(([column]) => row[column])));
    }
  });
  return found;
}

/** Keys at which two lots of rows differ. */
function different(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key));
}

async function folded(precision: Precision, events: readonly ContainerUsageReported[], size: number) {
  const decider = await Decider.of(recommendations);
  decider.send('EnginePoliciesChanged', policy(precision));
  for (const event of events) decider.send('ContainerUsageReported', event);
  await decider.run(size);
  expect(await decider.dead()).toBe(0);
  return decider;
}

describe.each(['exact', 'compact'] as const)('%s: whatever the order', (precision) => {
  it.each([1, 2, 3, 4])('seed %i: shuffled, repeated, cut anywhere: the same tables', async (seed) => {
    const events = reports(seed, 24);
    const straight = await folded(precision, events, 1_000);
    const repeats = shuffled(events, seed + 100).slice(0, 10);
    const other = await folded(precision, [...shuffled(events, seed), ...repeats], 1 + (seed % 4) * 30);
    expect(different(facts(other.rows(...tables)), facts(straight.rows(...tables)))).toEqual([]);
    // And rebuilt from the log, to the last column.
    const again = facts(await other.replayed(...tables), true);
    expect(different(again, facts(other.rows(...tables), true))).toEqual([]);
  });
});

describe('the state', () => {
  it('is that of the last 17 days, made of nothing but the usage of the day', async () => {
    const decider = await folded('compact', shuffled(reports(9, 50), 9), 50);
    const [usage, signals] = decider.rows('container_usage', 'usage_signals') as [AnyRow[], AnyRow[]];
    const newest = Math.max(...usage.map((row) => Number(row['last_interval_end'])));
    const first = dayOf(newest - (KEPT_DAYS - 1) * DAY_MS);
    const kept = usage.filter(({ day }) => String(day) >= first);
    expect(usage.length).toBeGreaterThan(KEPT_DAYS + 30);
    expect(signals.length).toBe(kept.length);
    for (const row of kept) {
      const day = usageDay('container', row as unknown as Parameters<typeof usageDay>[1], 'exact').signals(
        true,
      );
      const packed = signals.find((other) => other['day'] === row['day'])!['signals'] as Buffer;
      expect(packed.equals(packDay(day, String(row['day'])))).toBe(true);
    }
  });

  it('keeps nothing of what went before a pause', async () => {
    const pause = [0, 1, 90].map((day) =>
      usageEvent({ ends: [t0 + day * DAY_MS], digest: `d${day}`, payload: 'p' }),
    );
    const decider = await folded('compact', pause, 10);
    expect(decider.rows('usage_signals')[0]!.map(({ day }) => day)).toEqual([dayOf(t0 + 90 * DAY_MS)]);
  });
});

describe('the precision', () => {
  it('is compact unless a policy says otherwise', async () => {
    const decider = await Decider.of(recommendations);
    for (const event of reports(1, 2)) decider.send('ContainerUsageReported', event);
    await decider.run();
    const [rows] = decider.rows('recommendation_history');
    expect(new Set(rows!.map(({ precision }) => precision))).toEqual(new Set(['compact']));
  });

  it('may change in the middle of a batch: what comes behind is decided as if it had always been so', async () => {
    const events = reports(5, 20);
    const half = events.length >> 1;
    const [exact] = (await folded('exact', events, 1_000)).rows('recommendation_history');
    const decider = await Decider.of(recommendations);
    const send = (some: typeof events) => {
      for (const event of some) decider.send('ContainerUsageReported', event);
    };
    decider.send('EnginePoliciesChanged', policy('compact'));
    send(events.slice(0, half));
    decider.send('EnginePoliciesChanged', policy('exact', 2));
    send(events.slice(half));
    await decider.run(1_000);
    expect(await decider.dead()).toBe(0);
    const [rows] = decider.rows('recommendation_history');
    const changed = rows!.filter(({ precision }) => precision === 'exact');
    expect(changed.length).toBeGreaterThan(10);
    expect(changed.length).toBeLessThan(rows!.length);
    for (const row of changed) {
      const twin = exact!.find((other) => other['monitoring_end_time'] === row['monitoring_end_time'])!;
      const told = (one: AnyRow) => ({ ...one, policy_sources: '', cause: '' });
      expect(told(row)).toEqual(told(twin));
    }
  });
});

describe('compact beside exact', () => {
  it.each([11, 12, 13])(
    'seed %i: every decision within 0.02 per cent, however late the data',
    async (seed) => {
      const events = shuffled(reports(seed, 30), seed);
      const [exact, compact] = await Promise.all(
        (['exact', 'compact'] as const).map(async (precision) => {
          const [history] = (await folded(precision, events, 40)).rows('recommendation_history');
          return history!.sort((a, b) => Number(a['monitoring_end_time']) - Number(b['monitoring_end_time']));
        }),
      );
      expect(exact!.length).toBeGreaterThan(40);
      let most = 0;
      exact!.forEach((row, i) => {
        for (const [name, value] of Object.entries(row)) {
          const twin = compact![i]![name];
          if (['precision', 'cause', 'decided_at'].includes(name)) continue;
          if (typeof value !== 'number' || value === 0) expect(twin, name).toEqual(value);
          else most = Math.max(most, Math.abs((twin as number) / value - 1));
        }
      });
      expect(most).toBeLessThanOrEqual(0.0002);
      expect(most).toBeGreaterThan(0);
    },
  );
});
