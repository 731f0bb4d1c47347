import { afterEach, describe, expect, it, vi } from 'vitest';
import { MIB, observed, resources, scope, web } from '../../support/resizing-events.ts';
import { Engine } from './resizing-histories/engine.ts';
import type { Said } from './resizing-histories/engine.ts';

const auto = { mode: 'auto', cpu: { min: 50, max: 4_000 }, memory: { min: 32, max: 4_096 } };
const minute = 60_000;

/** Says things of one cluster. */
class Cluster {
  readonly #engine: Engine;
  readonly #scope: object;

  constructor(engine: Engine, given: object = scope) {
    this.#engine = engine;
    this.#scope = given;
  }

  say(type: Parameters<Engine['say']>[0], data: object, at: number): Said[] {
    return this.#engine.say(type, { ...data, ...this.#scope }, at);
  }

  policy(policy: object, namespace: string | null = null): void {
    this.say('ResizingRequested', { namespace, policy: JSON.stringify(policy) }, 1);
  }

  /** A workload that may be resized and has advice. */
  advised(workload: string, at: number): void {
    this.say('WorkloadObserved', { ...observed(), workload }, at);
    const advice = { ...resources(900, null, 300 * MIB, null), do_nothing: false, flags: [] };
    const more = { container: 'app', recommendation_id: 'r', at, engine: 'balanced', confidence: 0.9 };
    this.say('ResizeAdvised', { ...web, workload, ...advice, ...more }, at);
  }
}

const tick = (engine: Engine, at: number) => engine.say('Ticked', { at }, at);

describe('resizing with much that is due', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('looks at the policy of a namespace, not at those of others', () => {
    const engine = new Engine();
    const cluster = new Cluster(engine);
    cluster.policy(auto);
    for (let i = 0; i < 50; i++) cluster.policy({ mode: 'propose' }, `n${i}`);
    const parse = vi.spyOn(JSON, 'parse');
    for (let i = 0; i < 10; i++) cluster.advised(`w${i}`, 1_000);
    expect(tick(engine, minute)).toHaveLength(10);
    expect(parse.mock.calls.filter(([text]) => text.includes('"propose"'))).toHaveLength(0);
  });

  it('takes back at once what does harm, however much waits', () => {
    const engine = new Engine();
    const cluster = new Cluster(engine);
    cluster.policy({ ...auto, per_minute: 1 });
    cluster.advised('harmed', 1_000);
    expect(tick(engine, minute)).toMatchObject([{ type: 'ResizeDecided', data: { workload: 'harmed' } }]);
    for (let i = 0; i < 600; i++) cluster.advised(`w${i}`, minute + 1);
    const name = { ...web, workload: 'harmed' };
    cluster.say('ResizeApplied', { ...name, decision: 1, pods: 2, patches: 2 }, minute + 1_000);
    const kills = [{ pod: 'p', container: 'app', at: minute + 2_000 }];
    cluster.say('WorkloadObserved', { ...observed({ kills }), workload: 'harmed' }, minute + 3_000);
    expect(tick(engine, 2 * minute)).toMatchObject([
      { type: 'ResizeDecided', data: { workload: 'harmed', why: 'rollback', notes: ['OOM_KILLED'] } },
    ]);
  });

  it('looks at something of every cluster, however much waits in others', () => {
    const engine = new Engine();
    for (let org = 0; org < 4; org++) {
      const cluster = new Cluster(engine, { org_id: `greedy${org}`, cluster_id: 'edge' });
      cluster.policy({ ...auto, per_minute: 1 });
      for (let i = 0; i < 501; i++) cluster.advised(`w${i}`, 1_000);
    }
    const late = new Cluster(engine);
    late.policy(auto);
    late.advised('web', 2_000);
    const decided = tick(engine, minute).map(({ data }) => (data as { org_id: string }).org_id);
    expect(decided.sort()).toEqual(['acme', 'greedy0', 'greedy1', 'greedy2', 'greedy3']);
  });
});
