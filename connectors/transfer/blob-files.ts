/** The uploaded files of a folder: `blobs/<organisation>/<aa>/<sha256>`; their names say what must be in them. */
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../streams/runtime/errors.ts';
import { fileNames } from './manifest.ts';

/** One of them. */
export interface BlobFile {
  readonly org: string;
  readonly digest: string;
  readonly size: number;
}

/** All of them, in no order. */
export async function* blobFiles(folder: string): AsyncGenerator<BlobFile> {
  const root = join(folder, fileNames.blobFolder);
  for await (const org of folders(root)) {
    for await (const start of folders(join(root, org))) {
      const at = join(root, org, start);
      for await (const { name } of await opendir(at)) {
        yield { org: decodeURIComponent(org), digest: name, size: (await stat(join(at, name))).size };
      }
    }
  }
}

/** Names of the folders in a folder; none when it is not there. Names that begin with a dot are for files under way. */
async function* folders(path: string): AsyncGenerator<string> {
  try {
    for await (const { name } of await opendir(path)) if (!name.startsWith('.')) yield name;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** Number and bytes of all of them. */
export async function countBlobs(folder: string): Promise<{ files: number; bytes: number }> {
  let [files, bytes] = [0, 0];
  for await (const { size } of blobFiles(folder)) {
    files += 1;
    bytes += size;
  }
  return { files, bytes };
}
