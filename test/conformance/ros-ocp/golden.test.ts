import { describe, expect, it } from 'vitest';
import { readCsv } from '../../support/usage-report.ts';
import { differences, expectSameMetrics } from './compare.ts';
import { haveData, member, sample, sampleJson } from './data.ts';
import { goldenGroups, groupKey, ourMetrics, upstreamMetrics, type Experiments } from './upstream.ts';

const files: readonly (readonly [golden: string, read: () => Buffer])[] = [
  ['ros-ocp-usage', () => sample('ros-ocp-backend/ros-ocp-usage.csv')],
  ['ros-ocp-usage-24Hrs', () => sample('ros-ocp-backend/ros-ocp-usage-24Hrs.csv')],
  ['ros_ocp_namespace', () => sample('ros-ocp-backend/ros_ocp_namespace.csv')],
  ['cost-mgmt-tarball-report4', () => member('ros-ocp-backend/cost-mgmt.tar.gz', '.4.csv')],
  ['operator-container', () => sample('koku-metrics-operator/ros-openshift-container-202011.csv')],
  ['operator-namespace', () => sample('koku-metrics-operator/ros-openshift-namespace-202011.csv')],
  ['nise_container_24h', () => sample('nise-generated/nise_ros_container_24h.csv')],
  ['nise_namespace_24h', () => sample('nise-generated/nise_ros_namespace_24h.csv')],
  ['nise_container_16d', () => sample('nise-generated/nise_ros_container_16d.csv')],
];
const withoutPayloads = new Set(['cost-mgmt-tarball-report4', 'nise_container_16d']);

describe.skipIf(!haveData)('golden files of ros-ocp', () => {
  it.each(files)('%s: the same groups with the same numbers', async (name, read) => {
    const golden = goldenGroups(sample(`golden/${name}.aggregated.csv`));
    const { groups, read: account } = await readCsv(read());
    const ours = new Map(groups.map((group) => [groupKey(group), group.values]));
    expect(golden.map(({ key }) => key).sort()).toEqual([...ours.keys()].sort());
    expect(golden.flatMap(({ key, values }) => differences(values, ours.get(key)!))).toEqual([]);
    expect(account).toMatchObject({ code: null, groups: golden.length });
  });

  it.each(files.filter(([name]) => !withoutPayloads.has(name)))(
    '%s: the same metrics in updateResults',
    async (name, read) => {
      const golden = sampleJson(`golden/${name}.updateResults.json`) as Experiments;
      const { groups, usage } = await readCsv(read());
      expectSameMetrics(upstreamMetrics(golden), ourMetrics(groups));
      const latest = Object.values(golden).map(({ max_end }) => Date.parse(max_end));
      expect(Math.max(...usage.map((event) => event.report_end ?? 0))).toBe(Math.max(...latest));
    },
  );
});
