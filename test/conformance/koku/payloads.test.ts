import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBytes, type Outcome } from '../../streams/intake/upload.ts';

const data = process.env.CONFORMANCE_DATA;
if (data === undefined) console.warn('skipped: CONFORMANCE_DATA does not name the folder of reference files');

function open(...path: string[]): Promise<Outcome> {
  return openBytes(readFileSync(join(data ?? '', 'ros-ocp', ...path)));
}

async function filesOf(...path: string[]): Promise<[string, number | null, string, number, string | null][]> {
  const outcome = await open(...path);
  if (outcome.type !== 'UploadOpened') throw new Error(outcome.data.message);
  return outcome.data.files.map((file) => [file.name, file.member, file.kind, file.size, file.code]);
}

describe.skipIf(data === undefined)('payloads of the cost management service', () => {
  it('ros_payload: a cluster that is not named by a UUID is refused', async () => {
    expect(await open('koku', 'ros_payload.tar.gz')).toMatchObject({
      type: 'UploadRefused',
      data: { code: 'INVALID_CLUSTER_ID', message: expect.stringContaining('my-ocp-cluster-1') as string },
    });
  });

  it.each(['payload.tar.gz', 'bad_payload.tar.gz', 'outside_retention_payload.tar.gz'])(
    '%s: the same, though the rest can be read',
    async (name) => {
      expect(await open('koku', name)).toMatchObject({ data: { code: 'INVALID_CLUSTER_ID' } });
    },
  );

  it('payload2: a manifest alone, none of its files came', async () => {
    expect(await open('koku', 'payload2.tar.gz')).toMatchObject({
      type: 'UploadRefused',
      data: { code: 'LISTED_FILE_ABSENT', message: expect.stringContaining('None of the 5 files') as string },
    });
  });

  it('no_manifest', async () => {
    expect(await open('koku', 'no_manifest.tar.gz')).toMatchObject({
      type: 'UploadRefused',
      data: { code: 'NO_MANIFEST' },
    });
  });
});

describe.skipIf(data === undefined)('payloads of the operator', () => {
  const uuid = '795eb333-370a-4653-aa40-0f7fd911b61b';

  it('cost-mgmt: one container report of five files, manifest last', async () => {
    const outcome = await open('ros-ocp-backend', 'cost-mgmt.tar.gz');
    expect(outcome).toMatchObject({
      type: 'UploadOpened',
      data: {
        format: 'archive',
        cluster_id: '023d9b0e-7ca6-481d-b04f-ea606becd54e',
        manifest: {
          uuid,
          date: Date.UTC(2023, 2, 30, 14, 13, 36, 377),
          start: Date.UTC(2023, 2, 15, 13),
          end: Date.UTC(2023, 2, 17, 13, 59, 59),
          version: '26502d500672019af5c11319b558dec873409e38',
        },
      },
    });
    const file = (index: number): string => `${uuid}_openshift_usage_report.${index}.csv`;
    expect(await filesOf('ros-ocp-backend', 'cost-mgmt.tar.gz')).toEqual([
      [file(0), 0, 'other', 1_285_559, 'COST_FILE'],
      [file(1), 1, 'other', 220_289, 'COST_FILE'],
      [file(2), 2, 'other', 7_045_885, 'COST_FILE'],
      [file(3), 3, 'other', 71_834, 'COST_FILE'],
      [file(4), 4, 'container', 4_151, null],
    ]);
  });

  it.each([
    ['ros-ocp-backend', 'docs-example.cost-mgmt.tar.gz'],
    ['koku-metrics-operator', '20210720T180121-cost-mgmt.tar.gz'],
  ])('%s/%s: from before usage reports, opens with cost files only', async (...path) => {
    const codes = (await filesOf(...path)).map(([, , kind, , code]) => `${kind} ${code}`);
    expect(codes).toEqual(Array(4).fill('other COST_FILE'));
  });

  it.each([
    ['ros-ocp-backend', 'ros-ocp-usage.csv', 'container'],
    ['ros-ocp-backend', 'ros_ocp_namespace.csv', 'namespace'],
    ['koku-metrics-operator', 'ros-openshift-container-202011.csv', 'container'],
    ['koku-metrics-operator', 'ros-openshift-namespace-202011.csv', 'namespace'],
    ['nise-generated', 'nise_ros_container_24h.csv', 'container'],
    ['nise-generated', 'nise_ros_namespace_24h.csv', 'namespace'],
  ])('%s/%s alone is a %s report', async (folder, name, kind) => {
    expect(await filesOf(folder, name)).toMatchObject([['upload.bin', null, kind, expect.any(Number), null]]);
  });
});
