import type { UploadedFile } from '../../schemas/generated/events.ts';
import { Terminal } from '../runtime/errors.ts';
import type { ReadManifest } from './manifest.ts';
import type { ScannedFile } from './scan.ts';

/** An upload may hold so many files at most. */
export const maxFiles = 2_000;

/** An event is at most 512 KiB; the rest of it needs far less than what is left. */
const maxListBytes = 448 * 1024;

/** A member of an archive after the pass over it. */
export interface FoundFile extends ScannedFile {
  readonly name: string;
  /** Position in the archive, from 0; null for a bare file. */
  readonly member: number | null;
}

/**
 * What to say of each file of an archive: found ones in archive order, then listed reports that are not in it.
 * Errors: Terminal LISTED_FILE_ABSENT when the manifest lists files and none of them came, TOO_MANY_FILES.
 */
export function listFiles(found: readonly FoundFile[], listed: ReadManifest): UploadedFile[] {
  const present = new Set(found.map((file) => file.name));
  const wanted = [...listed.reportFiles, ...listed.costFiles];
  if (wanted.length > 0 && !wanted.some((name) => present.has(name)))
    throw nothingCame(wanted[0]!, wanted.length);
  return bounded([
    ...found.map((file) => judge(file, listed)),
    ...[...listed.reportFiles].filter((name) => !present.has(name)).map(absent),
  ]);
}

/** What to say of a file that came alone. */
export function bareFile(file: FoundFile): UploadedFile {
  return file.kind === 'other' ? notAReport(file) : { ...file, code: null, message: null };
}

/** Terminal TOO_MANY_FILES. */
export function tooManyFiles(): Terminal {
  return new Terminal({
    code: 'TOO_MANY_FILES',
    message: `The archive holds or lists more files than one upload may have (${maxFiles}, or ${maxListBytes} bytes of names). Split it into several archives with the same manifest.`,
  });
}

function judge(file: FoundFile, listed: ReadManifest): UploadedFile {
  if (listed.reportFiles.has(file.name)) return bareFile(file);
  const cost = listed.costFiles.has(file.name);
  if (file.kind !== 'other') {
    return {
      ...file,
      code: 'UNLISTED_FILE',
      message: `It is a ${file.kind} report, but the manifest ${
        cost ? 'lists it as a cost file' : 'does not list it'
      }: name it in resource_optimization_files to have it read.`,
    };
  }
  if (!cost) return notAReport(file);
  return { ...file, code: 'COST_FILE', message: 'Cost files are not read; nothing needs to be done.' };
}

function notAReport(file: FoundFile): UploadedFile {
  return {
    ...file,
    code: 'NOT_A_USAGE_REPORT',
    message: 'Its first line has neither the columns of container reports nor those of namespace reports.',
  };
}

function absent(name: string): UploadedFile {
  return {
    name,
    member: null,
    kind: 'other',
    digest: '',
    size: 0,
    code: 'LISTED_FILE_ABSENT',
    message: 'Listed, but not in this archive: it may come in another archive of the same payload.',
  };
}

function nothingCame(first: string, count: number): Terminal {
  return new Terminal({
    code: 'LISTED_FILE_ABSENT',
    message: `None of the ${count} files that the manifest lists is in the archive; the first is ${JSON.stringify(first.slice(0, 80))}. Pack the files beside the manifest and send the archive again.`,
    coordinates: { listed: count },
  });
}

function bounded(files: UploadedFile[]): UploadedFile[] {
  const bytes = files.reduce(
    (total, file) => total + 48 + Buffer.byteLength(`${file.name}${file.digest}${file.code}${file.message}`),
    0,
  );
  if (files.length > maxFiles || bytes > maxListBytes) throw tooManyFiles();
  return files;
}
