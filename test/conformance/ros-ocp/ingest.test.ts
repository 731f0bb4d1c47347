/** A real payload through the command line, as a script would ingest it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../connectors/define.ts';

const data = process.env['CONFORMANCE_DATA'];
if (data === undefined) console.log('CONFORMANCE_DATA is not set: the ingest conformance test is skipped');

it.skipIf(data === undefined)(
  'cost-mgmt.tar.gz: 7 rows in, 1 rejected, 5 groups, 3 workloads, exit code 3',
  () => {
    const dir = mkdtempSync(join(tmpdir(), 'rightstream-ingest-'));
    const payload = join(data!, 'ros-ocp/ros-ocp-backend/cost-mgmt.tar.gz');
    const program = join(packageRoot(), 'dist', 'rightstream.js');
    try {
      execFileSync(process.execPath, [program, 'ingest', payload, '--json', '--data-dir', dir]);
      expect.unreachable('one row is rejected, so the exit code is 3');
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: Buffer };
      expect(status).toBe(3);
      const { uploads } = JSON.parse(stdout.toString()) as {
        uploads: { files: Record<string, unknown>[] }[];
      };
      const report = uploads[0]!.files.find((file) => file['kind'] === 'container');
      expect(report).toMatchObject({
        rows: 7,
        accepted: 6,
        rejected: 1,
        superseded: 0,
        groups: 5,
        workloads: 3,
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
);
