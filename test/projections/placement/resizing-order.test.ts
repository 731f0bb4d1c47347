import { beforeEach, describe, expect, it } from 'vitest';
import projection from '../../../projections/placement/resizing.projection.ts';
import { noiseFrom } from '../../support/synthetic-traces.ts';
import type { LogRecord } from '../../../streams/runtime/ports.ts';
import { Decider } from '../../support/decider.ts';
import { MIB, observed, resources, scope, web } from '../../support/resizing-events.ts';
import { Engine } from './resizing-histories/engine.ts';
import { play } from './resizing-histories/play.ts';

const tables = Object.keys(projection.tables);
const auto = { mode: 'auto', cpu: { min: 50, max: 4_000 }, memory: { min: 32, max: 4_096 } };
const hour = 3_600_000;
const own = /^Resiz(ing(Set|Removed|Refused)|e(Held|Decided|Proposed|ProposalClosed))$/;
const ends = /^Resize(Applied|RolledBack|Infeasible|Refused|Failed)$/;
const typeOf = ({ headers }: LogRecord) => headers['event-type'] ?? '';

/** What follows from a look stands behind what was said meanwhile, as it may in the log; its end stands behind it. */
function late(draw: () => number): (records: LogRecord[]) => LogRecord[] {
  return (records) => {
    const waiting: LogRecord[] = [];
    const out: LogRecord[] = [];
    for (const record of records) {
      if (own.test(typeOf(record))) waiting.push(record);
      else {
        if (ends.test(typeOf(record)) || draw() < 0.4) out.push(...waiting.splice(0));
        out.push(record);
      }
    }
    return [...out, ...waiting];
  };
}

let resizing: Decider;
beforeEach(async () => {
  resizing = await Decider.of(projection);
});
type Type = Parameters<Decider['send']>[0];
const send = (type: Type, data: object, at = 1) => {
  resizing.send(type, { ...scope, ...data }, 1, { at });
};
const policy = (it: object) => {
  send('ResizingRequested', { namespace: null, policy: JSON.stringify(it) });
};
const advise = (at: number, cpu = 900) => {
  const advice = { ...resources(cpu, null, 300 * MIB, null), do_nothing: false, flags: [] };
  const more = { container: 'app', recommendation_id: 'r', at, engine: 'balanced', confidence: 0.9 };
  send('ResizeAdvised', { ...web, ...advice, ...more }, at);
};
const limits = () => {
  const quotas = [{ name: 'q', resource: 'requests.cpu', hard: 9_000, used: 2_000 }];
  send('NamespaceLimitsObserved', { namespace: 'shop', quotas, ranges: [] });
};
const tick = (at: number) => {
  send('Ticked', { at });
  return resizing.run();
};
const types = (decided: readonly { type: string }[]) => decided.map(({ type }) => type);
async function same() {
  expect(await resizing.dead()).toBe(0);
  expect(await resizing.replayed(...tables)).toEqual(resizing.rows(...tables));
  expect(
    await resizing.replayedWith(
      late(() => 1),
      ...tables,
    ),
  ).toEqual(resizing.rows(...tables));
}

describe('a replay gives the same', () => {
  it.each<[string, () => void]>([
    ['advice', () => advise(2)],
    ['what the cluster has', () => send('WorkloadObserved', observed(), 3)],
    ['both', () => [send('WorkloadObserved', observed(), 3), advise(4)]],
  ])('when %s comes with the first policy', async (_name, say) => {
    policy(auto);
    say();
    await resizing.run();
    expect(resizing.rows('resize_workloads')[0]).toHaveLength(1);
    await same();
  });

  it('when a template changes while a proposal is accepted', async () => {
    policy({ mode: 'propose' });
    send('WorkloadObserved', observed());
    advise(1_000);
    await resizing.run();
    expect(types(await tick(60_000))).toEqual(['ResizeProposed']);
    send('ResizeAcceptRequested', { proposal: 1, accept: true });
    send('WorkloadObserved', observed({ app: resources(800, 2_000, 512 * MIB, 1_024 * MIB) }));
    expect(types(await resizing.run())).toEqual(['ResizeDecided', 'ResizeProposalClosed']);
    await same();
    send('ResizeApplied', { ...web, decision: 1, pods: 2, patches: 2 });
    await resizing.run();
    expect(resizing.rows('resize_workloads')[0]).toMatchObject([{ desired: null, base: null }]);
    await same();
  });

  it.each<[string, () => void]>([
    ['advised', () => advise(61_000, 200)],
    ['observed', () => send('WorkloadObserved', observed({ disruptions: 1 }), 61_000)],
    ['gone', () => send('WorkloadGone', web, 61_000)],
    ['gone and back', () => [send('WorkloadGone', web), send('WorkloadObserved', observed())]],
    ['given limits', limits],
  ])('when a workload is %s while it is looked at', async (_name, say) => {
    policy(auto);
    send('WorkloadObserved', observed());
    await resizing.run();
    for (const at of [60_000, hour, 3 * hour, 6 * hour]) {
      await tick(at);
      say();
      advise(at + 30_000, at === hour ? 1_000 : 600);
      say();
      await resizing.run();
      await same();
    }
  });

  it('whatever was said while something followed', { timeout: 120_000 }, async () => {
    for (let one = 1; one <= 30; one++) {
      resizing = await Decider.of(projection);
      const { said, restore } = heard();
      play(one);
      restore();
      for (const { type, data, at } of said) {
        resizing.send(type, data, 1, { at });
        await resizing.run();
      }
      expect(await resizing.dead()).toBe(0);
      const found = await resizing.replayedWith(late(noiseFrom(one).uniform), ...tables);
      expect(found, `seed ${one}`).toEqual(resizing.rows(...tables));
    }
  });
});

/** What a history says, until it is restored. */
function heard() {
  const said: { type: Type; data: object; at: number }[] = [];
  const say = Engine.prototype.say;
  Engine.prototype.say = function (this: Engine, type, data, at) {
    said.push({ type, data: structuredClone(data), at });
    return say.call(this, type, data, at);
  };
  return { said, restore: () => (Engine.prototype.say = say) };
}
