import { BadInput } from '../../streams/runtime/errors.ts';

/** BadInput BLOB_TOO_LARGE: more than `maxBytes` bytes came. */
export function blobTooLarge(maxBytes: number): BadInput {
  return new BadInput({
    code: 'BLOB_TOO_LARGE',
    message: `More than ${maxBytes} bytes were sent, which is the limit. Send less at once, or raise the limit.`,
    coordinates: { max_bytes: maxBytes },
  });
}
