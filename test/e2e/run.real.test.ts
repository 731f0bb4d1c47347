import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import { startChild } from '../support/real/process.ts';
import type { Child } from '../support/real/process.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../support/real/shared.ts';
import { payload, reportFiles } from '../support/crash-reports.ts';

const program = join(import.meta.dirname, '../../dist/rightstream.js');
let place: KafkaPlace;
const children: Child[] = [];

/** A process of the deployment, once it says that it is up; the address that it serves. */
async function run(...args: string[]): Promise<{ child: Child; url: string | undefined }> {
  const child = await startChild({
    file: process.execPath,
    args: [program, 'run', '--port', '0', ...args],
    env: place.env,
  });
  children.push(child);
  await child.untilLine(/^ {2}data {8}/, 60_000);
  return { child, url: /dashboard +(\S+)\//.exec(child.tail())?.[1] };
}

beforeEach(async () => {
  place = await kafkaPlace(ownName('run'), {
    brokers: (await sharedKafka()).brokers,
    registryUrl: (await sharedRegistry()).url,
    s3: await sharedS3(),
    databaseUrl: await sharedDatabase(),
  });
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  place.close();
});

async function upload(url: string, name: string): Promise<{ status: number; requestId: string }> {
  const { bytes, filename } = payload(name, '2026-03-29T00:00:00Z', [reportFiles()[0]!]);
  const form = new FormData();
  const type = 'application/vnd.redhat.hccm.tar+tgz';
  form.set('file', new Blob([new Uint8Array(bytes)], { type }), filename);
  const answer = await fetch(`${url}/api/ingress/v1/upload`, { method: 'POST', body: form });
  return { status: answer.status, requestId: ((await answer.json()) as { request_id: string }).request_id };
}

describe('processes of the kafka profile', () => {
  it('HTTP, streams and projections in three processes bring an upload to recommendations; SIGTERM drains each', async () => {
    const http = await run('--only', 'http');
    const streams = await run('--only', 'streams');
    const projections = await run('--only', 'projections');
    expect(streams.url).toBeUndefined();
    expect((await upload(http.url!, 'r1')).status).toBe(202);
    const found = async (): Promise<number> => {
      const answer = await fetch(`${http.url!}/tables/recommendations`);
      return ((await answer.json()) as { data: unknown[] }).data.length;
    };
    await expect.poll(found, { timeout: 60_000 }).toBeGreaterThan(0);
    await expect.poll(async () => (await fetch(`${http.url!}/readyz`)).status).toBe(200);
    for (const { child } of [projections, streams, http]) {
      child.signal('SIGTERM');
      await child.exited;
      expect(child.tail()).toMatch(/ ended: 0\]$/);
    }
  });

  it('refuses a part that there is not', async () => {
    const child = await startChild({
      file: process.execPath,
      args: [program, 'run', '--only', 'stream'],
      env: place.env,
    });
    await child.exited;
    expect(child.tail()).toContain('BAD_OPTION');
    expect(child.tail()).toMatch(/ ended: 2\]$/);
  });
});
