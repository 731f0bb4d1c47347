import { Terminal } from '../../streams/runtime/errors.ts';
import type { Archives, Reports } from '../../streams/runtime/ports.ts';
import { defaultLimits, type CsvLimits } from './limits.ts';
import { readReport } from './read.ts';

/** What {@link csvReports} needs: where files come from, and limits other than the usual. */
export interface CsvReportsOptions extends Partial<CsvLimits> {
  readonly archives: Pick<Archives, 'file'>;
}

/**
 * Usage reports as CSV: container and namespace reports told apart by their header, in any column order, extra columns
 * passed over. Memory is bounded by the limits. What the archive throws passes through untouched.
 */
export function csvReports({ archives, ...limits }: CsvReportsOptions): Reports {
  const bounds = { ...defaultLimits, ...limits };
  return {
    async open(at) {
      try {
        return await readReport(archives.file(at), bounds);
      } catch (error) {
        if (!(error instanceof Terminal)) throw error;
        const where = at.member === null ? {} : { member: at.member };
        throw new Terminal(
          {
            code: error.code,
            message: error.message,
            coordinates: { blob: at.blob, ...where, ...error.coordinates },
          },
          { cause: error },
        );
      }
    },
  };
}
