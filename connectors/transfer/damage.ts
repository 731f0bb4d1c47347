/** What is said of a folder that cannot be used. */
import { BadInput } from '../../streams/runtime/errors.ts';

/** BadInput FILE_DAMAGED: the file is not what `export` wrote. `record` counts from 1. */
export function damaged(file: string, why: string, record?: number): BadInput {
  const at = record === undefined ? file : `${file}, record ${record}`;
  return new BadInput({
    code: 'FILE_DAMAGED',
    message: `${at}: ${why}. Copy the folder again, or export again`,
    coordinates: record === undefined ? { file } : { file, record },
  });
}
