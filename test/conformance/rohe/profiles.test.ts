import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentions } from '../../../projections/placement/profiling/contention.ts';
import { logName, readLog } from '../../../projections/placement/profiling/logs.ts';
import { profileOf } from '../../../projections/placement/profiling/profile.ts';
import type { Profile, ProfileLogs } from '../../../projections/placement/profiling/profile.ts';
import { throughputOf } from '../../../projections/placement/profiling/throughput.ts';

const root = join(process.env['CONFORMANCE_DATA'] ?? '', 'rohe', 'datasets', 'SPE2024');
const there = process.env['CONFORMANCE_DATA'] !== undefined && existsSync(root);
const why = there ? '' : ' (skipped: CONFORMANCE_DATA has no rohe/datasets/SPE2024)';

/** Logs of every service of a run. */
function logsOf(run: string): Map<string, ProfileLogs> {
  const gathered = new Map<string, ProfileLogs & { uses: ProfileLogs['uses'][number][] }>();
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!path.endsWith('.csv') || !path.includes(run)) continue;
    const { service, shared } = logName(path);
    const log = readLog(readFileSync(join(root, path), 'utf8'), path);
    const none = { latencies: [], ends: [] };
    const of = gathered.get(service) ?? { alone: none, shared: none, uses: [] };
    if (log.kind === 'process') of.uses.push(log.uses);
    gathered.set(
      service,
      log.kind === 'requests' ? { ...of, [shared ? 'shared' : 'alone']: log.requests } : of,
    );
  }
  return gathered;
}

describe.skipIf(!there)(`profiles of two published runs${why}`, () => {
  const runs = there ? ['run_0', 'run_1'].map(logsOf) : [];
  const [first, second] = runs.map(
    (logs) => new Map([...logs].map(([name, log]): [string, Profile] => [name, profileOf(log)])),
  );
  const names = there ? [...first!.keys()] : [];

  it('are of nine services each', () => {
    expect([first!.size, second!.size]).toEqual([9, 9]);
  });

  it('give the same categories; forecasting is sensitive to CPU, lstm alone to memory', () => {
    const categories = (of: Map<string, Profile>) =>
      Object.fromEntries([...of].map(([name, { category }]) => [name, category.sensitivity]));
    expect(categories(second!)).toEqual(categories(first!));
    expect(categories(first!)).toEqual({
      data_preparation: 0,
      data_transforming_and_feature_engineering: 0,
      lstm_based_prediction: 3,
      image_ingestion: 0,
      image_sharpening_and_trasforming: 0,
      object_detection: 1,
      analytic_gateway: 1,
      data_querying_and_preparation: 0,
      network_measurement_forcasting: 1,
    });
  });

  it.each(names)('%s: sharing raises contention, being alone does not, nor does the other run', (name) => {
    for (const [mine, other] of [runs, [...runs].reverse()]) {
      const { alone, shared } = mine!.get(name)!;
      const half = Math.floor(alone.latencies.length / 2);
      expect(contentions(alone.latencies, shared.latencies)).toMatchObject([{ from: 0, to: null }]);
      expect(contentions(alone.latencies.slice(0, half), alone.latencies.slice(half))).toEqual([]);
      expect(contentions(other!.get(name)!.alone.latencies, alone.latencies)).toEqual([]);
    }
  });

  it('medians and slowdowns are those of the statistics', () => {
    const { alone, shared, category } = first!.get('lstm_based_prediction')!;
    expect(alone).toMatchObject({ p50: 0.143, p95: 0.156 });
    expect(shared).toMatchObject({ p50: 0.213, p95: 0.25 });
    expect(category.slowdown!.ratio).toBeCloseTo(1.49, 2);
  });

  it('4000 declared millicores of forecasting are proposed as about 3300, children included', () => {
    for (const of of [first!, second!]) {
      const { cpu, cores } = of.get('network_measurement_forcasting')!.needs!;
      expect(Math.abs(cpu - 3300)).toBeLessThanOrEqual(100);
      expect(cores.slice(0, 3)).toEqual([100, 100, 100]);
    }
    expect(first!.get('object_detection')!.needs!.accelerators['gpu']).toBeGreaterThan(15);
    expect(first!.get('data_preparation')!.needs!.accelerators).toEqual({});
  });

  it('throughput of windows lies around requests over time', () => {
    for (const [name, { alone }] of runs[0]!) {
      const found = throughputOf(alone.ends)!;
      const plain = alone.ends.length / (alone.ends.at(-1)! - alone.ends[0]!);
      expect([name, found.least <= plain && plain <= found.most]).toEqual([name, true]);
      expect([name, Math.abs(found.average / plain - 1) < 0.1]).toEqual([name, true]);
    }
  });
});
