/** Confirms to the upload service that a payload could be opened, or that it could not, as the listener of cost management does. */
import { recordKey } from '../../schemas/keys.ts';
import type { NewRecord, TypedEvent } from '../../streams/runtime/ports.ts';
import type { KnownUpload } from './request-ids.ts';

/** The confirmation, as a record of `topic`; `at` in ms. The same for the same upload, but for a redriven one. */
export function confirmation(
  topic: string,
  event: TypedEvent & { readonly type: 'UploadOpened' | 'UploadRefused' },
  { received, requestId }: KnownUpload,
  at: number,
): NewRecord {
  const validation = event.type === 'UploadOpened' ? 'success' : 'failure';
  return {
    topic,
    key: recordKey(received.org_id),
    value: Buffer.from(JSON.stringify({ request_id: requestId, validation })),
    headers: { 'event-id': `${received.upload_id}/${validation}` },
    timestamp: at,
  };
}
