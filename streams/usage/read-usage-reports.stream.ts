import type { ReportRead, UsageReportFound } from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { defineStream, type StreamTools } from '../runtime/define.ts';
import { Terminal } from '../runtime/errors.ts';
import type { Emission, OpenReport, ReportBatch } from '../runtime/ports.ts';
import { Aggregate } from './aggregate.ts';
import { Packer } from './pack.ts';
import { verdicts } from './rejections.ts';
import { RowRules } from './rules.ts';
import { Tally } from './tally.ts';

/**
 * Bytes of partials that are held before they are emitted. Part of what the stream means, not a setting: it decides where
 * events are cut, so changing it is a new version.
 */
export const PARTIALS_BUDGET = 64 * 1024 * 1024;

type Out = Emission<'usage' | 'rejections' | 'intake' | 'experiments'>;

/** Reads one stored usage report and packs its valid rows per container or namespace; ends with the account of its rows. */
export default defineStream({
  id: 'read-usage-reports',
  version: 2,
  about: 'Reads a stored usage report and packs its valid rows; passes removals on to every partition.',
  from: [topics.intake],
  to: [topics.usage, topics.rejections, topics.intake, topics.experiments],
  on: {
    UsageReportFound: (event, tools) => readUsageReport(event, tools, PARTIALS_BUDGET),
    // Behind the usage of every report that was found before.
    async *ClusterRemoved(data, { partitionKeys }) {
      for (const key of await partitionKeys(topics.usage)) {
        yield { topic: topics.usage, key, type: 'ClusterUsageRemoved', data };
      }
    },
    async *SourceApplicationDestroyed({ org_id, source_id }, { partitionKeys }) {
      for (const key of await partitionKeys(topics.experiments)) {
        const data = { org_id, source_id };
        yield { topic: topics.experiments, key, type: 'SourceExperimentsRemovalRequested', data };
      }
    },
  },
});

/**
 * The handler: usage events as the budget makes them due, then the rejected rows, then ReportRead. A header that cannot be
 * read is a refused report. A Terminal in mid-read cannot be a bad upload (archives are read through before a report is
 * found) and passes, like every other error, to the run loop: of what one event leads to, nothing is half applied.
 */
export async function* readUsageReport(
  event: UsageReportFound,
  { reports }: Pick<StreamTools, 'reports'>,
  budgetBytes: number,
): AsyncGenerator<Out> {
  let report: OpenReport;
  try {
    report = await reports.open({
      org: event.org_id,
      blob: event.blob,
      format: event.format,
      member: event.member,
    });
  } catch (error) {
    if (!(error instanceof Terminal)) throw error;
    yield accountOf(event, event.kind, { code: error.code, message: error.message });
    return;
  }
  const { kind } = report;
  const { org_id: org, cluster_id: cluster, digest } = event;
  const aggregate = new Aggregate({ kind, org, cluster, digest, budgetBytes });
  const rules = new RowRules(kind);
  const packer = new Packer(event, kind, aggregate);
  const tally = new Tally();
  let rows = 0;
  for await (const batch of report.batches) {
    rows += batch.rows + batch.broken.length;
    const found = rules.judge(batch);
    for (let next = 0; next < batch.rows;) {
      next = aggregate.add(batch, found, rules, next);
      if (next < batch.rows) yield* packer.flush(false);
    }
    count(tally, rules, batch, found);
  }
  yield* packer.flush(true);
  for (const part of tally.parts())
    yield {
      topic: topics.rejections,
      key: recordKey(org),
      type: 'RowsRejected',
      data: { ...identityOf(event), kind, rows: part },
    };
  yield accountOf(event, kind, {
    ...(aggregate.accepted === 0 ? noValidRows(rows, tally) : {}),
    rows,
    accepted: aggregate.accepted,
    rejected: tally.total,
    reasons: tally.reasons(),
    groups: aggregate.groups.count,
    workloads: aggregate.objects.workloads,
    first_interval_start: aggregate.accepted === 0 ? null : aggregate.firstStart,
    last_interval_end: aggregate.accepted === 0 ? null : aggregate.lastEnd,
  });
}

function count(tally: Tally, rules: RowRules, batch: ReportBatch, found: Uint8Array): void {
  for (const row of batch.broken) tally.add(row.code, () => row);
  for (let index = 0; index < batch.rows; index++) {
    const verdict = found[index]!;
    if (verdict === 0) continue;
    tally.add(verdicts[verdict]!, () => ({
      row: batch.rowNumbers[index]!,
      ...rules.explain(batch, index, verdict),
      excerpt: batch.excerpt(index),
    }));
  }
}

function noValidRows(rows: number, tally: Tally): Pick<ReportRead, 'code' | 'message'> {
  const most = tally.reasons().sort((a, b) => b.count - a.count)[0];
  const reason = most === undefined ? '' : ` Most often: ${most.code} (${most.count}).`;
  return {
    code: 'NO_VALID_ROWS',
    message: `None of the ${rows} rows can be used.${reason} The rejected rows say why each.`,
  };
}

function identityOf(event: UsageReportFound) {
  const { upload_id, org_id, cluster_id, digest, name } = event;
  return { upload_id, org_id, cluster_id, digest, name };
}

function accountOf(event: UsageReportFound, kind: string, found: Partial<ReportRead>): Out {
  return {
    topic: topics.intake,
    key: recordKey(event.org_id),
    type: 'ReportRead',
    data: {
      ...identityOf(event),
      kind,
      position: event.position,
      code: null,
      message: null,
      rows: 0,
      accepted: 0,
      rejected: 0,
      reasons: [],
      groups: 0,
      workloads: 0,
      first_interval_start: null,
      last_interval_end: null,
      ...found,
    },
  };
}
