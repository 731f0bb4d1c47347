import { describe, expect, it } from 'vitest';
import { runPlan, usualPlan } from '../../../../projections/placement/profiling/plan.ts';
import type { ProfilingPorts, RunOutcome, Scales } from '../../../../projections/placement/profiling/plan.ts';

/** A cluster in memory that notes what is done, and stops or fails at a step. */
class Cluster implements ProfilingPorts {
  now: Record<string, number> = { a: 2, b: 4, other: 7 };
  readonly done: string[] = [];
  readonly recorded: [string, RunOutcome][] = [];
  full = Infinity;
  readonly #at: (step: number) => void;
  constructor(at: (step: number) => void = () => undefined) {
    this.#at = at;
  }
  #step(text: string): Promise<void> {
    this.done.push(text);
    this.#at(this.done.length);
    return Promise.resolve();
  }
  replicas = (): Promise<Scales> => Promise.resolve({ ...this.now });
  scale = (scales: Scales): Promise<void> => {
    this.now = { ...this.now, ...scales };
    return this.#step(`scale ${JSON.stringify(scales)}`);
  };
  lacking = (): Promise<string[]> =>
    Promise.resolve(Object.keys(this.now).filter((name) => this.now[name]! > this.full));
  wait = (seconds: number): Promise<void> => this.#step(`wait ${seconds}`);
  measure: ProfilingPorts['measure'] = ({ name }) =>
    Promise.resolve((outcome) => {
      this.recorded.push([name, outcome]);
      return Promise.resolve();
    });
}
const plan = usualPlan('p', 'a', 'b', 600);
const never = new AbortController().signal;

describe('a profiling plan', () => {
  it('runs six combinations unless something else is said, waits as upstream does, and leaves all as it was', async () => {
    const cluster = new Cluster();
    expect(await runPlan(plan, cluster, never)).toEqual(plan.runs.map(() => 'complete'));
    expect(plan.runs.map(({ scales }) => Object.values(scales))).toEqual([
      ...[3, 5, 10].map((n) => [1, n]),
      ...[3, 5, 10].map((n) => [n, 1]),
    ]);
    expect(cluster.done.slice(0, 5)).toEqual([
      ...['scale {"a":1,"b":3}', 'wait 20', 'wait 600', 'wait 60', 'scale {"a":1,"b":5}'],
    ]);
    expect(cluster.recorded).toHaveLength(6);
    expect(cluster.now).toEqual({ a: 2, b: 4, other: 7 });
  });

  it('stopped at any step: the run is recorded as aborted, no other begins, all is as it was', async () => {
    for (let step = 1; step <= 18; step++) {
      const stop = new AbortController();
      const cluster = new Cluster((done) => {
        if (done === step) stop.abort();
      });
      const outcomes = await runPlan(plan, cluster, stop.signal);
      expect([step, cluster.now]).toEqual([step, { a: 2, b: 4, other: 7 }]);
      expect(outcomes.filter((outcome) => outcome === 'aborted').length).toBeLessThanOrEqual(1);
      expect(outcomes.slice(0, -1).every((outcome) => outcome === 'complete')).toBe(true);
      expect(outcomes.length).toBe(Math.ceil(step / 4));
      expect(cluster.recorded.map(([, outcome]) => outcome)).toEqual(outcomes);
    }
  });

  it('fails at a step: all is as it was', async () => {
    const cluster = new Cluster((done) => {
      if (done === 3) throw new Error('away');
    });
    await expect(runPlan(plan, cluster, never)).rejects.toThrow('away');
    expect(cluster.now).toEqual({ a: 2, b: 4, other: 7 });
  });

  it('a combination that has no room is not measured, and said to be unplaced', async () => {
    const cluster = new Cluster();
    cluster.full = 7;
    const outcomes = await runPlan(plan, cluster, never);
    expect(outcomes).toEqual(['complete', 'complete', 'unplaced', 'complete', 'complete', 'unplaced']);
  });

  it('of a service that is not there nothing is scaled', async () => {
    const cluster = new Cluster();
    const strange = usualPlan('p', 'a', 'constructor');
    await expect(runPlan(strange, cluster, never)).rejects.toMatchObject({ code: 'UNKNOWN_SERVICE' });
    expect(cluster.done).toEqual([]);
  });
});
