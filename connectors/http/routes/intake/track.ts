/** GET /track of the ingress API: what became of an upload by its request id, as the payload tracker of the platform tells it. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HttpDeps } from '../../deps.ts';

const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** One step of an upload, the latest first. */
interface Step {
  readonly service: string;
  readonly status: string;
  readonly status_msg: string;
  readonly date: string;
  readonly inventory_id: string;
}

/** Adds the route. Strict: only UUIDs are request ids, as upstream has it. */
export function trackRoute(app: FastifyInstance, { readModels, settings }: HttpDeps): void {
  app.get<{ Params: { requestId: string } }>(
    '/track/:requestId',
    {
      // The parameters are read here: the route answers in words, not in the errors of this product.
      validatorCompiler: () => () => true,
      config: { refusal: 'ingress', reach: 'free' },
      schema: {
        tags: ['intake'],
        summary: 'What became of an upload, by its request id',
        description: 'verbosity=2 and more: every step that is known, the latest first.',
        params: { type: 'object', properties: { requestId: { type: 'string', maxLength: 255 } } },
        querystring: { type: 'object', properties: { verbosity: { type: 'integer', default: 0 } } },
        response: {
          200: { description: 'The latest step.', type: 'object', additionalProperties: true },
          400: { description: 'No request id (text).', type: 'string' },
          404: { description: 'No such upload in this organisation (empty).', type: 'string' },
        },
      },
    },
    async ({ params: { requestId }, query, caller }, reply) => {
      const asId = uuid.test(requestId);
      if (!asId && (settings.strict || !/^[\x21-\x7e]{1,255}$/.test(requestId))) {
        return text(reply, 400, 'request id is not an uuid');
      }
      const value = asId ? spellings(requestId) : [requestId];
      const [upload] = await readModels.select({
        table: 'uploads',
        org: caller.org,
        where: [{ column: 'request_id', op: 'in', value }],
        orderBy: [{ column: 'received_at', descending: true }],
        limit: 1,
      });
      if (upload === undefined) return text(reply, 404, '');
      const steps = stepsOf(upload);
      const verbosity = Number((query as Readonly<Record<string, unknown>>)['verbosity'] ?? 0);
      if (!(verbosity >= 2)) return steps[0];
      const of = { request_id: upload['request_id'], org_id: caller.org, account: caller.account ?? '' };
      return { data: steps.map((step) => ({ ...of, ...step })), duration: {} };
    },
  );
}

function text(reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(body);
}

/** A UUID as clients write it: with dashes or without. */
function spellings(id: string): string[] {
  const hex = id.replaceAll('-', '').toLowerCase();
  return [...new Set([id, hex, hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')])];
}

/** Status of the tracker by status of the upload. */
const statuses: Readonly<Record<string, string>> = {
  received: 'processing',
  reading: 'processing',
  accepted: 'success',
  duplicate: 'success',
  'partly-rejected': 'success',
  rejected: 'error',
};

function stepsOf(upload: Readonly<Record<string, unknown>>): Step[] {
  const [status, code, message] = ['status', 'code', 'message'].map((name) => upload[name]);
  const known = typeof status === 'string' ? status : 'received';
  const step = (service: string, name: string, status_msg: string): Step => ({
    service,
    status: name,
    status_msg,
    // When it was stored: later moments are not kept.
    date: String(upload['received_at']),
    inventory_id: '',
  });
  return [
    step(
      'ros',
      statuses[known] ?? 'processing',
      typeof code === 'string' ? `${known}: ${code}: ${String(message)}` : known,
    ),
    step('ingress', 'success', 'sent to validation service'),
    step('ingress', 'received', 'upload received'),
  ];
}
