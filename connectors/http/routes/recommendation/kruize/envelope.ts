/** Answers in the envelope of Kruize, and what its routes have in common. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { BadInput } from '../../../../../streams/runtime/errors.ts';
import { NotYetDecided } from '../../../ask.ts';
import { statusOf } from '../../../errors.ts';

/** A refusal in the words of Kruize. */
export class KruizeError extends Error {
  readonly status: number;
  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** Body of an answer that is no list. */
export interface Envelope {
  readonly message: string;
  readonly httpcode: number;
  readonly documentationLink: '';
  readonly status: 'SUCCESS' | 'ERROR';
  readonly data?: unknown;
}

/** Puts a message into the envelope. */
export function envelope(httpcode: number, message: string, data?: unknown): Envelope {
  const status = httpcode < 400 ? 'SUCCESS' : 'ERROR';
  return { message, httpcode, documentationLink: '', status, ...(data === undefined ? {} : { data }) };
}

/** Sends the envelope with its status. */
export function send(reply: FastifyReply, httpcode: number, message: string, data?: unknown): FastifyReply {
  return reply.code(httpcode).send(envelope(httpcode, message, data));
}

/** Whatever is thrown in the routes of a scope is told in the envelope; what has no class of ours goes on. */
export function installEnvelope(scope: FastifyInstance): void {
  scope.setErrorHandler((error, _request, reply) => {
    if (error instanceof KruizeError) return send(reply, error.status, error.message);
    if (error instanceof BadInput) return send(reply, statusOf(error), error.message);
    if (error instanceof NotYetDecided) {
      return reply
        .code(202)
        .header('location', `/api/rightstream/v1/answers/${error.ids[0] ?? ''}`)
        .send({
          ...envelope(202, 'Accepted, and not decided yet: GET the location.'),
          data: { wishes: error.ids },
        });
    }
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 413) {
      return send(reply, 413, 'The body is too large: send fewer records, or fewer metrics per record.');
    }
    throw error;
  });
}
