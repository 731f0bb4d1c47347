import type { UploadOpened } from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { defineStream } from '../runtime/define.ts';
import { Terminal } from '../runtime/errors.ts';
import { openUpload } from './open-upload.ts';

/** Reads each upload through once and says what is in it (`UploadOpened`), or why it cannot be read (`UploadRefused`). */
export default defineStream({
  id: 'open-uploads',
  version: 1,
  about: 'Reads an upload through once: what is in it, and what of it can be read.',
  from: [topics.intake],
  to: [topics.intake],
  on: {
    async *UploadReceived(event, { archives }) {
      const key = recordKey(event.org_id);
      const outcome = await openUpload(event, archives).catch(refusal);
      if (outcome instanceof Terminal) {
        const { upload_id, org_id, digest } = event;
        const data = { upload_id, org_id, digest, code: outcome.code, message: outcome.message };
        yield { topic: topics.intake, key, type: 'UploadRefused', data };
      } else {
        yield { topic: topics.intake, key, type: 'UploadOpened', data: outcome };
      }
    },
  },
});

/** What the sender can mend is an answer. That a stored upload is gone is ours to mend: it stays an error. */
function refusal(error: unknown): Terminal | UploadOpened {
  if (error instanceof Terminal && error.code !== 'BLOB_MISSING') return error;
  throw error;
}
