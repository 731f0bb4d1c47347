/** ROHE's burst loads, as its load generator reads them, on the placement projection. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { drive, roomyNode, ScaledCluster } from '../../support/scaled-cluster.ts';

const data = process.env['CONFORMANCE_DATA'];
if (data === undefined) console.log('CONFORMANCE_DATA is not set: the burst loads are skipped');
const folder = join(data ?? '', 'rohe/workload');
const files = data === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('_burst.yaml'));

interface BurstLoad {
  readonly rps: number;
  readonly burst_rps: number;
  readonly burst_interval_seconds: number;
  readonly burst_duration_seconds: number;
  readonly duration_seconds: number;
}
const throughput = 10;
const policy = {
  ...{ min: 1, max: 20, throughput, ready_seconds: 20, up_cool_down_seconds: 0 },
  ...{ down_cool_down_seconds: 30, down_stabilisation_seconds: 30 },
};

describe.skipIf(data === undefined)('burst loads of ROHE', () => {
  it('there are some', () => {
    expect(files.length).toBeGreaterThanOrEqual(4);
  });

  describe.each(files)('%s', (file) => {
    const load = parse(readFileSync(join(folder, file), 'utf8')) as BurstLoad;
    const { burst_interval_seconds: interval, burst_duration_seconds: lasts } = load;
    const bursting = (second: number) => second >= interval && second % interval < lasts;
    const rateAt = (second: number) => (bursting(second) ? load.burst_rps : load.rps);
    const starts = Math.floor((load.duration_seconds - 1) / interval);

    it('replicas are ceil(rate / throughput) in each burst, and again before the next one', async () => {
      const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
      await cluster.policy(0, policy);
      const { seen, decided } = await drive(cluster, rateAt, load.duration_seconds - 5);
      for (const { second, replicas } of seen) {
        if (bursting(second)) expect(replicas).toBe(Math.ceil(load.burst_rps / throughput));
        // What was stable for 30 s, and the piece of 15 s in which the burst ended.
        else if (second < interval || second % interval >= lasts + 50)
          expect(replicas).toBe(Math.ceil(load.rps / throughput));
      }
      const scaled = decided.filter(({ type }) => type === 'ServiceScaled');
      expect(scaled).toHaveLength(2 * starts);
      expect(cluster.placed).toBe(cluster.replicas);
    });

    it('with the usual stabilisation of 300 s they go up once and stay', async () => {
      const cluster = await ScaledCluster.of([roomyNode('a', 20)]);
      await cluster.policy(0, { min: 1, max: 20, throughput });
      const { decided } = await drive(cluster, rateAt, load.duration_seconds - 5);
      expect(decided.filter(({ type }) => type === 'ServiceScaled')).toHaveLength(1);
      expect(cluster.replicas).toBe(Math.ceil(load.burst_rps / throughput));
    });
  });
});
