import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  containerSignals,
  containerThrottleMin,
  signalColumns,
  type Signals,
} from '../../../../projections/recommendation/engine/signals.ts';
import { containerColumns, intervalColumns } from '../../../../schemas/usage-columns.ts';
import { container, flat, namespace, NOW, QUARTER, settings } from './usage.ts';

const containerNames = [...intervalColumns, ...containerColumns.map((column) => column.name)];
const at = (signals: Signals, name: (typeof signalColumns)[number], row = 0) =>
  signals.columns[signalColumns.indexOf(name)]![row];

describe('container signals', () => {
  it('CPU below one core: usage and throttle added, the pod share left out', () => {
    const signals = container([
      {
        end: NOW,
        cpu_usage_avg: 0.1,
        cpu_usage_min: 0.05,
        cpu_usage_max: 0.7,
        cpu_usage_sum: 8,
        cpu_throttle_avg: 0.1,
        cpu_throttle_max: 0.2,
        cpu_throttle_sum: 80,
      },
    ]);
    expect(at(signals, 'iMax')).toBe(0.7 + 0.2);
    expect(at(signals, 'iMin')).toBe(0.05);
  });

  it('CPU from one core on: the larger of total and pod share, (sum + throttle sum) / (sum / avg)', () => {
    const row = { end: NOW, cpu_usage_avg: 2, cpu_usage_min: 1.5, cpu_usage_max: 2.5, cpu_usage_sum: 4 };
    const signals = container([{ ...row, cpu_throttle_avg: 0, cpu_throttle_max: 0, cpu_throttle_sum: 3 }]);
    expect(at(signals, 'iMax')).toBe(3.5);
    expect(at(signals, 'iMin')).toBe(1.5);
    expect(at(container([{ ...row, cpu_usage_max: 1.2, cpu_throttle_sum: 0 }]), 'iMax')).toBe(2);
    expect(at(container([{ ...row, cpu_usage_max: 1, cpu_throttle_sum: 3 }]), 'iMax')).toBe(3.5);
  });

  it('a maximum of 0 or none gives way to the average', () => {
    expect(at(container([{ end: NOW, cpu_usage_avg: 0.3, cpu_usage_max: 0 }]), 'iMax')).toBe(0.3);
    expect(at(container([{ end: NOW, cpu_usage_avg: 0.3 }]), 'iMax')).toBe(0.3);
    expect(at(container([{ end: NOW, cpu_usage_avg: 0.3, cpu_throttle_avg: 0.1 }]), 'iMax')).toBe(0.3 + 0.1);
  });

  it('without CPU pods the pod count of memory is used', () => {
    const signals = container([
      { end: NOW, cpu_usage_max: 1.5, cpu_usage_sum: 9, memory_usage_avg: 100, memory_usage_sum: 300 },
    ]);
    expect(at(signals, 'iMax')).toBe(3);
    expect(at(signals, 'mMax')).toBe(100);
    expect(at(signals, 'pods')).toBe(0);
  });

  it('memory: the larger of maximum and pod share; the smallest positive of all three', () => {
    const row = { end: NOW, cpu_usage_avg: 1, cpu_usage_sum: 2, memory_usage_sum: 500 };
    expect(at(container([{ ...row, memory_usage_max: 200, memory_usage_min: 0 }]), 'mMax')).toBe(250);
    expect(at(container([{ ...row, memory_usage_max: 200, memory_usage_min: 0 }]), 'mMin')).toBe(250);
    expect(at(container([{ ...row, memory_usage_max: 300, memory_usage_min: 40 }]), 'mMin')).toBe(40);
  });

  it('spike: the ceiling of the raw amounts, so 0.2 counts as 1 and the unit matters', () => {
    const row = {
      memory_usage_max: 10.2,
      memory_usage_min: 10,
      memory_rss_usage_max: 5,
      memory_rss_usage_min: 5,
    };
    expect(at(container([{ end: NOW, ...row }]), 'spike')).toBe(1);
    expect(at(container([{ end: NOW, ...row, memory_rss_usage_max: 7.5 }]), 'spike')).toBe(3);
  });

  it.each([
    [0.6, 0.2, 3],
    [0.07, 0.01, 8],
    [0.28, 0.04, 8],
    [0.54, 0.06, 10],
    [0.5, 0, 0],
  ])('pods: ceil(%d / %d) = %d, in plain floats', (sum, average, pods) => {
    expect(at(container([{ end: NOW, cpu_usage_sum: sum, cpu_usage_avg: average }]), 'pods')).toBe(pods);
  });

  it('what is not sent counts as 0, but current settings stay absent', () => {
    const signals = container([{ end: NOW, cpu_limit_avg: 0 }]);
    expect(['iMax', 'iMin', 'mMax', 'mMin', 'spike', 'pods'].map((n) => at(signals, n as 'iMax'))).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
    expect(at(signals, 'cpuRequest')).toBeNaN();
    expect(at(signals, 'cpuLimit')).toBe(0);
  });

  it('current settings are the averages', () => {
    const signals = container([
      { end: NOW, ...settings(1, 2, 3, 4), cpu_request_sum: 10, memory_limit_sum: 40 },
    ]);
    expect(signals.columns.slice(8).map((column) => column[0])).toEqual([1, 2, 3, 4]);
  });

  it('a smallest throttle, where it is sent, raises the smallest demand', () => {
    const usage = {
      length: 1,
      columns: Array.from({ length: containerThrottleMin + 1 }, () => new Float64Array(1)),
    };
    const set = (column: number, value: number): void => {
      usage.columns[column]![0] = value;
    };
    set(containerNames.indexOf('cpu_usage_container_avg'), 0.5);
    set(containerNames.indexOf('cpu_usage_container_min'), 0.1);
    set(containerNames.indexOf('cpu_usage_container_max'), 0.6);
    set(containerThrottleMin, 0.05);
    expect(at(containerSignals(usage), 'iMin')).toBe(0.1 + 0.05);
  });

  it('rows come in any order and of equal ends the first counts', () => {
    const rows = [0, 1, 2].map((i) => ({ end: NOW - i * QUARTER, ...flat(i + 1, 10) }));
    const signals = container([...rows, { end: NOW, ...flat(99, 99) }]);
    expect(signals.length).toBe(3);
    expect([...signals.columns[2]!]).toEqual([3, 2, 1]);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: 3 }), (shuffled) => {
        expect(container(shuffled)).toEqual(container(rows));
      }),
    );
  });

  it('too few columns are refused', () => {
    expect(() => containerSignals({ length: 0, columns: [] })).toThrow('usage has 0 columns, 26 are needed');
  });
});

describe('namespace signals', () => {
  const row = {
    end: NOW,
    cpu_usage_avg: 0.5,
    cpu_usage_max: 3,
    cpu_usage_min: 0.2,
    cpu_throttle_avg: 0.1,
    cpu_throttle_max: 0,
    cpu_throttle_min: 0.05,
    memory_usage_max: 180,
    memory_usage_min: 60,
    memory_rss_usage_max: 160,
    memory_rss_usage_min: 30,
    namespace_total_pods_avg: 2.1,
    namespace_total_pods_max: 9,
    namespace_running_pods_avg: 7,
    cpu_request_sum: 6,
  };
  // The short names of the test table drop `_namespace` once; pod columns keep theirs in front.
  it('CPU is usage and throttle, whatever the size; pods follow the average of all pods', () => {
    const signals = namespace([row]);
    expect(at(signals, 'iMax')).toBe(3 + 0.1);
    expect(at(signals, 'iMin')).toBe(0.2 + 0.05);
    expect([at(signals, 'mMax'), at(signals, 'mMin'), at(signals, 'spike')]).toEqual([180, 60, 130]);
    expect(at(signals, 'pods')).toBe(3);
    expect(at(signals, 'cpuRequest')).toBe(6);
    expect(at(signals, 'memoryLimit')).toBeNaN();
  });
});
