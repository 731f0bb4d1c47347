/** POST /upload of the ingress API. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { classifyPart } from '../../../../streams/intake/content-type.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { Caller } from '../../caller.ts';
import type { HttpDeps } from '../../deps.ts';
import { errorBody, statusOf } from '../../errors.ts';
import type { IngressMetrics } from './ingress-metrics.ts';
import { BadForm, discard, knownFields, receive, type IncomingFile } from './receive.ts';

/** Body of 200, 201 and 202. */
interface Accepted {
  readonly request_id: string;
  readonly upload: { readonly account_number?: string; readonly org_id: string };
}

/** Adds POST /upload. */
export function uploadRoute(app: FastifyInstance, deps: HttpDeps, metrics: IngressMetrics): void {
  const { settings } = deps;
  app.post('/upload', { config: { refusal: 'ingress', reach: 'free' }, schema }, async (request, reply) => {
    const { caller } = request;
    reply.header('content-type', 'application/json; charset=utf-8');
    if (isTest(request)) {
      return reply.code(200).send(accepted(requestIdOf(request, settings.strict) ?? randomUUID(), caller));
    }
    try {
      return await take(request, reply, deps, metrics);
    } catch (error) {
      discard(request, settings.maxUploadBytes);
      reply.header('connection', 'close');
      if (error instanceof BadForm) return plain(reply, 400, error.message);
      if (error instanceof BadInput && error.code === 'UNSUPPORTED_TYPE' && settings.strict) {
        return reply.code(415).send('');
      }
      if (error instanceof BadInput) return reply.code(statusOf(error)).send(errorBody(error));
      throw error;
    }
  });
}

async function take(
  request: FastifyRequest,
  reply: FastifyReply,
  { settings, uploads }: HttpDeps,
  metrics: IngressMetrics,
): Promise<FastifyReply> {
  const { caller } = request;
  if (settings.deniedOrgs.includes(caller.org)) {
    discard(request, settings.maxUploadBytes);
    return plain(reply, 403, 'Upload denied. Please contact Red Hat Support.');
  }
  const requestId = requestIdOf(request, settings.strict);
  if (!request.isMultipart()) throw new BadForm();
  const file = await receive(request);
  const service = serviceOf(file, settings);
  try {
    const answer = await uploads.accept({
      org: caller.org,
      account: caller.account,
      requestId,
      filename: file.filename,
      mediaType: file.mediaType,
      channel: 'http',
      ...belonging(file, request),
      bytes: file.bytes,
      maxBytes: settings.maxUploadBytes,
    });
    metrics.size.observe(file.seen());
    return await reply
      .code(service === 'advisor' && !file.metadata() ? 201 : 202)
      .headers({
        'x-rh-insights-request-id': answer.requestId,
        location: `/api/rightstream/v1/uploads/${answer.uploadId}`,
      })
      .send(accepted(answer.requestId, caller));
  } catch (error) {
    if (!(error instanceof BadInput) || error.code !== 'BLOB_TOO_LARGE') throw error;
    await file.skip(settings.maxUploadBytes).catch(() => undefined);
    const limit = settings.maxUploadBytes;
    discard(request, limit);
    reply.header('connection', 'close');
    return plain(reply, 413, `File exceeds maximum file size (${limit}) for upload: ${file.seen()}`);
  }
}

/** The service that the file is for; throws BadInput UNSUPPORTED_TYPE when it is none that is taken. */
function serviceOf(file: IncomingFile, { strict, services }: HttpDeps['settings']): string {
  const byHand = !strict && file.mediaType === 'application/octet-stream' && /\.csv$/i.test(file.filename);
  // The parser hands over types without parameters: upstream's "application/x-gzip; charset=binary" arrives bare.
  const legacy = strict && file.mediaType === 'application/x-gzip';
  const type = byHand ? 'text/csv' : legacy ? 'application/x-gzip; charset=binary' : file.mediaType;
  const found = classifyPart(type, { strict, gzip: file.gzip });
  if (found !== null && services.includes(found.service)) return found.service;
  // A browser or curl names a tar.gz application/gzip, which upstream takes for another service's archive.
  if (!strict && file.gzip && found?.category === 'upload' && services.includes('hccm')) return 'hccm';
  throw new BadInput({
    code: 'UNSUPPORTED_TYPE',
    message: `"${file.mediaType}"${file.gzip ? ' (gzip)' : ' (not gzip)'} is not taken here; send a tar.gz as application/vnd.redhat.hccm.tar+tgz, or a report as text/csv`,
  });
}

/** Which cluster and source a bare report belongs to: fields before the file, or query parameters. */
function belonging(
  file: IncomingFile,
  request: FastifyRequest,
): { clusterId?: string; clusterAlias?: string; sourceId?: string } {
  const query = request.query as Record<string, unknown>;
  const [clusterId, clusterAlias, sourceId] = knownFields.map((name) => {
    const value = file.fields.get(name) ?? query[name];
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string' && value.length <= 255 && !/\p{C}/u.test(value)) return value;
    throw new BadInput({
      code: 'BAD_FIELD',
      message: `${name} must be one printable text of at most 255 characters`,
    });
  });
  return {
    ...(clusterId === undefined ? {} : { clusterId: clusterId.toLowerCase() }),
    ...(clusterAlias === undefined ? {} : { clusterAlias }),
    ...(sourceId === undefined ? {} : { sourceId }),
  };
}

/** Not strict: x-rh-request-id counts as well. */
function requestIdOf(request: FastifyRequest, strict: boolean): string | null {
  const { headers } = request;
  const raw = headers['x-rh-insights-request-id'] ?? (strict ? undefined : headers['x-rh-request-id']);
  const id = Array.isArray(raw) ? raw[0] : raw;
  if (id === undefined || id === '') return null;
  if (id.length <= 255 && /^[\x21-\x7e]+$/.test(id)) return id;
  throw new BadInput({
    code: 'BAD_REQUEST_ID',
    message: 'a request id has at most 255 printable characters and no spaces',
  });
}

/** `test=test` in the query or a urlencoded body, or the JSON body {"test":"test"}. */
function isTest(request: FastifyRequest): boolean {
  if ((request.query as Record<string, unknown>)['test'] === 'test') return true;
  const body = request.body;
  if (typeof body !== 'string') return false;
  if ((request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
    return new URLSearchParams(body).get('test') === 'test';
  }
  return /^\s*\{\s*"test"\s*:\s*"test"\s*\}\s*$/.test(body);
}

function accepted(requestId: string, caller: Caller): Accepted {
  return {
    request_id: requestId,
    upload: { ...(caller.account === null ? {} : { account_number: caller.account }), org_id: caller.org },
  };
}

function plain(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(text);
}

const text = { type: 'string' } as const;
const schema: FastifySchema = {
  tags: ['intake'],
  summary: 'Upload usage reports: a tar.gz of the metrics operator, or one CSV report',
  description:
    'Part `file` (or `upload`) of a multipart form. `x-rh-insights-request-id` makes a repeat harmless: same bytes, same answer; other bytes, 409. ' +
    'For a bare CSV, the fields or query parameters cluster_id, cluster_alias and source_id say what it belongs to.',
  consumes: ['multipart/form-data'],
  response: {
    202: {
      description: 'Stored durably; what becomes of it stands under /api/rightstream/v1/uploads.',
      type: 'object',
      properties: {
        request_id: text,
        upload: { type: 'object', properties: { account_number: text, org_id: text } },
      },
    },
    400: { description: 'No identity, or no file in the form (text).', type: 'string' },
    409: { description: 'The request id was used with other bytes.', $ref: 'Error#' },
    413: { description: 'Larger than the limit (text).', type: 'string' },
    415: { description: 'Not a type that is taken.', $ref: 'Error#' },
    503: { description: 'Storage is away; nothing was kept.', $ref: 'Error#' },
  },
};
