import { describe, expect, it } from 'vitest';
import { readCsv, type Group } from '../../support/usage-report.ts';
import { near } from './compare.ts';
import { haveData, member, sample } from './data.ts';
import { experimentName } from './upstream.ts';

function experiments(groups: readonly Group[]): Record<string, number> {
  const ends = new Map<string, Set<number>>();
  for (const group of groups) {
    const name = experimentName(group).split('|').slice(3).join('|');
    ends.set(name, (ends.get(name) ?? new Set()).add(group.end));
  }
  return Object.fromEntries([...ends].map(([name, set]) => [name, set.size]));
}

function expectNear(
  values: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
): void {
  const off = Object.entries(expected).filter(([name, value]) => !near(values[name], value));
  expect(off.map(([name, value]) => `${name}: ${value}, ours ${values[name]}`)).toEqual([]);
}

describe.skipIf(!haveData)('anchor numbers of ros-ocp', () => {
  it('ros-ocp-usage.csv: 105 rows in, 1 dropped, 103 groups, 3 experiments', async () => {
    const { groups, read, usage } = await readCsv(sample('ros-ocp-backend/ros-ocp-usage.csv'));
    expect(read).toMatchObject({ rows: 105, rejected: 1, accepted: 104, groups: 103, workloads: 3 });
    expect(experiments(groups)).toEqual({
      'Yuptoo-prod|replicaset|Yuptoo-app': 99,
      'Yuptoo-prod|deployment|servers': 1,
      'Yuptoo-prod|deployment|Yuptoo-service': 1,
    });
    expect(groups.filter(({ workload }) => workload === 'servers')).toHaveLength(3);
    const app = usage.find((event) => 'workload' in event && event.workload === 'Yuptoo-app');
    expect(app?.report_end).toBe(Date.parse('2023-06-03T00:45:00Z'));
    expectNear(groups.find(({ workload }) => workload === 'Yuptoo-service')!.values, {
      cpu_usage_container_min: 1,
      cpu_usage_container_max: 7,
      cpu_usage_container_sum: 4,
      cpu_usage_container_avg: 4,
      cpu_request_container_sum: 2,
      cpu_request_container_avg: 1,
      memory_usage_container_sum: 1027174532.129032,
      memory_usage_container_avg: 513587266.064516,
      memory_usage_container_min: 510009344,
      memory_usage_container_max: 513900544,
      memory_rss_usage_container_sum: 986623075.096774,
      memory_rss_usage_container_avg: 493311537.548387,
    });
  });

  it('cost-mgmt.tar.gz, report 4: 7 rows in, 1 dropped, 5 groups, 3 experiments', async () => {
    const { groups, read } = await readCsv(member('ros-ocp-backend/cost-mgmt.tar.gz', '.4.csv'));
    expect(read).toMatchObject({ rows: 7, rejected: 1, groups: 5, workloads: 3 });
    expect(Object.keys(experiments(groups))).toHaveLength(3);
  });

  it('ros_ocp_namespace.csv: 464 groups, 4 experiments of 116', async () => {
    const { groups, read, usage } = await readCsv(sample('ros-ocp-backend/ros_ocp_namespace.csv'));
    expect(read).toMatchObject({ rows: 464, rejected: 0, groups: 464, workloads: 4, kind: 'namespace' });
    expect(Object.values(experiments(groups))).toEqual([116, 116, 116, 116]);
    expect(usage.every((event) => event.report_end === Date.parse('2025-09-19T05:00:00Z'))).toBe(true);
  });

  it('the operator’s container file: 64 rows in, 12 dropped, 32 groups, 8 experiments of 4', async () => {
    const bytes = sample('koku-metrics-operator/ros-openshift-container-202011.csv');
    const { groups, read } = await readCsv(bytes);
    expect(read).toMatchObject({ rows: 64, rejected: 12, groups: 32, workloads: 8 });
    expect(Object.values(experiments(groups))).toEqual(Array.from({ length: 8 }, () => 4));
    const example = groups.find(
      ({ namespace, type, workload }) =>
        `${namespace}|${type}|${workload}` === 'america|replicationcontroller|example',
    )!;
    expect(example.rows).toBe(2);
    expectNear(example.values, {
      cpu_usage_container_avg: 0.047177,
      cpu_usage_container_sum: 0.094354,
      memory_usage_container_avg: 569382515.6129035,
      cpu_request_container_sum: NaN,
      cpu_limit_container_sum: NaN,
      cpu_throttle_container_sum: NaN,
    });
  });

  it('the operator’s namespace file: 8 groups, 2 experiments of 4', async () => {
    const { groups } = await readCsv(sample('koku-metrics-operator/ros-openshift-namespace-202011.csv'));
    expect(Object.values(experiments(groups))).toEqual([4, 4]);
  });

  it('nise, 24 h: 768 rows in, 192 dropped, 576 groups, 6 experiments of 96', async () => {
    const { groups, read } = await readCsv(sample('nise-generated/nise_ros_container_24h.csv'));
    expect(read).toMatchObject({ rows: 768, rejected: 192, groups: 576, workloads: 6 });
    expect(Object.values(experiments(groups))).toEqual([96, 96, 96, 96, 96, 96]);
    expect(new Set(groups.map(({ type }) => type)).size).toBe(6);
  });
});
