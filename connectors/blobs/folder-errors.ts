import { Retryable, codeOf, messageOf } from '../../streams/runtime/errors.ts';

const fullCodes = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Runs one file-system call. A full disk becomes Retryable STORAGE_FULL, anything else Retryable STORAGE_UNAVAILABLE:
 * a failing store is never the fault of the bytes.
 */
export async function onDisk<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw diskError(doing, cause);
  }
}

/** The Retryable for an error of the file system while `doing` something. */
export function diskError(doing: string, cause: unknown): Retryable {
  const full = fullCodes.has(codeOf(cause));
  return new Retryable(
    {
      code: full ? 'STORAGE_FULL' : 'STORAGE_UNAVAILABLE',
      message: `${full ? 'The blob folder is full' : 'The blob folder failed'} while ${doing} (${messageOf(cause)}). ${
        full ? 'Free some space; the upload can then be sent again.' : 'Check the disk and its permissions.'
      }`,
      coordinates: { os_code: codeOf(cause) },
    },
    { cause },
  );
}
