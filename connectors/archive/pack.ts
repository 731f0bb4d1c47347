/** Packs files into a payload (tar.gz), as the operator does: for the demo and for tests. */
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** A file of a payload. */
export interface PayloadFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The bytes of a tar.gz with these files, in order. */
export async function packPayload(files: readonly PayloadFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, bytes } of files) tar.entry({ name }, bytes);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar.pipe(createGzip())) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
