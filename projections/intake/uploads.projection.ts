/** Uploads, their files and rejected rows; decides which reports are new and which repeat a known one. */
import type {
  ClusterRemoved,
  HistoryExpired,
  ReportRead,
  RowsRejected,
  SourceApplicationDestroyed,
  UploadOpened,
  UploadReceived,
  UploadRefused,
  UsageReportFound,
  UsageReportRepeated,
} from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import { defineProjection } from '../runtime/define.ts';
import { expiredBefore, foldExpiry, readOfExpiry } from '../runtime/expiry.ts';
import { foundStatus, readStatus, summarise } from './summary.ts';
import { intakeTables } from './tables.ts';

type All = Rows<typeof intakeTables>;

const uploadReads = (upload: string): Read[] => [
  { table: 'uploads', key: [upload] },
  { table: 'upload_files', prefix: [upload] },
];

const reportKey = (event: {
  org_id: string;
  cluster_id: string;
  digest: string;
}): [string, string, string] => [event.org_id, event.cluster_id, event.digest];

/** Brings the upload's row up to date with its files. */
function sumUp(rows: All, upload: string): void {
  const row = rows.uploads.get(upload);
  if (row !== undefined) rows.uploads.put({ ...row, ...summarise(rows.upload_files.range([upload])) });
}

function received(rows: All, event: UploadReceived): void {
  if (rows.uploads.get(event.upload_id) !== undefined) return;
  rows.uploads.put({
    upload_id: event.upload_id,
    org_id: event.org_id,
    request_id: event.request_id,
    channel: event.channel,
    filename: event.filename,
    digest: event.digest,
    size_bytes: event.size,
    format: null,
    cluster_id: event.cluster_id,
    cluster_alias: event.cluster_alias,
    source_id: event.source_id,
    payload: null,
    payload_date: null,
    status: 'received',
    code: null,
    message: null,
    files: 0,
    rows: 0,
    accepted: 0,
    rejected: 0,
    received_at: event.received_at,
  });
}

function refused(rows: All, event: UploadRefused): void {
  const row = rows.uploads.get(event.upload_id);
  if (row === undefined) return;
  rows.uploads.put({ ...row, status: 'rejected', code: event.code, message: event.message });
}

function opened(rows: All, event: UploadOpened): void {
  event.files.forEach((file, position) => {
    // Opened again, by a redrive or by newer code: what is known of its files by now stays.
    if (rows.upload_files.get(event.upload_id, position)?.digest === file.digest) return;
    rows.upload_files.put({
      upload_id: event.upload_id,
      position,
      org_id: event.org_id,
      name: file.name,
      kind: file.kind,
      digest: file.digest,
      size_bytes: file.size,
      status: foundStatus(file.kind, file.code, event.format === 'archive'),
      code: file.code,
      message: file.message,
      rows: 0,
      accepted: 0,
      rejected: 0,
      reasons: '{}',
      groups: 0,
      workloads: 0,
      first_interval_start: null,
      last_interval_end: null,
    });
  });
  const upload = rows.uploads.get(event.upload_id);
  if (upload === undefined) return;
  rows.uploads.put({
    ...upload,
    format: event.format,
    cluster_id: event.cluster_id,
    cluster_alias: event.cluster_alias,
    source_id: event.source_id,
    payload: event.manifest?.uuid ?? null,
    payload_date: event.manifest?.date ?? null,
  });
  sumUp(rows, event.upload_id);
  const known = rows.clusters.get(event.org_id, event.cluster_id);
  rows.clusters.put({
    org_id: event.org_id,
    cluster_id: event.cluster_id,
    cluster_alias: event.cluster_alias ?? known?.cluster_alias ?? null,
    source_id: event.source_id ?? known?.source_id ?? null,
    last_reported_at: Math.max(upload.received_at, known?.last_reported_at ?? 0),
  });
}

function decideOnOpened(rows: All, event: UploadOpened, meta: DeciderMeta): void {
  event.files.forEach((file, position) => {
    if (foundStatus(file.kind, file.code, event.format === 'archive') !== 'reading') return;
    const { upload_id, org_id, cluster_id } = event;
    const { digest } = file;
    const base = { upload_id, org_id, cluster_id, digest, position };
    const known = rows.reports.get(org_id, cluster_id, digest);
    const key = recordKey(org_id);
    const twiceInside = event.files.findIndex((one) => one.digest === digest) < position;
    // It was decided on when the upload was opened for the first time.
    if (known?.first_upload_id === upload_id && !twiceInside) return;
    if (known !== undefined) {
      const data = { ...base, first_upload_id: known.first_upload_id };
      meta.emit({ topic: topics.intake, key, type: 'UsageReportRepeated', data });
      return;
    }
    const data: UsageReportFound = {
      ...base,
      name: file.name,
      kind: file.kind,
      cluster_alias: event.cluster_alias,
      source_id: event.source_id,
      blob: event.digest,
      format: event.format,
      member: file.member,
      size: file.size,
      payload: event.manifest?.uuid ?? digest,
      payload_date: event.manifest?.date ?? 0,
    };
    meta.emit({ topic: topics.intake, key, type: 'UsageReportFound', data });
  });
}

function found(rows: All, event: UsageReportFound): void {
  if (rows.reports.get(...reportKey(event)) !== undefined) return;
  rows.reports.put({
    org_id: event.org_id,
    cluster_id: event.cluster_id,
    digest: event.digest,
    kind: event.kind,
    size_bytes: event.size,
    rows: 0,
    accepted: 0,
    rejected: 0,
    groups: 0,
    read: false,
    code: null,
    first_upload_id: event.upload_id,
  });
}

function repeated(rows: All, event: UsageReportRepeated): void {
  const file = rows.upload_files.get(event.upload_id, event.position);
  if (file === undefined) return;
  const message = `The same bytes came before, in upload ${event.first_upload_id}; they have no second effect.`;
  rows.upload_files.put({ ...file, status: 'duplicate', code: 'DUPLICATE_REPORT', message });
  sumUp(rows, event.upload_id);
}

function read(rows: All, event: ReportRead): void {
  const counts = {
    rows: event.rows,
    accepted: event.accepted,
    rejected: event.rejected,
    groups: event.groups,
  };
  const report = rows.reports.get(...reportKey(event));
  if (report !== undefined) rows.reports.put({ ...report, ...counts, read: true, code: event.code });
  const file = rows.upload_files.get(event.upload_id, event.position);
  if (file === undefined) return;
  rows.upload_files.put({
    ...file,
    ...counts,
    status: readStatus(event.code, event.accepted, event.rejected),
    code: event.code,
    message: event.message,
    reasons: JSON.stringify(Object.fromEntries(event.reasons.map(({ code, count }) => [code, count]))),
    workloads: event.workloads,
    first_interval_start: event.first_interval_start,
    last_interval_end: event.last_interval_end,
  });
  sumUp(rows, event.upload_id);
}

function rowsRejected(rows: All, event: RowsRejected, meta: EventMeta): void {
  if (meta.timestamp < expiredBefore(rows.intake_expiry, 'rejected_rows', meta)) return;
  for (const row of event.rows) {
    rows.rejected_rows.put({
      org_id: event.org_id,
      cluster_id: event.cluster_id,
      digest: event.digest,
      row: row.row,
      name: event.name,
      upload_id: event.upload_id,
      column_name: row.column,
      code: row.code,
      message: row.message,
      excerpt: row.excerpt,
      rejected_at: meta.timestamp,
    });
  }
}

const expiry = (_event: unknown, meta: EventMeta): Read[] => [readOfExpiry('intake_expiry', meta)];

const clustersOf = ({ org_id }: SourceApplicationDestroyed): Read[] => [
  { table: 'clusters', prefix: [org_id] },
  { table: 'removed_clusters', prefix: [org_id] },
];

/** Clusters of the source are gone at once; a report that comes behind this is one of a new cluster. */
function sourceGone(rows: All, { org_id, source_id }: SourceApplicationDestroyed, meta: EventMeta): void {
  for (const cluster of rows.clusters.range([org_id])) {
    if (cluster.source_id !== source_id) continue;
    const { cluster_id, cluster_alias } = cluster;
    const removed = { cause: meta.eventId, removed_at: meta.timestamp };
    rows.removed_clusters.put({ org_id, cluster_id, source_id, cluster_alias, ...removed });
    rows.clusters.delete(org_id, cluster_id);
  }
}

function decideOnSourceGone(rows: All, event: SourceApplicationDestroyed, meta: DeciderMeta): void {
  const { org_id, source_id } = event;
  for (const { cluster_id, cause } of rows.removed_clusters.range([org_id])) {
    if (cause !== meta.eventId) continue;
    const data = { org_id, cluster_id, source_id };
    meta.emit({ topic: topics.intake, key: recordKey(org_id), type: 'ClusterRemoved', data });
  }
}

function expired(rows: All, event: HistoryExpired, meta: EventMeta): void {
  foldExpiry(rows.intake_expiry, event, meta);
  if (event.rows_of !== 'rejected_rows') return;
  rows.rejected_rows.removeWhere({}, { column: 'rejected_at', value: event.before });
}

/** Its reports are forgotten: the same bytes again count anew. */
function clusterRemoved(rows: All, { org_id, cluster_id }: ClusterRemoved): void {
  rows.reports.removeWhere({ org_id, cluster_id });
}

export default defineProjection({
  id: 'uploads',
  version: 3,
  about: 'Uploads, their files and rejected rows; decides which reports are new and which clusters are gone.',
  from: [topics.intake, topics.rejections, topics.retention],
  emits: [topics.intake],
  tables: intakeTables,
  reads: {
    UploadReceived: (event) => uploadReads(event.upload_id),
    UploadRefused: (event) => uploadReads(event.upload_id),
    UploadOpened: (event) => [
      ...uploadReads(event.upload_id),
      { table: 'clusters', key: [event.org_id, event.cluster_id] },
      ...event.files.map(({ digest }): Read => ({
        table: 'reports',
        key: [event.org_id, event.cluster_id, digest],
      })),
    ],
    SourceApplicationDestroyed: clustersOf,
    RowsRejected: expiry,
    HistoryExpired: expiry,
    UsageReportFound: (event) => [{ table: 'reports', key: reportKey(event) }],
    UsageReportRepeated: (event) => uploadReads(event.upload_id),
    ReportRead: (event) => [...uploadReads(event.upload_id), { table: 'reports', key: reportKey(event) }],
  },
  fold: {
    UploadReceived: received,
    UploadRefused: refused,
    UploadOpened: opened,
    UsageReportFound: found,
    UsageReportRepeated: repeated,
    ReportRead: read,
    RowsRejected: rowsRejected,
    SourceApplicationDestroyed: sourceGone,
    ClusterRemoved: clusterRemoved,
    HistoryExpired: expired,
  },
  decide: { UploadOpened: decideOnOpened, SourceApplicationDestroyed: decideOnSourceGone },
});
