/** A log with decisions, the sink over it, and an auditor of what it has written. */
import { createCodec } from '../../../schemas/codec/codec.ts';
import { localRegistry } from '../../../schemas/codec/registry.ts';
import type { EventName, Events } from '../../../schemas/generated/events.ts';
import { recordKey } from '../../../schemas/keys.ts';
import { topics } from '../../../schemas/topics.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import type { NewRecord } from '../../../streams/runtime/ports.ts';
import { decodeRecord } from '../../../streams/runtime/records.ts';
import { auditRules } from '../../../connectors/eventstoredb/rules.ts';
import { auditSettings } from '../../../connectors/eventstoredb/settings.ts';
import { auditSink } from '../../../connectors/eventstoredb/sink.ts';
import type { AuditDeps, AuditReport, AuditSignal } from '../../../connectors/eventstoredb/sink.ts';
import { eventStoreDb } from '../../../connectors/eventstoredb/store.ts';
import type { AuditStore, StoredEvent } from '../../../connectors/eventstoredb/store.ts';

export const codec = createCodec(localRegistry());
export const PARTITIONS = 2;

const auditedTopics = [...new Set(auditRules.map(({ topic }) => topic))];

/** An empty log with the topics of decisions. */
export async function emptyLog(): Promise<MemoryLog> {
  const log = new MemoryLog();
  for (const name of auditedTopics) {
    await log.createTopic({ name, partitions: PARTITIONS });
  }
  return log;
}

/** A record as a unit makes it: origin and seq, and an id that follows from them. */
export function derived<Name extends EventName>(
  topic: string,
  key: string,
  type: Name,
  data: Events[Name],
  { origin = 'tests/usage/0', seq, org = 'org1' }: { origin?: string; seq: string; org?: string },
): NewRecord {
  const headers = { 'event-id': `${origin}@${seq}`, 'event-type': type, origin, seq, org };
  return { topic, key, value: codec.encode(type, data), headers, timestamp: 1_764_000_000_000 };
}

/** A recommendation of a container; `n` is which one over time. */
export function recommendation(container: string, n: number, org = 'org1', document = '{}'): NewRecord {
  const data: Events['RecommendationMade'] = {
    recommendation_id: `id-of-${container}`,
    org_id: org,
    cluster_id: 'c1',
    cluster_alias: null,
    source_id: null,
    namespace: 'shop',
    workload_type: 'deployment',
    workload: container,
    container,
    image: null,
    monitoring_start_time: null,
    monitoring_end_time: 1_764_000_000_000 + n * 900_000,
    cpu_request_current: 1,
    cpu_limit_current: null,
    memory_request_current: NaN,
    memory_limit_current: null,
    available: true,
    advice: [],
    notifications: [],
    document,
    policy: 'kruize-parity',
    engine_version: 1,
    intervals: n,
    precision: 'exact',
    engine: 'cost',
    policy_values: '',
    policy_sources: [],
    proposals: [],
    usage_offset: null,
  };
  const key = recordKey(org, 'c1', 'shop', 'deployment', container);
  return derived(topics.recommendations, key, 'RecommendationMade', data, { seq: `${n}.1.0`, org });
}

/** A report that was found, or came again. */
export function report(digest: string, n: number, repeated: boolean, org = 'org1'): NewRecord {
  const both = { upload_id: `u${n}`, org_id: org, cluster_id: 'c1', digest, position: 0 };
  const place = { seq: `${n}.1.0`, org, origin: 'uploads/intake/0' };
  if (repeated) {
    const data = { ...both, first_upload_id: 'u0' };
    return derived(topics.intake, org, 'UsageReportRepeated', data, place);
  }
  const rest = { name: 'a.csv', kind: 'container', cluster_alias: null, source_id: null, blob: 'b' };
  const file = { format: 'csv', member: null, size: 1, payload: 'p', payload_date: 0 };
  return derived(topics.intake, org, 'UsageReportFound', { ...both, ...rest, ...file }, place);
}

/** A record that died, and the fact that it was redriven. */
export function died(offset: number, org = 'org1'): NewRecord {
  const where = { unit: 'uploads', topic: 'intake', partition: 0, offset };
  const data: Events['RecordDied'] = {
    ...where,
    event_id: 'e',
    event_type: 't',
    org_id: org,
    key: org,
    code: 'RECORD_DAMAGED',
    message: 'damaged',
    headers: { org },
    value: Buffer.from('bytes'),
  };
  const place = { seq: `${offset}.1.0`, org, origin: 'uploads/intake/0' };
  return derived(topics.deadLetters, 'uploads', 'RecordDied', data, place);
}

const asked = { edited: false, event_id: 'e', value_sha256: '', host: 'h', reason: '' };

export function redriven(offset: number, org = 'org1'): NewRecord {
  const where = { unit: 'uploads', topic: 'intake', partition: 0, offset };
  const data = { ...where, attempt: 1, by: 'ada', ...asked };
  const place = { seq: `${offset}.1.0`, org, origin: `redrive/uploads/intake/0/${offset}` };
  return derived(topics.deadLetters, 'uploads', 'RecordRedriven', data, place);
}

/** An event on a topic of decisions that is none. */
export function noDecision(n: number): NewRecord {
  const data = { upload_id: `u${n}`, org_id: 'org1', digest: 'd', code: 'NOT_GZIP', message: 'no' };
  return derived(topics.intake, 'org1', 'UploadRefused', data, { seq: `${n}.1.0`, origin: 'x/intake/0' });
}

/** Some of everything, interleaved, with repeats of the log: a batch that was produced again behind later ones. */
export async function fill(log: MemoryLog): Promise<void> {
  const batch = [recommendation('web', 1), recommendation('api', 2), recommendation('web', 3)];
  await log.append([report('d1', 1, false), noDecision(1), report('d1', 2, true), report('d2', 3, false)]);
  await log.append(batch);
  await log.append([recommendation('web', 4, 'org2'), died(7), redriven(7), died(9)]);
  await log.append([...batch, recommendation('web', 5), report('d1', 2, true), report('d1', 4, true)]);
  await log.append([recommendation('api', 6), redriven(7), redriven(9)]);
}

/** Settings for tests: short waits. */
export function settings(prefix: string, more: Record<string, unknown> = {}): AuditDeps['settings'] {
  const short = { pollMs: 50, retryFirstMs: 1, retryLastMs: 5, deadlineMs: 2_000 };
  return auditSettings.parse({ prefix, ...short, ...more });
}

/** What a run needs. */
export interface RunOptions {
  readonly log: MemoryLog;
  readonly store: AuditStore;
  readonly prefix: string;
  readonly settings?: Record<string, unknown>;
  /** Records per batch. */
  readonly batch?: number;
  readonly signal?: (signal: AuditSignal) => void;
}

/** A sink over a log that is read a few records at a time. */
export function sinkOf({
  log,
  store,
  prefix,
  settings: more = {},
  batch = 3,
  signal = () => undefined,
}: RunOptions): ReturnType<typeof auditSink> {
  return auditSink({
    log: {
      read: (at, from, limits) => log.read(at, from, { ...limits, maxRecords: batch }),
      ends: (topic) => log.ends(topic),
      onAppend: (wake) => log.onAppend(wake),
    },
    decode: (record) => decodeRecord(codec, record),
    store,
    rules: auditRules,
    settings: settings(prefix, more),
    signal,
  });
}

/** Runs a sink to the ends of the log. */
export function runOnce(options: RunOptions): Promise<AuditReport> {
  return sinkOf(options).once(new AbortController().signal);
}

/** Event ids per stream as the log has them: in order, each once. */
export async function expectedTrails(log: MemoryLog, prefix: string): Promise<Map<string, string[]>> {
  const trails = new Map<string, string[]>();
  for (const topic of auditedTopics) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { records } = await log.read({ topic, partition }, 0, { maxRecords: 10_000, maxBytes: 1e9 });
      for (const record of records) {
        const { type, data } = decodeRecord(codec, record);
        const rule = auditRules.find((one) => one.type === type);
        if (rule === undefined) continue;
        const { category, org, id } = rule.subjectOf(data, record.headers['org'] ?? '', record.partition);
        const stream = `${prefix}-${category}-${recordKey(org, ...id)}`;
        const trail = trails.get(stream) ?? [];
        if (!trail.includes(record.headers['event-id']!)) trail.push(record.headers['event-id']!);
        trails.set(stream, trail);
      }
    }
  }
  return trails;
}

/** The header `event-id` of each event of these streams, as they are stored. */
export async function storedTrails(
  store: AuditStore,
  streams: Iterable<string>,
): Promise<Map<string, string[]>> {
  const trails = new Map<string, string[]>();
  for (const stream of streams) {
    const events = await store.readBack(stream, 10_000);
    if (events !== 'closed' && events.length > 0) trails.set(stream, events.map(eventIdIn).reverse());
  }
  return trails;
}

function eventIdIn({ metadata }: StoredEvent): string {
  return (metadata as { headers: Record<string, string> }).headers['event-id'] ?? 'none';
}

/** Connects to a server. */
export function storeAt(url: string, deadlineMs = 2_000): AuditStore {
  return eventStoreDb(url, deadlineMs);
}
