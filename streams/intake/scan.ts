import { createHash } from 'node:crypto';
import { reportKind, type ReportKind } from './report-kind.ts';

/** A header line longer than this is none. */
const maxHeaderBytes = 64 * 1024;
const newline = 0x0a;

/** What one pass over a file found. */
export interface ScannedFile {
  readonly kind: ReportKind;
  /** sha256 (hex) of the bytes; empty for other than usage reports, which nobody will read. */
  readonly digest: string;
  readonly size: number;
}

/** Reads a file through once: its kind by the first line, its digest and its size. Holds at most the first line. */
export async function scanFile(bytes: AsyncIterable<Uint8Array>): Promise<ScannedFile> {
  const hash = createHash('sha256');
  let head: Uint8Array[] | null = [];
  let headBytes = 0;
  let kind: ReportKind = 'other';
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (head !== null) {
      const end = chunk.indexOf(newline);
      head.push(end === -1 ? chunk : chunk.subarray(0, end));
      headBytes += chunk.byteLength;
      if (end !== -1 || headBytes > maxHeaderBytes) {
        kind = kindOf(head);
        head = null;
      }
    }
    if (head !== null || kind !== 'other') hash.update(chunk);
  }
  if (head !== null) kind = kindOf(head); // a header without a newline
  return { kind, digest: kind === 'other' ? '' : hash.digest('hex'), size };
}

function kindOf(head: readonly Uint8Array[]): ReportKind {
  const line = Buffer.concat(head);
  return line.byteLength > maxHeaderBytes ? 'other' : reportKind(line.toString('utf8'));
}
