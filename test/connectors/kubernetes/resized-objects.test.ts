import { expect, it } from 'vitest';
import { SeenObjects, WATCHED_KINDS } from '../../../connectors/kubernetes/resizing/objects.ts';
import { podOf } from './resized.ts';

function seenPods() {
  const seen = new SeenObjects(() => undefined);
  for (const kind of WATCHED_KINDS) void seen.handlers(kind).synced({ objects: [], resourceVersion: '1' });
  const names = () => seen.of('Pod').map(({ metadata }) => [metadata.name, metadata.resourceVersion]);
  return { seen, watched: seen.handlers('Pod'), names };
}

it('a pod that is gone does not come back with the answer to a patch that was sent before', () => {
  const { seen, watched, names } = seenPods();
  void watched.changed(podOf('a'));
  void watched.gone(podOf('a', { version: '12' }));
  seen.put(podOf('a', { version: '11' }));
  expect(names()).toEqual([]);
});

it('another pod of the name of one that is gone is seen, whichever is told first', () => {
  const { seen, watched, names } = seenPods();
  const next = podOf('a', { version: '13' });
  const other = { ...next, metadata: { ...next.metadata, uid: 'another' } };
  void watched.gone(podOf('a', { version: '12' }));
  void watched.changed(other);
  seen.put(podOf('a', { version: '11' }));
  void watched.gone(podOf('a', { version: '12' }));
  expect(names()).toEqual([['a', '13']]);
});

it('no more than a thousand that are gone are remembered', () => {
  const { seen, watched, names } = seenPods();
  for (let n = 0; n <= 1_000; n++) void watched.gone(podOf(`p${n}`, { version: '12' }));
  for (const n of [0, 1, 1_000]) seen.put(podOf(`p${n}`, { version: '11' }));
  expect(names()).toEqual([['p0', '11']]);
});
