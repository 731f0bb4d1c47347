/** Derives recommendations again from the log alone: usage events folded in memory, then the engine. */
import type { Codec } from '../../schemas/codec/codec.ts';
import { acceleratorAt } from '../../projections/recommendation/accelerator-usage.ts';
import type { AcceleratorUsage } from '../../projections/recommendation/engine/accelerator.ts';
import { foldUsage } from '../../projections/recommendation/fold-usage.ts';
import { recommend } from '../../projections/recommendation/engine/recommend.ts';
import type { Signals } from '../../projections/recommendation/engine/signals.ts';
import { proposalsAt } from '../../projections/recommendation/policy/advise.ts';
import type { AppliedPolicy } from '../../projections/recommendation/policy/resolve.ts';
import { recommendationTables } from '../../projections/recommendation/tables.ts';
import { reportedUsage } from '../../projections/recommendation/usage-event.ts';
import { signalsAt, usageDay } from '../../projections/recommendation/usage-signals.ts';
import type { Precision } from '../../projections/recommendation/usage-signals.ts';
import type { ClusterUsageRemoved } from '../../schemas/generated/events.ts';
import type { Rows } from '../../projections/runtime/define.ts';
import { keyText } from '../../projections/runtime/rows.ts';
import type { Row } from '../../projections/runtime/table.ts';
import type { EventLog, LogRecord, ReadLimits } from '../../streams/runtime/ports.ts';
import { reachesPartition } from '../../streams/runtime/partitioner.ts';
import { decodeRecord } from '../../streams/runtime/records.ts';
import { Marks } from '../../streams/runtime/seq.ts';
import type { AnyRow, Cell } from '../../streams/runtime/units.ts';

/** An event that a recommendation follows from. */
export interface Cause {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventId: string;
  readonly uploadId: string;
  readonly digest: string;
  readonly chunk: number;
  readonly intervals: number;
}

/** What the log says of one container or namespace. */
export interface Derived {
  /** What a recommendation at an interval end, ms, looks at. */
  readonly signals: (precision: Precision, end: number) => Signals;
  /** What the same looks at of an accelerator; undefined when it has none. */
  readonly accelerator: (end: number) => AcceleratorUsage | undefined;
  readonly causes: readonly Cause[];
}

/** Where to read, and how far. */
export interface Source {
  readonly log: EventLog;
  readonly codec: Codec;
  readonly limits: ReadLimits;
  readonly partition: number;
  /** Topics and the offsets before which records count. */
  readonly until: Readonly<Record<string, number>>;
  /** Records that were set aside, as topic/partition/offset. */
  readonly dead: ReadonlySet<string>;
}

/** Containers and namespaces by id, from the usage records of one partition whose key is wanted. */
export async function deriveFromLog(
  source: Source,
  wanted: (key: string) => boolean,
): Promise<ReadonlyMap<string, Derived>> {
  const folding = new Folding();
  const marks = new Marks();
  for await (const record of recordsOf(source)) {
    if (record.key === null || !(wanted(record.key) || reachesPartition(record.key))) continue;
    if (source.dead.has(`${record.topic}/${record.partition}/${record.offset}`)) continue;
    if (marks.seen(record.topic, record.headers)) continue;
    folding.fold(source.codec, record);
  }
  return folding.derived();
}

async function* recordsOf({ log, limits, partition, until }: Source): AsyncGenerator<LogRecord> {
  for (const [topic, end] of Object.entries(until)) {
    for (let from = 0; from < end;) {
      const page = await log.read({ topic, partition }, from, limits);
      if (page.next === from) break;
      for (const record of page.records) if (record.offset < end) yield record;
      from = page.next;
    }
  }
}

class Folding {
  readonly #tables = Object.fromEntries(
    Object.entries(recommendationTables).map(([name, { key }]) => [name, new MemoryTable(key)]),
  );
  readonly #causes = new Map<string, Cause[]>();

  fold(codec: Codec, record: LogRecord): void {
    const decoded = decodeRecord(codec, record);
    if (decoded.type === 'ClusterUsageRemoved') this.#forget(decoded.data);
    if (decoded.type !== 'ContainerUsageReported' && decoded.type !== 'NamespaceUsageReported') return;
    const usage = reportedUsage(decoded.data);
    foldUsage(this.#tables as unknown as Rows<typeof recommendationTables>, usage);
    const { topic, partition, offset } = record;
    const { upload_id: uploadId, digest, chunk, intervals } = usage.event;
    const eventId = record.headers['event-id'] ?? '';
    let causes = this.#causes.get(usage.objectId);
    if (causes === undefined) this.#causes.set(usage.objectId, (causes = []));
    causes.push({ topic, partition, offset, eventId, uploadId, digest, chunk, intervals });
  }

  /** What was reported before does not count any more. */
  #forget({ org_id, cluster_id }: ClusterUsageRemoved): void {
    for (const { rows } of Object.values(this.#tables)) {
      for (const [key, row] of rows) {
        if (row['org_id'] !== org_id || row['cluster_id'] !== cluster_id) continue;
        rows.delete(key);
        this.#causes.delete(String(row['object_id']));
      }
    }
  }

  derived(): ReadonlyMap<string, Derived> {
    const days = new Map<string, UsageDays>();
    for (const kind of ['container', 'namespace'] as const) {
      for (const row of this.#tables[`${kind}_usage`]!.rows.values()) {
        const day = row as unknown as UsageDays['days'][number];
        const known = days.get(day.object_id);
        if (known === undefined) days.set(day.object_id, { kind, days: [day] });
        else known.days.push(day);
      }
    }
    const accelerators = new Map<string, AcceleratorDay[]>();
    for (const row of this.#tables['accelerator_usage']!.rows.values()) {
      const day = row as unknown as AcceleratorDay;
      accelerators.set(day.object_id, [...(accelerators.get(day.object_id) ?? []), day]);
    }
    for (const all of accelerators.values()) all.sort((a, b) => (a.day < b.day ? -1 : 1));
    return new Map(
      [...this.#causes].map(([id, causes]) => [
        id,
        {
          signals: (precision, end) => signalsOf(days.get(id), precision, end),
          accelerator: (end) => acceleratorAt(accelerators.get(id) ?? [], end),
          causes,
        },
      ]),
    );
  }
}

type AcceleratorDay = Row<(typeof recommendationTables)['accelerator_usage']>;

interface UsageDays {
  readonly kind: 'container' | 'namespace';
  readonly days: Row<(typeof recommendationTables)['container_usage']>[];
}

function signalsOf(known: UsageDays | undefined, precision: Precision, end: number): Signals {
  const sorted = [...(known?.days ?? [])].sort((a, b) => (a.day < b.day ? -1 : 1));
  const days = sorted.map((row) => usageDay(known!.kind, row, precision));
  return signalsAt(days, end);
}

/** The part of a table that folds of usage use. */
class MemoryTable {
  readonly rows = new Map<string, AnyRow>();
  readonly #key: readonly string[];

  constructor(key: readonly string[]) {
    this.#key = key;
  }

  get(...key: Cell[]): AnyRow | undefined {
    return this.rows.get(keyText(key));
  }

  put(row: AnyRow): void {
    this.rows.set(keyText(this.#key.map((column) => row[column]!)), row);
  }

  delete(...key: Cell[]): void {
    this.rows.delete(keyText(key));
  }
}

/** A stored recommendation as far as it is derived again. */
export interface StoredRecommendation {
  readonly kind: 'container' | 'namespace';
  /** ms since 1970. */
  readonly end: number;
  readonly document: unknown;
  readonly notifications: readonly number[];
  readonly intervals: number;
  readonly precision: Precision;
  /** What it was decided under; undefined: nothing was recorded. */
  readonly policy: AppliedPolicy | undefined;
  /** What engines proposed, as stored: by name, without the columns that others say. */
  readonly proposals: readonly unknown[];
}

/** Where the recommendation that follows from the log differs from the stored one, a line each; none when they are equal. */
export function verifyAgain(stored: StoredRecommendation, derived: Derived | undefined): string[] {
  if (derived === undefined) return ['the log has no usage of it'];
  const signals = derived.signals(stored.precision, stored.end);
  const accelerator = derived.accelerator(stored.end);
  const made = recommend(signals, {
    ...{ kind: stored.kind, requestedEnd: stored.end },
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const again = {
    document: made.document,
    notifications: [...made.notifications].sort((a, b) => a - b),
    intervals: made.intervals,
    proposals: stored.policy === undefined ? [] : proposalsAt(signals, stored.end, made, stored.policy),
  };
  const { document, notifications, intervals, proposals } = stored;
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return differences(plain({ document, notifications, intervals, proposals }), plain(again));
}

/** Paths at which two JSON values differ, with both sides. */
export function differences(stored: unknown, again: unknown, path = ''): string[] {
  if (isObject(stored) && isObject(again) && Array.isArray(stored) === Array.isArray(again)) {
    const names = [...new Set([...Object.keys(stored), ...Object.keys(again)])];
    return names.flatMap((name) =>
      differences(stored[name], again[name], path === '' ? name : `${path}.${name}`),
    );
  }
  if (Object.is(stored, again)) return [];
  return [
    `${path}: stored ${JSON.stringify(stored) ?? 'nothing'}, derived ${JSON.stringify(again) ?? 'nothing'}`,
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
