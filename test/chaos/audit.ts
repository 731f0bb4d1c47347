/** The auditor: what must be true once everything has been caught up, whatever went wrong before. */
import type { App } from '../../connectors/cli/app.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { auditDeadLetters } from './audit-dead.ts';
import { auditLog } from './audit-log.ts';
import type { Audited, Finding, Report } from './findings.ts';

/** Tables whose rows are named by upload ids, which every run gives anew, or by partitions, of which an undisturbed run has one. */
const namedByRun = new Set(['uploads', 'upload_files', 'decided_under']);
/** Tables of what went wrong, which an undisturbed run has not. */
const ofFaults = new Set(['dead_letters', 'dead_letter_history']);

/** Everything that is not as it must be. */
export async function audit(audited: Audited): Promise<Finding[]> {
  const found: Finding[] = [];
  const report = (what: string, details: string): void => void found.push({ what, details });
  const checks = [auditUploads, auditFiles, auditUsage, auditOutbox, auditFacts];
  for (const check of checks) await check(audited, report);
  await auditDeadLetters(audited, report);
  await auditLog(audited, report);
  await auditReplay(audited, report);
  return found;
}

async function auditUploads({ app, expected, answers }: Audited, report: Report): Promise<void> {
  const { rows } = await app.pool.query<{ request_id: string; upload_id: string; status: string }>(
    'SELECT request_id, upload_id, status FROM public.uploads',
  );
  for (const requestId of expected.uploads.keys()) {
    const mine = rows.filter((row) => row.request_id === requestId);
    const answer = answers.get(requestId);
    if (mine.length === 0) report('accepted upload lost', `${requestId} (upload ${answer})`);
    if (mine.length > 1) report('upload doubled', `${requestId} has ${mine.length} rows`);
    if (mine.length === 1 && mine[0]!.upload_id !== answer)
      report('another answer', `${requestId}: the client was told ${answer}, it is ${mine[0]!.upload_id}`);
    if (mine.some(({ status }) => status === 'received' || status === 'reading'))
      report('upload unfinished', `${requestId} is ${mine[0]!.status}`);
  }
  const strange = rows.filter(({ request_id }) => !expected.uploads.has(request_id));
  if (strange.length > 0) report('upload that nobody sent', JSON.stringify(strange));
}

interface FileRow {
  request_id: string;
  name: string;
  digest: string;
  status: string;
  rows: number;
  accepted: number;
  rejected: number;
}

async function auditFiles({ app, expected }: Audited, report: Report): Promise<void> {
  const { rows: files } = await app.pool.query<FileRow>(
    `SELECT u.request_id, f.name, f.digest, f.status, f.rows, f.accepted, f.rejected
     FROM public.upload_files f JOIN public.uploads u USING (upload_id) WHERE f.kind = 'container'`,
  );
  const { rows: reports } = await app.pool.query<FileRow & { read: boolean; set_aside: number }>(
    `SELECT r.digest, r.rows, r.accepted, r.rejected, r.read,
       (SELECT count(*) FROM public.rejected_rows x WHERE x.digest = r.digest AND x.org_id = r.org_id)::int AS set_aside
     FROM public.reports r`,
  );
  for (const { digest, rows, rejected } of expected.files.values()) {
    const where = `file ${digest.slice(0, 12)} of ${rows} rows`;
    const seen = reports.filter((row) => row.digest === digest);
    if (seen.length !== 1) report('report lost or doubled', `${where}: ${seen.length} rows in reports`);
    for (const row of seen) {
      if (!row.read || row.rows !== rows || row.accepted !== rows - rejected || row.rejected !== rejected)
        report('rows of a report lost or doubled', `${where}: ${JSON.stringify(row)}`);
      if (row.set_aside !== rejected)
        report('rejected rows lost or doubled', `${where}: ${row.set_aside} of ${rejected} in rejected_rows`);
    }
    const mine = files.filter((row) => row.digest === digest);
    const sent = [...expected.uploads.values()].filter((digests) => digests.includes(digest)).length;
    const counted = mine.filter(({ status }) => status !== 'duplicate');
    if (mine.length !== sent || counted.length !== 1)
      report('file lost or doubled', `${where}: sent ${sent} times, ${JSON.stringify(mine)}`);
    if (counted.some((row) => row.rows !== rows || row.accepted + row.rejected !== rows))
      report('rows of a file lost or doubled', `${where}: ${JSON.stringify(counted)}`);
  }
}

async function auditUsage({ app, expected }: Audited, report: Report): Promise<void> {
  const { rows } = await app.pool.query<{ id: string; ms: number; n: number; cpu: number }>(
    `SELECT object_id AS id, (extract(epoch FROM interval_end) * 1000)::float8 AS ms, rows::int AS n,
       cpu_usage_container_sum AS cpu FROM public.container_usage_intervals`,
  );
  const left = new Map(expected.intervals);
  let wrong = 0;
  for (const { id, ms, n, cpu } of rows) {
    const key = `${id}/${ms}`;
    const value = left.get(key);
    left.delete(key);
    if (value === undefined || n !== 1 || Math.abs(value - cpu) > 1e-9) wrong += 1;
  }
  if (left.size > 0)
    report('rows lost', `${left.size} of ${expected.intervals.size} intervals are not in container_usage`);
  if (wrong > 0) report('rows doubled or wrong', `${wrong} intervals hold something else than was uploaded`);
  const { rows: counted } = await app.pool.query<{ used: number; superseded: number }>(
    `SELECT (SELECT coalesce(sum(rows), 0) FROM public.container_usage)::int AS used,
       (SELECT coalesce(sum(rows), 0) FROM public.superseded_rows)::int AS superseded`,
  );
  const { used, superseded } = counted[0]!;
  if (used !== expected.intervals.size || superseded !== expected.superseded)
    report(
      'rows do not add up',
      `used ${used} of ${expected.intervals.size}, superseded ${superseded} of ${expected.superseded}`,
    );
}

async function auditOutbox({ app }: Audited, report: Report): Promise<void> {
  const { rows } = await app.pool.query<{ unit: string; n: number }>(
    'SELECT unit, count(*)::int AS n FROM log.outbox GROUP BY unit',
  );
  if (rows.length > 0) report('outbox not empty', JSON.stringify(rows));
}

/** Hashes of the facts of every table; of those named by what differs between runs only how many rows. */
export async function factsOf(app: App, units: Units): Promise<Record<string, string>> {
  const facts: Record<string, string> = {};
  for (const projection of units.projections) {
    for (const { table, rows, sha256 } of await app.generations.hashes(
      tableSetOf(projection),
      undefined,
      true,
    )) {
      if (!ofFaults.has(table))
        facts[table] = namedByRun.has(table) ? `${rows} rows` : `${rows} rows ${sha256}`;
    }
  }
  return facts;
}

async function auditFacts({ app, units, undisturbed }: Audited, report: Report): Promise<void> {
  const facts = await factsOf(app, units);
  for (const [table, hash] of Object.entries(undisturbed)) {
    if (facts[table] !== hash)
      report('facts differ from an undisturbed run', `${table}: ${facts[table]} instead of ${hash}`);
  }
}

async function auditReplay({ app, units }: Audited, report: Report): Promise<void> {
  for (const projection of units.projections) {
    try {
      const deps = { ...app.pipeline, generations: app.generations };
      const { equal, live, rebuilt } = await rebuild(projection, deps, { verify: true });
      if (equal) continue;
      const tables = live.filter(({ sha256 }, i) => rebuilt[i]?.sha256 !== sha256);
      report(
        'a clean replay differs',
        `${projection.id}: ${tables.map(({ table, rows }) => `${table} (${rows} rows)`).join(', ')}`,
      );
    } catch (error) {
      report('a clean replay fails', `${projection.id}: ${String(error)}`);
    }
  }
}
