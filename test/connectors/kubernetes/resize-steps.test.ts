import { describe, expect, it } from 'vitest';
import type { SeenWorkload } from '../../../connectors/kubernetes/resizing/observe.ts';
import { stepsFor } from '../../../connectors/kubernetes/resizing/steps.ts';
import type { InFlight } from '../../../connectors/kubernetes/resizing/steps.ts';
import { deploymentOf, podOf, wanted } from './resized.ts';

const PATIENCE = 1_000;
const decision: InFlight = {
  ...{ decision: 7, kind: 'pods', why: 'auto', rolls_back: null, restarts: true, decided_at: 10_000 },
};
const workload = (pods: SeenWorkload['pods'], restarts = 'cpu'): SeenWorkload => ({
  ...{ object: deploymentOf(restarts), pods, service: null, label: 'auto', disruptions: null },
});
const old = (name: string, ready = true) => podOf(name, { ready });
const resized = (name: string, ready = true, since = 0) => podOf(name, { cpu: '100m', ready, since });
const steps = (pods: SeenWorkload['pods'], at = 10_000, in_flight: InFlight | null = decision) => {
  const { patches, end } = stepsFor(wanted(in_flight), workload(pods), at, PATIENCE);
  return { patched: patches.map(({ pod }) => pod.metadata.name), end };
};

describe('where a change restarts containers', () => {
  it('one ready pod after the other is patched, and none while another one is away', () => {
    expect(steps([old('a'), old('b'), old('c')]).patched).toEqual(['a']);
    expect(steps([resized('a'), old('b'), old('c')]).patched).toEqual(['b']);
    expect(steps([resized('a', false, 10_000), old('b'), old('c')]).patched).toEqual([]);
    expect(steps([old('a')]).patched).toEqual([]);
  });

  it('pods that are down anyway are patched at once', () => {
    expect(steps([old('a'), old('b', false), old('c', false)]).patched).toEqual(['b', 'c']);
    expect(steps([old('a', false)]).patched).toEqual(['a']);
  });

  it('it is so outside of a decision too', () => {
    expect(steps([old('a'), old('b'), old('c')], 10_000, null).patched).toEqual(['a']);
    expect(steps([old('a'), old('b', false)], 10_000, null).patched).toEqual(['b']);
  });

  it('a pod that does not come back ends the decision', () => {
    const pods = [resized('a', false, 10_100), old('b'), old('c')];
    expect(steps(pods, 11_100).end).toBeNull();
    expect(steps(pods, 11_101).end).toMatchObject({ end: 'infeasible', deferred: true, pod: 'a', pods: 1 });
  });

  it('a decision that gets no further ends after so long for each pod', () => {
    const pods = [resized('a'), old('b'), old('c')];
    expect(steps(pods, 13_000).end).toBeNull();
    expect(steps(pods, 13_001).end).toMatchObject({ end: 'infeasible', deferred: true, pod: 'b', pods: 1 });
    expect(steps([old('a')], 11_001).end).toMatchObject({ end: 'infeasible', pod: 'a', pods: 0 });
  });
});

it('where it restarts nothing, all pods are patched at once', () => {
  for (const in_flight of [null, { ...decision, restarts: false }])
    for (const resource of ['', 'memory']) {
      const pods = [old('a'), old('b', false), old('c')];
      const { patches } = stepsFor(wanted(in_flight), workload(pods, resource), 10_000, PATIENCE);
      expect(patches.map(({ pod }) => pod.metadata.name)).toEqual(['a', 'b', 'c']);
    }
});
