/** A few made-up payloads for tests that kill processes: overlapping, split, with bad rows, and one bare file. */
import type { App } from '../../connectors/cli/app.ts';
import { generateNamespaceReport, generateReport } from '../../connectors/csv/bench-data.ts';
import { tarGz } from './tar.ts';

/** One upload. */
export interface Payload {
  readonly requestId: string;
  readonly filename: string;
  readonly bytes: Buffer;
}

export const ORG = '3340851';
const CLUSTER = '1b36b20f-7fa0-4454-a6d2-008294e06378';
const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 28, 20);

/** Names and contents of the report files. */
export function reportFiles(): { readonly name: string; readonly body: Buffer }[] {
  const container = (hours: number, seed: number): Buffer =>
    Buffer.concat([
      ...generateReport({ containers: 6, intervals: 8, start: START + hours * HOUR, seed, badRows: 0.1 }),
    ]);
  const namespace = Buffer.concat([
    ...generateNamespaceReport({ containers: 2, intervals: 8, start: START, seed: 9 }),
  ]);
  return [
    { name: 'a.csv', body: container(0, 1) },
    { name: 'b.csv', body: container(2, 1) },
    { name: 'n.csv', body: namespace },
    { name: 'c.csv', body: container(3, 2) },
  ];
}

/** An archive of these files. */
export function payload(
  requestId: string,
  date: string,
  files: readonly { name: string; body: Buffer }[],
): Payload {
  // r1 and r1-again are one payload that is sent twice.
  const uuid = `795eb333-370a-4653-aa40-0000000000${requestId.slice(1, 2).padStart(2, '0')}`;
  const manifest = JSON.stringify({
    uuid,
    cluster_id: CLUSTER,
    date,
    files: [],
    resource_optimization_files: files.map(({ name }) => name),
  });
  return {
    requestId,
    filename: `${requestId}.tar.gz`,
    bytes: tarGz(...files, { name: 'manifest.json', body: manifest }),
  };
}

/** The fixed set; the third repeats a file of the first. */
export function reports(): Payload[] {
  const [a, b, n, c] = reportFiles();
  return [
    payload('r1', '2026-03-29T00:00:00Z', [a!, n!]),
    payload('r2', '2026-03-29T01:00:00Z', [b!]),
    payload('r3', '2026-03-29T02:00:00Z', [c!, a!]),
  ];
}

/** Uploads payloads one after the other. */
export async function ingest(app: App, payloads: readonly Payload[]): Promise<void> {
  for (const { requestId, filename, bytes } of payloads) {
    await app.uploads.accept({
      org: ORG,
      account: null,
      requestId,
      filename,
      mediaType: 'application/vnd.redhat.hccm.tar+tgz',
      channel: 'cli',
      bytes: (async function* () {
        await Promise.resolve();
        yield bytes;
      })(),
      maxBytes: 1e8,
    });
  }
}
