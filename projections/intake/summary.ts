/** What became of an upload, from what became of its files. */
import type { Row } from '../runtime/table.ts';
import type { intakeTables } from './tables.ts';

type UploadRow = Row<(typeof intakeTables)['uploads']>;
type FileRow = Row<(typeof intakeTables)['upload_files']>;
type Outcome = Pick<UploadRow, 'status' | 'code' | 'message' | 'files' | 'rows' | 'accepted' | 'rejected'>;

/** Sums up files; an upload is as good as its usage reports, ignored files aside. */
export function summarise(files: readonly Readonly<FileRow>[]): Outcome {
  const sum = (column: 'rows' | 'accepted' | 'rejected'): number =>
    files.reduce((n, file) => n + file[column], 0);
  const counts = {
    files: files.length,
    rows: sum('rows'),
    accepted: sum('accepted'),
    rejected: sum('rejected'),
  };
  const reports = files.filter((file) => file.status !== 'ignored');
  const has = (status: string): boolean => reports.some((file) => file.status === status);
  const all = (status: string): boolean => reports.every((file) => file.status === status);
  const fine = { code: null, message: null, ...counts };
  if (reports.length === 0) {
    return {
      ...fine,
      status: 'accepted',
      code: 'NO_USAGE_REPORTS',
      message: 'The payload lists no resource-optimization files; there was nothing to read.',
    };
  }
  if (has('reading')) return { ...fine, status: 'reading' };
  if (all('duplicate')) return { ...fine, status: 'duplicate' };
  const bad = reports.find((file) => file.status === 'rejected');
  if (all('rejected')) return { ...fine, status: 'rejected', code: bad!.code, message: bad!.message };
  if (bad !== undefined) return { ...fine, status: 'partly-rejected', code: bad.code, message: bad.message };
  return { ...fine, status: has('partly-rejected') ? 'partly-rejected' : 'accepted' };
}

/** Codes of files that are left alone without fault. */
const harmless = new Set(['LISTED_FILE_ABSENT', 'UNLISTED_FILE']);

/** Status of a file as it was found, before it is read. */
export function foundStatus(kind: string, code: string | null, archive: boolean): string {
  if (code !== null) return harmless.has(code) || (archive && kind === 'other') ? 'ignored' : 'rejected';
  return kind === 'other' ? 'ignored' : 'reading';
}

/** Status of a file that was read. */
export function readStatus(code: string | null, accepted: number, rejected: number): string {
  if (code !== null) return 'rejected';
  if (rejected === 0) return 'accepted';
  return accepted === 0 ? 'rejected' : 'partly-rejected';
}
