/** What the platform is told of an upload: the message that the upload service of the platform sends. */
import type { NewRecord } from '../../streams/runtime/ports.ts';
import { recordKey } from '../../schemas/keys.ts';

/** An upload that was accepted. */
export interface AcceptedUpload {
  readonly uploadId: string;
  readonly requestId: string;
  readonly org: string;
  readonly account: string | null;
  readonly mediaType: string;
  readonly size: number;
  /** When, ms since 1970. */
  readonly at: number;
}

const SERVICE = 'hccm';

/** How long the inventory of the platform takes what it was told for true, ms. */
const FRESH_MS = 30 * 24 * 3_600_000;

/** An identity as the platform hands it on, base64: nobody's in particular, of the organisation. */
export function identityText(org: string, account: string | null): string {
  const identity = {
    identity: {
      ...(account === null ? {} : { account_number: account }),
      org_id: org,
      internal: { org_id: org },
    },
  };
  return Buffer.from(JSON.stringify(identity)).toString('base64');
}

/** The message, as a record of `topic`. Without a link what was uploaded is read through us. */
export function uploadAnnouncement(topic: string, upload: AcceptedUpload, url?: string): NewRecord {
  const { uploadId, requestId, org, account, mediaType, size, at } = upload;
  const stale = new Date(at + FRESH_MS).toISOString();
  const message = {
    account: account ?? '',
    category: 'tar',
    content_type: mediaType,
    metadata: { reporter: 'ingress', ...(url === undefined ? {} : { stale_timestamp: stale }) },
    request_id: requestId,
    principal: org,
    org_id: org,
    service: SERVICE,
    size,
    ...(url === undefined ? {} : { url }),
    id: uploadId,
    b64_identity: identityText(org, account),
    timestamp: new Date(at).toISOString(),
  };
  return {
    topic,
    key: recordKey(org),
    value: Buffer.from(JSON.stringify(message)),
    headers: { service: SERVICE, 'event-id': uploadId },
    timestamp: at,
  };
}

/** Statuses that the upload service tells of an accepted upload, in order. */
const STATUSES = [
  ['received', 'upload received'],
  ['success', 'sent to validation service'],
] as const;

/** What the payload tracker is told, as records of `topic`. */
export function uploadStatuses(topic: string, upload: AcceptedUpload): NewRecord[] {
  const { uploadId, requestId, org, account, at } = upload;
  return STATUSES.map(([status, status_msg]) => ({
    topic,
    key: recordKey(org),
    value: Buffer.from(
      JSON.stringify({
        service: 'ingress',
        account: account ?? '',
        org_id: org,
        request_id: requestId,
        status,
        status_msg,
        date: new Date(at).toISOString(),
      }),
    ),
    headers: { 'event-id': `${uploadId}/${status}` },
    timestamp: at,
  }));
}
