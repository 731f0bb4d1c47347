import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProjectionDefinition } from '../../../../projections/runtime/define.ts';
import { BadInput, codeOf, messageOf, Retryable } from '../../../../streams/runtime/errors.ts';
import type { EventLog } from '../../../../streams/runtime/ports.ts';
import { redriveRecords } from '../../../../connectors/cli/dead-letters/records.ts';
import { partitionOf } from '../../../../streams/runtime/partitioner.ts';
import { codec, tally } from '../tally.ts';
import { keyed, PastBench } from './past-bench.ts';

/** Two organisations whose keys lie on different partitions. */
const [A, B] = ['org-a', 'org-c'];
let bench: PastBench;
beforeEach(async () => {
  bench = new PastBench();
  await bench.open();
});
afterEach(() => bench.close());

it('the two organisations have a partition each', () => {
  expect([partitionOf(A, 2), partitionOf(B, 2)].sort()).toEqual([0, 1]);
});

const at = (topic: string, org: string, offset: number): string =>
  `${topic}/${partitionOf(org, 2)}@${offset}`;

describe('tables as they were', () => {
  it('at every offset, facts of its own at their place in the log', async () => {
    for (let i = 0; i < 4; i++) bench.send(A);
    bench.send(B);
    await bench.run();
    const emitted = (): Promise<unknown> =>
      Promise.all(['out', 'dead-letters'].map((topic) => bench.log.ends(topic)));
    const before = await emitted();
    for (const projection of [keyed, tally]) {
      const past = bench.past({}, { projections: [projection] });
      for (let n = 0; n <= 4; n++) {
        for (let facts = 0; facts <= n; facts++) {
          const seen = await bench.row(`${at('in', A, n)},${at('out', A, facts)}`, A, past);
          expect(seen).toBe(n === 0 ? 'none' : `${n}/${facts}`);
        }
      }
      expect(await bench.row(`${at('in', A, 0)},${at('out', A, 0)}`, B, past)).toBe('1/1');
    }
    expect(bench.live.rows('tally', 'tally')).toHaveLength(2);
    expect(await emitted()).toEqual(before);
  });

  it('at a time: what was made up to then, and the positions say the same again', async () => {
    const past = bench.past();
    bench.send(A, 'X', 10);
    bench.send(A, 'X', 30);
    bench.send(A, 'X', 20);
    bench.send(B, 'X', 15);
    bench.clock.move(1);
    await bench.run();
    const seen = async (time: string): Promise<string> =>
      `${await bench.row(time, A, past)} ${await bench.row(time, B, past)}`;
    expect(await seen('9')).toBe('none none');
    expect(await seen('10')).toBe('1/0 none');
    expect(await seen('29')).toBe('1/0 1/0');
    expect(await seen('30')).toBe('3/0 1/0');
    const question = { table: 'tally', org: A };
    const positions = await past.read({ ...question, asOf: '29' }, (then) => Promise.resolve(then.positions));
    expect(positions.split(',')).toContain(at('in', A, 1));
    const again = await past.read({ ...question, asOf: positions }, (then) =>
      Promise.resolve(then.positions),
    );
    expect(again).toBe(positions);
  });

  it('passes over what the unit set aside, then or later; redriven records count at their place', async () => {
    bench.send(A);
    bench.send(A, 'BOOM');
    bench.send(A);
    const all = at('in', A, 3);
    // Nobody has read it yet, so nobody knows that it dies.
    const failure = await bench.row(all, A).catch((error: unknown) => error);
    expect([codeOf(failure), failure instanceof Retryable]).toEqual(['AS_OF_AHEAD', true]);
    bench.clock.move(1_000);
    await bench.run();
    expect(await bench.row(all, A)).toBe('2/2');
    expect(await bench.row('1000', A)).toBe('2/0');
    const partition = partitionOf(A, 2);
    const { records } = await bench.log.read({ topic: 'in', partition }, 1, {
      maxRecords: 1,
      maxBytes: 1,
    });
    const healed = {
      ...records[0]!,
      value: codec.encode('UploadRefused', {
        upload_id: 'u',
        org_id: A,
        digest: 'd',
        code: 'X',
        message: 'm',
      }),
    };
    bench.clock.move(1_000);
    const redrive = { unit: 'tally', record: healed, attempt: 1, by: 'me', host: 'h', reason: '' };
    bench.log.appendNow(redriveRecords(codec, redrive, bench.clock.now()));
    await bench.run();
    expect(await bench.row(`${at('tally.retry', A, 0)},${at('out', A, 2)}`, A)).toBe('2/2');
    expect(await bench.row(`${at('tally.retry', A, 1)},${at('out', A, 2)}`, A)).toBe('3/2');
    expect(await bench.row(String(bench.clock.now()), A)).toBe('3/3');
  });

  it.each([
    ['that are shared', tally],
    ['of its key', keyed],
  ])('an organisation gets its own rows only, from tables %s', async (_, projection) => {
    bench.send(A);
    bench.send(B);
    await bench.run();
    const past = bench.past({}, { projections: [projection] });
    const asOf = `${at('in', A, 1)},${at('in', B, 1)}`;
    expect(await bench.row(asOf, 'org-other', past)).toBe('none');
    expect(await bench.row(asOf, A, past)).toBe('1/1');
    expect(await bench.row(asOf, B, past)).toBe('1/1');
    expect(bench.temporary.opened).toBe(projection === tally ? 1 : 3);
  });

  it('publishes nothing, not even what waits to be', async () => {
    bench.send(A);
    await bench.run();
    let flushed = 0;
    const relays = { flush: () => Promise.resolve(void (flushed += 1)) };
    const past = bench.past({}, { ...({ relays } as object) });
    expect(await bench.row(at('in', A, 1), A, past)).toBe('1/1');
    expect(flushed).toBe(0);
  });

  it('of one key folds no other records of its partition', async () => {
    const neighbour = Array.from({ length: 20 }, (_, i) => `org-${i}`).find(
      (org) => org !== A && partitionOf(org, 2) === partitionOf(A, 2),
    )!;
    bench.send(A);
    bench.send(neighbour);
    await bench.run();
    const folded = async (projection: ProjectionDefinition): Promise<number> =>
      bench
        .past({}, { projections: [projection] })
        .read(
          { table: 'tally', org: A, asOf: at('in', A, 2) },
          async ({ hashes }) => (await hashes())[0]!.rows,
        );
    expect(await Promise.all([keyed, tally].map(folded))).toEqual([1, 2]);
  });
});

describe('what cannot be asked', () => {
  const cases: [string, string, RegExp][] = [
    ['soon', 'BAD_AS_OF', /neither a time/],
    ['1001', 'AS_OF_BEYOND_END', /still to come/],
    [`in/0@99`, 'AS_OF_BEYOND_END', /in\/0 ends at \d/],
    ['nowhere/0@1', 'UNKNOWN_TOPIC', /in, out, tally\.retry/],
    ['in/2@0', 'UNKNOWN_PARTITION', /0 to 1/],
  ];
  it.each(cases)('%s: %s', async (asOf, code, message) => {
    bench.send(A);
    const failure = await bench.row(asOf, A).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BadInput);
    expect([codeOf(failure), messageOf(failure)]).toEqual([code, expect.stringMatching(message)]);
  });

  it('an unknown table, with those that there are', async () => {
    const asked = bench.past().read({ table: 'nope', org: A, asOf: '1' }, () => Promise.resolve(1));
    await expect(asked).rejects.toMatchObject({ code: 'UNKNOWN_TABLE', message: /tally/ });
  });

  it('positions that take in a fact but not what it follows from', async () => {
    bench.send(A);
    await bench.run();
    expect(await bench.row(`${at('in', A, 0)},${at('out', A, 1)}`, A).catch(codeOf)).toBe(
      'AS_OF_INCONSISTENT',
    );
  });

  it('a past whose records were cut from the log, unless none of them is needed', async () => {
    bench.send(A);
    bench.send(B);
    await bench.run();
    const { log } = bench;
    const cut: EventLog = {
      topics: () => log.topics(),
      createTopic: (topic) => log.createTopic(topic),
      append: (records) => log.append(records),
      read: (from, offset, limits) => log.read(from, offset, limits),
      ends: (topic) => log.ends(topic),
      onAppend: (wake) => log.onAppend(wake),
      offsetsAt: async (topic, time) =>
        (await log.offsetsAt(topic, time)).map((offset, p) =>
          topic === 'in' && p === partitionOf(A, 2) ? Math.max(offset, 1) : offset,
        ),
    };
    const past = bench.past({}, { log: cut });
    const asOf = `${at('in', B, 1)}`;
    expect(await bench.row(asOf, A, past).catch(codeOf)).toBe('AS_OF_BEFORE_HISTORY');
    expect(await bench.row(asOf, B, past)).toBe('1/1');
    expect(await bench.row(`${at('in', A, 0)},${at('out', A, 0)}`, A, past)).toBe('none');
  });
});

describe('bounds', () => {
  /** Opens wait until the returned function is called. */
  function shut(): () => void {
    let open: () => void = () => undefined;
    bench.temporary.gate = new Promise((resolve) => (open = resolve));
    return open;
  }
  /** Resolves once that many tables were asked for. */
  async function opened(n: number): Promise<void> {
    while (bench.temporary.opened < n) await new Promise((resolve) => setImmediate(resolve));
  }

  it('folds once for all who ask the same, and keeps it for their next pages', async () => {
    bench.send(A);
    await bench.run();
    const past = bench.past();
    const asOf = at('in', A, 1);
    await Promise.all([1, 2, 3].map(() => bench.row(asOf, A, past)));
    await bench.row(asOf, A, past);
    expect(bench.temporary).toMatchObject({ opened: 1, closed: 0 });
  });

  it('drops what was not used for a while, and the oldest when there are too many', async () => {
    for (let i = 0; i < 5; i++) bench.send(A);
    await bench.run();
    const past = bench.past({ kept: 3 });
    for (let n = 1; n <= 5; n++) await bench.row(at('in', A, n), A, past);
    expect(bench.temporary).toMatchObject({ opened: 5, closed: 2 });
    await bench.row(at('in', A, 5), A, past);
    expect(bench.temporary.opened).toBe(5);
    for (let i = 0; i < 3; i++) {
      bench.clock.move(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(bench.temporary).toMatchObject({ opened: 5, closed: 5 });
  });

  it('refuses one more folding than may run at once', async () => {
    for (let i = 0; i < 3; i++) bench.send(A);
    await bench.run();
    const past = bench.past({ jobs: 2 });
    const open = shut();
    const running = [1, 2].map((n) => bench.row(at('in', A, n), A, past));
    await opened(2);
    const failure = await bench.row(at('in', A, 3), A, past).catch((error: unknown) => error);
    expect([codeOf(failure), failure instanceof Retryable]).toEqual(['AS_OF_BUSY', true]);
    open();
    expect(await Promise.all(running)).toEqual(['1/3', '2/3']);
    expect(await bench.row(at('in', A, 3), A, past)).toBe('3/3');
  });

  it('lets nobody wait for long, and has the answer when they ask again', async () => {
    bench.send(A);
    await bench.run();
    const past = bench.past({ waitMs: 500 });
    const open = shut();
    const first = bench.row(at('in', A, 1), A, past).catch(codeOf);
    await opened(1);
    bench.clock.move(500);
    expect(await first).toBe('AS_OF_RUNNING');
    open();
    expect(await bench.row(at('in', A, 1), A, past)).toBe('1/1');
    expect(bench.temporary.opened).toBe(1);
  });

  it('ends a folding that takes too long, and leaves nothing of it', async () => {
    bench.send(A);
    await bench.run();
    const slow = { ...bench.clock, now: () => (bench.clock.move(60), bench.clock.now()) };
    const past = bench.past({ maxMs: 50 }, { clock: slow });
    const failure = await bench.row(at('in', A, 1), A, past).catch((error: unknown) => error);
    expect([codeOf(failure), failure instanceof Retryable]).toEqual(['AS_OF_TIMED_OUT', true]);
    expect(bench.temporary).toMatchObject({ opened: 1, closed: 1 });
  });

  it('closes what is open when it is closed', async () => {
    bench.send(A);
    await bench.run();
    const past = bench.past();
    await bench.row(at('in', A, 1), A, past);
    await past.close();
    expect(bench.temporary).toMatchObject({ opened: 1, closed: 1 });
    expect(await bench.row(at('in', A, 1), A, past).catch(codeOf)).toBe('AS_OF_BUSY');
  });
});
