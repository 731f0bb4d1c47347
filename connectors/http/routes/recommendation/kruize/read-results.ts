/** Reads the body of updateResults into wishes: one per experiment, in parts that fit into an event. */
import { aggregates } from '../../../../../projections/recommendation/kruize/metrics.ts';
import type { Kind } from '../../../../../projections/recommendation/kruize/metrics.ts';
import { MAX_COLUMNS, packSeries } from '../../../../../projections/recommendation/kruize/series.ts';
import type {
  PostedRecord,
  PostedSeries,
  PostedTarget,
  ResultsPosted,
} from '../../../../../schemas/generated/events.ts';
import { isFields, listOf, objectOf, textOf, timeOf, UNREADABLE } from './body.ts';
import type { Fields } from './body.ts';
import { readMetrics } from './check-metrics.ts';
import type { MetricValues } from './check-metrics.ts';
import { KruizeError } from './envelope.ts';

/** Records of one call. */
const MAX_RECORDS = 100;
/** Containers of one record. */
const MAX_CONTAINERS = 100;
/** What one event holds at most, bytes; the log takes twice as much. */
const MAX_EVENT = 384 * 1024;

/** What was posted of one container or namespace in one record. */
interface Part {
  /** Null for the namespace itself. */
  readonly container: string | null;
  readonly image: string | null;
  readonly metrics: readonly MetricValues[];
}

/** One record of the call. */
export interface SentRecord {
  /** Null when it names none. */
  readonly experiment: string | null;
  readonly record: Omit<PostedRecord, 'targets'>;
  readonly targets: readonly PostedTarget[];
  readonly parts: readonly Part[];
}

/** The records of a body. What cannot be a call at all: KruizeError. */
export function readResults(body: unknown): SentRecord[] {
  if (!Array.isArray(body) || !body.every(isFields)) throw new KruizeError(UNREADABLE);
  if (body.length > MAX_RECORDS) {
    throw new KruizeError('At present, the system does not support bulk entries exceeding 100 in quantity!');
  }
  return body.map(readRecord);
}

function readRecord(sent: Fields, index: number): SentRecord {
  const experiment = textOf(sent, 'experiment_name', UNREADABLE);
  const targets: PostedTarget[] = [];
  const parts: Part[] = [];
  const problems: string[] = [];
  const take = (holder: Fields, kind: Kind, name: string | null, image: string | null): void => {
    const read = readMetrics(holder, kind, name ?? 'null', experiment ?? 'null');
    problems.push(...read.problems);
    parts.push({ container: kind === 'namespace' ? null : (name ?? ''), image, metrics: read.metrics });
  };
  for (const object of listOf(sent, 'kubernetes_objects', UNREADABLE)) {
    const namespaces = objectOf(object, 'namespaces', UNREADABLE);
    const containers = listOf(object, 'containers', UNREADABLE);
    if (containers.length > MAX_CONTAINERS) throw new KruizeError(`containers: at most ${MAX_CONTAINERS}`);
    if (namespaces !== null) {
      const namespace = textOf(namespaces, 'namespace', UNREADABLE);
      targets.push({ type: null, name: null, namespace, of_namespace: true });
      take(namespaces, 'namespace', namespace, null);
    } else if (containers.length > 0) targets.push(workloadOf(object));
    for (const container of namespaces === null ? containers : []) {
      const name = textOf(container, 'container_name', UNREADABLE);
      take(container, 'container', name, textOf(container, 'container_image_name', UNREADABLE));
    }
  }
  const problem =
    problems.length === 0 ? null : `Performance profile: [${[...new Set(problems)].join(', ')}]`;
  const interval_start = instantOf(sent, 'interval_start_time');
  const interval_end = instantOf(sent, 'interval_end_time');
  const version = textOf(sent, 'version', UNREADABLE);
  return { experiment, targets, parts, record: { index, version, interval_start, interval_end, problem } };
}

function workloadOf(object: Fields): PostedTarget {
  const [type, name, namespace] = ['type', 'name', 'namespace'].map((it) => textOf(object, it, UNREADABLE));
  return { type: type!, name: name!, namespace: namespace!, of_namespace: false };
}

function instantOf(sent: Fields, name: string): number | null {
  const text = textOf(sent, name, UNREADABLE);
  if (text === null) return null;
  const at = timeOf(text, true);
  if (at === undefined) throw new KruizeError(UNREADABLE);
  return at;
}

/** The wishes for the records of one experiment. A record that is too large for an event by itself: KruizeError. */
export function wishesOf(org: string, name: string, records: readonly SentRecord[]): ResultsPosted[] {
  const wish = wishOf(org, name, records);
  if (wish.series.reduce((sum, it) => sum + sizeOf(it), 0) <= MAX_EVENT) return [wish];
  if (records.length === 1)
    throw new KruizeError('kubernetes_objects: one record has more metrics than an event can hold');
  const half = Math.ceil(records.length / 2);
  return [...wishesOf(org, name, records.slice(0, half)), ...wishesOf(org, name, records.slice(half))];
}

function sizeOf({ values, texts, columns }: PostedSeries): number {
  return [...texts, ...columns].reduce((sum, text) => sum + 3 * text.length, values.length);
}

function wishOf(org: string, name: string, records: readonly SentRecord[]): ResultsPosted {
  const targets = new Map<string, number>();
  const all: PostedTarget[] = [];
  const series = new Map<string | null, Builder>();
  const posted = records.map(({ record, targets: own, parts }, place): PostedRecord => {
    if (record.problem === null) {
      for (const part of parts) {
        const builder = series.get(part.container) ?? new Builder(part.container);
        series.set(part.container, builder);
        builder.add(place, part);
      }
    }
    const places = own.map((target) => {
      const text = JSON.stringify(target);
      if (!targets.has(text)) targets.set(text, all.push(target) - 1);
      return targets.get(text)!;
    });
    return { ...record, targets: places };
  });
  return {
    ...{ org_id: org, experiment_name: name, targets: all, records: posted },
    series: [...series.values()].map((builder) => builder.build()),
  };
}

/** Gathers the rows of one container or namespace into columns. */
class Builder {
  readonly #container: string | null;
  #image: string | null = null;
  #length = 0;
  readonly #columns = new Map<string, number[]>([['record', []]]);
  readonly #texts = new Map<string, number>();

  constructor(container: string | null) {
    this.#container = container;
  }

  add(record: number, { image, metrics }: Part): void {
    this.#image = image ?? this.#image;
    this.#set('record', record);
    for (const { name, values, format, metadata } of metrics) {
      values.forEach((value, i) => {
        if (value === value) this.#set(`${name}.${aggregates[i]!}`, value);
      });
      this.#set(`${name}.format`, format === null ? -1 : this.#place(format));
      if (metadata !== null) this.#set(`${name}.metadata`, this.#place(metadata));
    }
    this.#length += 1;
  }

  build(): PostedSeries {
    const length = this.#length;
    if (this.#columns.size > MAX_COLUMNS) {
      throw new KruizeError(`metrics: more than ${MAX_COLUMNS} values of one container`);
    }
    const columns = new Map(
      [...this.#columns].map(([name, values]) => {
        const column = new Float64Array(length);
        for (let i = 0; i < length; i++) column[i] = values[i] ?? NaN;
        return [name, column];
      }),
    );
    const packed = packSeries({ length, columns, texts: [...this.#texts.keys()] });
    return { container: this.#container, image: this.#image, ...packed };
  }

  #set(column: string, value: number): void {
    let values = this.#columns.get(column);
    if (values === undefined) this.#columns.set(column, (values = []));
    values[this.#length] = value;
  }

  #place(text: string): number {
    const known = this.#texts.get(text) ?? this.#texts.size;
    this.#texts.set(text, known);
    return known;
  }
}
