/** The account of rows that were set aside: exact counts by code, details of the first of each. */
import type { RejectedRow, RejectionCount } from '../../schemas/generated/events.ts';

/** Rows per code whose details are kept. */
export const MAX_DETAILS = 1000;
/** Most bytes of rows in one event. */
export const MAX_REJECTED_BYTES = 200 * 1024;

/** Collects rejections; what it holds is bounded by details × codes. */
export class Tally {
  /** Rows that were set aside. */
  total = 0;
  private readonly counts = new Map<string, number>();
  private readonly details: RejectedRow[] = [];

  /** Counts a row; `describe` is asked only while details of its code are still kept. */
  add(code: string, describe: () => RejectedRow): void {
    const count = this.counts.get(code) ?? 0;
    this.counts.set(code, count + 1);
    this.total += 1;
    if (count < MAX_DETAILS) this.details.push(describe());
  }

  /** Exact counts, by code. */
  reasons(): RejectionCount[] {
    return [...this.counts]
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => (a.code < b.code ? -1 : 1));
  }

  /** The kept details in file order, in parts that fit an event of 256 KiB. */
  *parts(): Generator<readonly RejectedRow[]> {
    let part: RejectedRow[] = [];
    let bytes = 0;
    for (const row of this.details.toSorted((a, b) => a.row - b.row)) {
      const size = 40 + Buffer.byteLength(`${row.column ?? ''}${row.code}${row.message}${row.excerpt}`);
      if (bytes + size > MAX_REJECTED_BYTES) {
        yield part;
        part = [];
        bytes = 0;
      }
      part.push(row);
      bytes += size;
    }
    if (part.length > 0) yield part;
  }
}
