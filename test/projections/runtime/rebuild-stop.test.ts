import { expect, it } from 'vitest';
import { Folding } from '../../../projections/runtime/folding.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { systemClock } from '../../../streams/runtime/clock.ts';
import { Signals } from '../../../streams/runtime/signals.ts';
import { Bench, codec, tally } from './tally.ts';

it('a rebuild ends soon when it is to stop, and the next one goes on where it was', async () => {
  const bench = new Bench();
  await bench.open();
  bench.send(['X', 'X', 'X']);
  const stop = new AbortController();
  const signals = new Signals();
  // stopped after its first batch
  signals.on(() => {
    stop.abort();
  });
  const set = { ...tableSetOf(tally), generation: 2 };
  const deps = {
    log: bench.log,
    store: bench.memory,
    codec,
    clock: systemClock,
    limits: { maxRecords: 1, maxBytes: 1e6 },
  };
  const target = new Map([[0, { in: 3 }]]);
  const first = new Folding(tally, set, { ...deps, signals, signal: stop.signal });
  await first.claim([0]);
  await expect(first.to(target)).rejects.toMatchObject({ name: 'Retryable', code: 'REBUILD_STOPPED' });
  const next = new Folding(tally, set, { ...deps, signals: new Signals() });
  await next.claim([0]);
  await next.to(target);
  expect([first.events, next.events]).toEqual([1, 2]);
});
