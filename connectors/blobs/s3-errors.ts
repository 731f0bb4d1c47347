import { Retryable, codeOf } from '../../streams/runtime/errors.ts';

/** What an answer of the store, or the lack of one, means for whoever asked. */
export type FaultKind =
  | 'missing' // no object of that key
  | 'not-found' // a 404 that does not say of what: all that HEAD can say, and what other servers say
  | 'no-bucket'
  | 'no-upload' // the multipart upload is over, one way or the other
  | 'taken' // a condition on the object does not hold
  | 'past-end' // the range begins at or after the end of the object
  | 'denied'
  | 'full'
  | 'stopped' // we are closing
  | 'passing' // worth another try
  | 'refused'; // anything else: a try with the same request would fail the same way

/**
 * An answer that is no success, reduced to what may be shown. The SDK's error is not kept as the cause:
 * it carries the request, its signature and whatever text the store chose to send.
 */
export class StoreFault extends Error {
  readonly kind: FaultKind;
  /** The store's code, or that of the network. */
  readonly storeCode: string;
  /** Of HTTP; 0 when there was no answer. */
  readonly status: number;
  /** How often it was tried. */
  attempts = 1;
  constructor(kind: FaultKind, storeCode: string, status = 0) {
    super(`${storeCode}${status === 0 ? '' : `, HTTP ${status}`}`);
    this.name = 'StoreFault';
    this.kind = kind;
    this.storeCode = storeCode;
    this.status = status;
  }
}

const denied =
  /^(AccessDenied|AllAccessDisabled|Credentials\w*|ExpiredToken|Invalid(AccessKeyId|Token)|SignatureDoesNotMatch|TokenRefreshRequired)/;
const full = /(StorageFull|QuotaExceeded|InsufficientStorage)$/;
// What was damaged on the way, came too slowly or was too much at the moment. RequestTimeTooSkewed: the SDK sets its clock by the answer.
const passing =
  /^(SlowDown|Throttling\w*|Request(Timeout|TimeTooSkewed|LimitExceeded)|BadDigest|IncompleteBody|InternalError|ServiceUnavailable|XAmzContent\w+Mismatch)$/;
const byName: Readonly<Record<string, FaultKind>> = {
  NoSuchBucket: 'no-bucket',
  NoSuchKey: 'missing',
  NoSuchUpload: 'no-upload',
};

/** Reads an error of the SDK or of the network. */
export function faultOf(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const status = statusOf(error);
  const name = nameOf(error);
  return new StoreFault(kindOf(name, status), name, status);
}

function kindOf(name: string, status: number): FaultKind {
  if (passing.test(name)) return 'passing';
  if (denied.test(name) || status === 401 || status === 403) return 'denied';
  if (full.test(name) || status === 507) return 'full';
  if (status === 404) return byName[name] ?? 'not-found';
  if (status === 409 || status === 412) return 'taken';
  if (status === 416) return 'past-end';
  // Below 300: an answer that the SDK could not read.
  if (status < 300 || status === 408 || status === 429 || (status >= 500 && status !== 501)) return 'passing';
  return 'refused';
}

function statusOf(error: unknown): number {
  const metadata = (error as { $metadata?: { httpStatusCode?: unknown } } | null)?.$metadata;
  return typeof metadata?.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
}

/** A code, never free text: what the store writes into its answers is not ours to show. */
function nameOf(error: unknown): string {
  const code = codeOf(error);
  const name = code === 'UNEXPECTED' && error instanceof Error ? error.name : code;
  return /^[A-Za-z_][\w.]{0,63}$/.test(name) ? name : 'Unknown';
}

/** The Retryable for a fault while `doing` something: a failing store is never the fault of the bytes. */
export function storeError(fault: StoreFault, doing: string, bucket: string): Retryable {
  const { code, next } = policy(fault, bucket);
  const tries = fault.attempts > 1 ? `, ${fault.attempts} tries` : '';
  return new Retryable({
    code,
    message: `The blob store failed while ${doing} (${fault.message}${tries}). ${next}`,
    coordinates: { bucket, store_code: fault.storeCode, status: fault.status, attempts: fault.attempts },
  });
}

function policy({ kind, storeCode }: StoreFault, bucket: string): { code: string; next: string } {
  switch (kind) {
    case 'denied':
      return {
        code: 'BLOB_STORE_DENIED',
        next: `Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, and that this key may read, write and list bucket ${bucket}; work then goes on by itself.`,
      };
    case 'no-bucket':
      return { code: 'BUCKET_MISSING', next: bucketStep(bucket) };
    case 'full':
      return {
        code: 'STORAGE_FULL',
        next: 'Free some space in the store; the upload can then be sent again.',
      };
    case 'taken':
      return {
        code: 'STORAGE_UNAVAILABLE',
        next: 'The object changed in the meantime; trying again is all that is needed.',
      };
    case 'stopped':
      return { code: 'STORAGE_UNAVAILABLE', next: 'This process is ending; the next one goes on.' };
    case 'passing':
      return {
        code: 'STORAGE_UNAVAILABLE',
        next: 'Check the store and the network to it; work goes on by itself.',
      };
    default:
      return {
        code: 'STORAGE_UNAVAILABLE',
        next: `Check S3_ENDPOINT, S3_REGION and S3_BUCKET: ${storeCode} is not an answer that a well-configured store gives.`,
      };
  }
}

/** What to do about a bucket that is not there. */
export function bucketStep(bucket: string): string {
  return `There is no bucket ${bucket}: create it with \`rightstream apply\`, or set S3_BUCKET to one that exists.`;
}
