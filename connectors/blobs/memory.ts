import { createHash } from 'node:crypto';
import type { Blobs } from '../../streams/runtime/ports.ts';
import { addressToRead, blobMissing, orgToWrite } from './address.ts';
import { blobTooLarge } from './limit.ts';

const chunkBytes = 256 * 1024;

/** Port `Blobs` in process memory, for tests and the memory profile. `stored` maps `<org>/<sha256>` to the bytes. */
export function memoryBlobs(stored = new Map<string, Buffer>()): Blobs {
  return {
    async put(org, bytes, maxBytes) {
      const folder = orgToWrite(org);
      const hash = createHash('sha256');
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of bytes) {
        size += chunk.byteLength;
        if (size > maxBytes) throw blobTooLarge(maxBytes);
        hash.update(chunk);
        chunks.push(Uint8Array.from(chunk));
      }
      const digest = hash.digest('hex');
      const name = `${folder}/${digest}`;
      if (!stored.has(name)) stored.set(name, Buffer.concat(chunks));
      return { digest, size };
    },
    async *get(org, digest) {
      const at = addressToRead(org, digest);
      const blob = stored.get(`${at.org}/${at.digest}`);
      if (blob === undefined) throw blobMissing(org, digest);
      for (let start = 0; start < blob.length; start += chunkBytes) {
        yield blob.subarray(start, start + chunkBytes);
      }
    },
  };
}
