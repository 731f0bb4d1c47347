/** Files of JSON that a command is given. */
import { open } from 'node:fs/promises';
import { BadInput } from '../../streams/runtime/errors.ts';

/** Largest file, bytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What a file holds. Not there, too large, not JSON: BadInput FILE_NOT_FOUND, FILE_TOO_LARGE, BAD_JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new BadInput(
      { code: 'BAD_JSON', message: `${path} is not JSON: ${(error as Error).message}` },
      { cause: error },
    );
  }
}

/** The text of a file, UTF-8. Not there, too large: BadInput FILE_NOT_FOUND, FILE_TOO_LARGE. */
export async function readText(path: string, maxBytes = MAX_BYTES): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw new BadInput({ code: 'FILE_NOT_FOUND', message: `cannot read ${path}` }, { cause: error });
  });
  try {
    const info = await file.stat();
    if (!info.isFile()) throw new BadInput({ code: 'FILE_NOT_FOUND', message: `${path} is no file` });
    if (info.size > maxBytes) {
      throw new BadInput({
        code: 'FILE_TOO_LARGE',
        message: `${path} has ${info.size} bytes; at most ${maxBytes} are read`,
      });
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
