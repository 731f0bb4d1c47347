/** Uploads for the dashboard: what came, what became of it, and the rows that were set aside. */
import type { FastifyInstance } from 'fastify';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { HttpDeps } from '../../deps.ts';
import { answers, page, pageProperties, type PageQuery } from '../paging.ts';

/** Most files and rejected rows that a detail shows; more stand under /tables. */
const shownFiles = 1000;
const shownRows = 100;

/** Adds the list and the detail. */
export function uploadsRoutes(app: FastifyInstance, { readModels }: HttpDeps): void {
  const tags = ['intake'];
  app.get<{ Querystring: PageQuery & { status?: string; request_id?: string } }>(
    '/api/rightstream/v1/uploads',
    {
      schema: {
        tags,
        summary: 'Uploads, latest first',
        querystring: {
          type: 'object',
          properties: {
            status: { type: 'string', maxLength: 40 },
            request_id: { type: 'string', maxLength: 255 },
            ...pageProperties,
          },
        },
        response: answers,
      },
    },
    async ({ query, caller }) => {
      const where: Filter[] = (['status', 'request_id'] as const).flatMap((column) => {
        const value = query[column];
        return value === undefined || value === '' ? [] : [{ column, op: 'eq' as const, value }];
      });
      const scope = { table: 'uploads', org: caller.org, where };
      const { limit, offset } = page(query);
      const orderBy = [
        { column: 'received_at', descending: true },
        { column: 'upload_id', descending: false },
      ];
      const [count, rows] = await Promise.all([
        readModels.count(scope),
        readModels.select({ ...scope, orderBy, limit, offset }),
      ]);
      return { data: rows, meta: { count, limit, offset } };
    },
  );
  app.get<{ Params: { id: string } }>(
    '/api/rightstream/v1/uploads/:id',
    {
      schema: {
        tags,
        summary: 'One upload: its files, reasons and first rejected rows',
        params: { type: 'object', properties: { id: { type: 'string', maxLength: 64 } } },
        response: answers,
      },
    },
    async ({ params, caller }) => {
      const { org } = caller;
      const of: Filter[] = [{ column: 'upload_id', op: 'eq', value: params.id.toLowerCase() }];
      const [upload] = await readModels.select({ table: 'uploads', org, where: of, limit: 1 });
      if (upload === undefined) {
        throw new BadInput({
          code: 'UPLOAD_NOT_FOUND',
          message: `there is no upload ${params.id}; it may not have been read yet, or it is not yours`,
        });
      }
      const files = await readModels.select({ table: 'upload_files', org, where: of, limit: shownFiles });
      const rejected = await rejectedRows(org, upload, files);
      return { data: upload, files, rejected_rows: rejected };
    },
  );

  /** By report, not by upload: a report that came twice keeps its rejected rows under the upload that brought it first. */
  async function rejectedRows(
    org: string,
    upload: Readonly<Record<string, unknown>>,
    files: readonly Readonly<Record<string, unknown>>[],
  ): Promise<readonly Record<string, unknown>[]> {
    const digests = files
      .filter((file) => Number(file['rejected']) > 0 || file['status'] === 'duplicate')
      .map((file) => String(file['digest']))
      .filter((digest) => digest !== '');
    if (digests.length === 0) return [];
    const cluster = upload['cluster_id'];
    return readModels.select({
      table: 'rejected_rows',
      org,
      where: [
        { column: 'digest', op: 'in', value: [...new Set(digests)] },
        ...(typeof cluster === 'string' ? [{ column: 'cluster_id', op: 'eq' as const, value: cluster }] : []),
      ],
      orderBy: [
        { column: 'digest', descending: false },
        { column: 'row', descending: false },
      ],
      limit: shownRows,
    });
  }
}
