import { describe, expect, it } from 'vitest';
import projection from '../../../../projections/placement/resizing.projection.ts';
import { Decider } from '../../../support/decider.ts';
import { Engine } from './engine.ts';
import { play } from './play.ts';
import type { Blind } from './play.ts';

/** The whole: `npm run bench -- resizing-histories`. */
const HISTORIES = Number(process.env['RESIZING_HISTORIES'] ?? 200);
const seed = Number(process.env['RESIZING_SEED'] ?? Date.now() % 1_000_000_000);

/** Fields of an event type as the deciders get them instead. */
const instead =
  (type: string, change: (data: Record<string, unknown>) => object): Blind =>
  (said, data) =>
    said === type ? { ...data, ...change(data) } : data;
const policy = (more: object): Blind =>
  instead('ResizingRequested', ({ policy: text }) => ({
    policy: text === null ? null : JSON.stringify({ ...(JSON.parse(text as string) as object), ...more }),
  }));
const observed = (more: object): Blind => instead('WorkloadObserved', () => more);
const containers = (more: object): Blind =>
  instead('WorkloadObserved', (data) => ({
    containers: (data['containers'] as object[]).map((it) => ({ ...it, ...more })),
  }));

describe('random histories of right-sizing', () => {
  it(`break no rule: ${HISTORIES} from seed ${seed} on`, { timeout: 3_600_000 }, () => {
    const happened = new Set<string>();
    for (let i = 0; i < HISTORIES; i++) {
      const { broken, counts } = play(seed + i);
      expect(broken, `seed ${seed + i}`).toEqual([]);
      for (const what of counts.keys()) happened.add(what);
    }
    for (const what of ['auto', 'accepted', 'roll-out', 'rollback INFEASIBLE', 'held HPA', 'held QUOTA'])
      expect(happened).toContain(what);
  });

  // What the deciders do not see they cannot heed: each of these has to be found.
  it.each<[string, Blind, RegExp]>([
    ['HorizontalPodAutoscalers', observed({ scaled_on: [] }), /HorizontalPodAutoscaler/],
    ['labels', observed({ label: 'auto' }), /nothing is allowed|only propose/],
    ['that it is a service of ours', observed({ service: null }), /service of ours/],
    ['how many replicas there are', observed({ replicas: 2, ready: 2 }), /only replica|others are away/],
    ['PodDisruptionBudgets', observed({ disruptions: null }), /PodDisruptionBudget/],
    ['roll-outs under way', observed({ rolled_out: true }), /while pods are replaced/],
    ['kills for memory', observed({ kills: [] }), /is not taken back/],
    [
      'what restarts a container',
      containers({ cpu_restart: false, memory_restart: false }),
      /containers restart/,
    ],
    ['quotas', instead('NamespaceLimitsObserved', () => ({ quotas: [] })), /quota/],
    ['LimitRanges', instead('NamespaceLimitsObserved', () => ({ ranges: [] })), /LimitRange/],
    ['the mode of a policy', policy({ mode: 'auto' }), /nothing is allowed|only propose/],
    [
      'bounds',
      policy({ cpu: { min: 1, max: 1_000_000 }, memory: { min: 1, max: 1_000_000 } }),
      /outside the bounds/,
    ],
    ['steps', policy({ most_lower: 0.95, most_raise: 100 }), /more than one step/],
    ['the cool-down', policy({ cooldown_minutes: 1 }), /within the cool-down/],
    ['decisions per minute', policy({ per_minute: 500 }), /in a minute/],
    ['decisions at once', policy({ in_flight: 500 }), /at once than the policy/],
    ['hours of roll-outs', policy({ rollout_hours: { from: 0, to: 0 } }), /outside its hours/],
    ['how long a decision is watched', policy({ watch_minutes: 1 }), /is watched|not taken back/],
    ['the rest after something was taken back', policy({ rest_hours: 0 }), /soon after something/],
    ['confidence', policy({ least_confidence: 0 }), /without advice that counts/],
    ['the age of advice', policy({ advice_hours: 8_760 }), /without advice that counts/],
  ])('deciders that do not look at %s are found', { timeout: 120_000 }, (_name, blind, rule) => {
    const found: string[] = [];
    for (let i = 0; i < 4_000 && !found.some((it) => rule.test(it)); i++)
      found.push(...play(1 + i, blind).broken);
    expect(found.filter((it) => rule.test(it)).slice(0, 1)).toHaveLength(1);
  });

  it('the projection in its runtime decides the same, reads what it declares, and a replay gives the same', async () => {
    const say = Engine.prototype.say;
    for (let one = 1; one <= 5; one++) {
      const decider = await Decider.of(projection);
      const there: object[] = [];
      const said: { type: Parameters<Engine['say']>[0]; data: object; at: number }[] = [];
      Engine.prototype.say = function (this: Engine, type, data, at) {
        said.push({ type, data: structuredClone(data), at });
        const emitted = say.call(this, type, data, at);
        there.push(...emitted.map(({ type: name }) => ({ type: name })));
        return emitted;
      };
      play(one);
      Engine.prototype.say = say;
      const here: object[] = [];
      for (const { type, data, at } of said) {
        decider.send(type, data, 1, { at });
        here.push(...(await decider.run()).map(({ type: name }) => ({ type: name })));
      }
      expect(await decider.dead()).toBe(0);
      expect(here).toEqual(there.filter((it) => (it as { type: string }).type !== 'ServiceNeedsRequested'));
      const tables = Object.keys(projection.tables);
      expect(await decider.replayed(...tables)).toEqual(decider.rows(...tables));
    }
  });
});
