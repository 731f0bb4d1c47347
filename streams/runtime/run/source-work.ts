/** Runs a source: a deriving unit over topics that are not ours to keep, with partitions that are not ours to count. */
import type { Codec } from '../../../schemas/codec/codec.ts';
import { redriveOf } from '../../../schemas/redriven.ts';
import { codeOf } from '../errors.ts';
import type { EventLog, FirstSeen, LogRecord, Source } from '../ports.ts';
import { retryTopic } from './inputs.ts';
import { derivingWork } from './stream-work.ts';
import type { UnitWork, WorkerDeps } from './worker.ts';
import { withReads } from '../log-reads.ts';

/** The work of one partition of a source. */
export function sourceWork(
  source: Source,
  partition: number,
  deps: WorkerDeps & { readonly codec: Codec },
): UnitWork {
  return derivingWork(
    source,
    partition,
    deps,
    (record) => source.take(record, firstSeen(source.id, record)),
    (record) => prepared(source, record),
  );
}

/** The record with headers of ours; on topics of others, what tells a repeat is not theirs to say. */
function prepared(source: Source, record: LogRecord): LogRecord {
  const strange = record.topic !== retryTopic(source.id);
  const own = Object.entries(record.headers).filter(
    ([name]) => !(strange && (name === 'origin' || name === 'seq')),
  );
  return { ...record, headers: { ...Object.fromEntries(own), ...source.headers(record) } };
}

/** What its workers share: the log as a source sees it, and batches of its size. */
export function sourceDeps<D extends WorkerDeps>(source: Source, deps: D): D {
  const maxRecords = Math.min(deps.limits.maxRecords, source.maxRecords ?? Infinity);
  return { ...deps, log: foreignReads(deps.log), limits: { ...deps.limits, maxRecords } };
}

/**
 * Reads of topics that others keep: nothing is in a partition that a topic does not have (inputs may have different counts), and
 * records that the owner of the topic let expire before they were read are passed over.
 */
function foreignReads(log: EventLog): EventLog {
  return withReads(log, async (at, from, limits) => {
    try {
      return await log.read(at, from, limits);
    } catch (error) {
      if (codeOf(error) === 'UNKNOWN_PARTITION') return { records: [], next: from };
      if (codeOf(error) !== 'OFFSET_GONE') throw error;
      const first = (await log.offsetsAt(at.topic, 0))[at.partition] ?? 0;
      if (first <= from) throw error;
      return log.read(at, first, limits).then((page) => ({ ...page, next: Math.max(page.next, first) }));
    }
  });
}

/** Where a redriven record was at first stands in its headers. */
function firstSeen(unit: string, { topic, partition, offset, headers }: LogRecord): FirstSeen {
  return redriveOf(unit, topic, headers)?.place ?? { topic, partition, offset };
}
