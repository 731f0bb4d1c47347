import { memoryBlobs } from '../../../connectors/blobs/memory.ts';
import { blobsContract } from './contract.ts';

blobsContract('memory', () => {
  const stored = new Map<string, Buffer>();
  return Promise.resolve({ blobs: memoryBlobs(stored), kept: () => Promise.resolve([...stored.keys()]) });
});
