/** Answers of the API server that are no success, as errors whose class says what to do. */
import { Retryable, Terminal, type ErrorDetails } from '../../streams/runtime/errors.ts';

/** It may succeed later: the server is away or busy, or the object has changed since it was read. */
export class Postponed extends Retryable {
  /** Of the answer, when there was one. */
  readonly httpStatus: number | undefined;
  /** The server asks not to come again before, ms. */
  readonly retryAfterMs: number | undefined;
  constructor(
    details: ErrorDetails & { readonly httpStatus?: number; readonly retryAfterMs?: number },
    options?: ErrorOptions,
  ) {
    super(details, options);
    this.httpStatus = details.httpStatus;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The server will not do it as it stands: rights, rules or owners have to change, or what is asked. */
export class Refused extends Terminal {
  /** Of the answer; 0 when we refuse ourselves. */
  readonly httpStatus: number;
  constructor(details: ErrorDetails & { readonly httpStatus?: number }) {
    super(details);
    this.httpStatus = details.httpStatus ?? 0;
  }
}

/** What the API server says about a failure. */
interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly message?: string }[];
  };
}

/** Longest text of the server that is handed on. */
const MAX_MESSAGE = 1_000;

/** Text of a server, short enough for an event. */
function short(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE)}…`;
}

/** The error of an answer. `what` says what was asked (`apply Deployment shop/web-1`), `retryAfter` is the header. */
export function answerError(
  what: string,
  httpStatus: number,
  body: unknown,
  retryAfter?: string,
): Postponed | Refused {
  const status = (typeof body === 'object' && body !== null ? body : {}) as Status;
  const said = short(status.message ?? `HTTP ${httpStatus}`);
  const { code, next, later } = kindOf(httpStatus, status, said);
  const details = { code, message: `${what}: ${said}. ${next}`, httpStatus };
  if (!later) return new Refused(details);
  const seconds = Number(retryAfter ?? status.details?.retryAfterSeconds);
  return new Postponed(Number.isFinite(seconds) ? { ...details, retryAfterMs: seconds * 1000 } : details);
}

interface Kind {
  readonly code: string;
  readonly next: string;
  readonly later: boolean;
}

const LATER = 'It is tried again.';

function kindOf(httpStatus: number, status: Status, said: string): Kind {
  const causes = status.details?.causes ?? [];
  if (/(admission webhook|ValidatingAdmissionPolicy) ['"][^'"]*['"].* denied/.test(said)) {
    return refusal('CLUSTER_ADMISSION_DENIED', 'The webhook or policy that is named has to allow it.');
  }
  // a manifest that fits no schema: the server says 500
  if (said.includes('failed to create typed patch object')) {
    return refusal('CLUSTER_INVALID', 'Change what is declared.');
  }
  switch (httpStatus) {
    case 401:
      return later('CLUSTER_UNAUTHORIZED', 'The credentials in the kubeconfig are not accepted; renew them.');
    case 403:
      if (causes.some(({ reason }) => reason === 'NamespaceTerminating')) {
        return later('CLUSTER_NAMESPACE_TERMINATING', LATER);
      }
      if (said.includes('exceeded quota')) {
        return refusal('CLUSTER_QUOTA_EXCEEDED', 'Raise the quota of the namespace, or declare less.');
      }
      return refusal('CLUSTER_FORBIDDEN', '`rightstream doctor` names the rights that are missing.');
    case 404:
      return refusal('CLUSTER_NOT_FOUND', 'It may have been deleted meanwhile, or its namespace is missing.');
    case 409:
      if (causes.some(({ reason }) => reason === 'FieldManagerConflict')) {
        return refusal(
          'CLUSTER_OWNED_BY_OTHER',
          'Let the owner that is named give the fields up, or set the drift policy to `put-back`.',
        );
      }
      return later('CLUSTER_CONFLICT', LATER);
    case 410:
      return later('CLUSTER_GONE', LATER);
    case 429:
      return later('CLUSTER_BUSY', LATER);
    default:
      return httpStatus >= 500
        ? later('CLUSTER_FAULT', LATER)
        : refusal('CLUSTER_INVALID', 'Change what is declared.');
  }
}

function later(code: string, next: string): Kind {
  return { code, next, later: true };
}

function refusal(code: string, next: string): Kind {
  return { code, next, later: false };
}

/** The server cannot be reached, or does not answer in time. */
export function awayError(what: string, server: string, cause: unknown): Postponed {
  const why =
    cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
  return new Postponed(
    {
      code: 'CLUSTER_AWAY',
      message: `${what}: the API server ${server} is away (${why}). ${LATER}`,
      coordinates: { server },
    },
    { cause },
  );
}
