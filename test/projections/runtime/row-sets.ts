/** Removing sets of rows and reading pages, over any store: held against a plain list of rows that takes one step after the other. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TableBatch } from '../../../projections/runtime/rows.ts';
import { c, table } from '../../../projections/runtime/table.ts';
import type { AnyRow, TableSet, UnitStore } from '../../../streams/runtime/units.ts';

const shelf = table({
  comment: 'Things on shelves.',
  key: ['thing'],
  sets: true,
  columns: {
    thing: c.text('Which; the partition is its first letter.'),
    org_id: c.text('Whose.'),
    shelf: c.text.nullable('Where.'),
    day: c.date('Since when.'),
    size: c.int8('How much.'),
    at: c.timestamptz('When seen.'),
  },
});

const stack = table({
  comment: 'Things by name.',
  key: ['org_id', 'name'],
  sets: true,
  columns: { org_id: c.text('Whose.'), name: c.text('Which.'), size: c.int4('How much.') },
});

/** The tables as storage sees them. */
export const shelfSet: TableSet = { projection: 'shelves', version: 1, tables: { shelf, stack } };

/** A store with the table, empty, and all of its rows. */
export interface ShelfBench {
  readonly store: UnitStore;
  rows(): Promise<readonly AnyRow[]>;
}

const day = fc.integer({ min: 1, max: 5 }).map((n) => `2026-01-0${n}`);
const shelfName = fc.constantFrom(null, 'a', 'b');
const step = fc.oneof(
  fc.record({
    does: fc.constant('put' as const),
    thing: fc.nat(4),
    shelf: shelfName,
    day,
    size: fc.nat(3),
  }),
  fc.record({ does: fc.constant('delete' as const), thing: fc.nat(4) }),
  fc.record({ does: fc.constant('move' as const), thing: fc.nat(4), shelf: shelfName }),
  fc.record({
    does: fc.constant('remove' as const),
    shelf: shelfName,
    bound: fc.constantFrom('none', 'day', 'size', 'at'),
    day,
  }),
  fc.record({ does: fc.constant('fail' as const), shelf: shelfName }),
);
const batches = fc.array(fc.record({ partition: fc.nat(1), steps: fc.array(step, { maxLength: 8 }) }), {
  maxLength: 5,
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const timeOf = (date: string): number => Date.parse(`${date}T00:00:00.000Z`);

function boundOf(one: Extract<Step, { does: 'remove' }>) {
  if (one.bound === 'none') return undefined;
  const value = { day: one.day, size: Number(one.day.at(-1)) - 2, at: timeOf(one.day) }[one.bound]!;
  return { column: one.bound, value };
}

/** What the batch does, on the rows of its partition. */
function byHand(rows: Map<string, AnyRow>, partition: number, one: Step): void {
  if (one.does === 'fail') return;
  if (one.does === 'remove') {
    const bound = boundOf(one);
    for (const [name, row] of rows) {
      const here = name.startsWith(`${partition}`) && one.shelf !== null && row['shelf'] === one.shelf;
      if (here && (bound === undefined || row[bound.column]! < bound.value)) rows.delete(name);
    }
    return;
  }
  const thing = `${partition}${one.thing}`;
  const known = rows.get(thing);
  if (one.does === 'put') rows.set(thing, rowOf(thing, one));
  else if (one.does === 'delete') rows.delete(thing);
  else if (known !== undefined) rows.set(thing, { ...known, shelf: one.shelf });
}

function rowOf(thing: string, one: Extract<Step, { does: 'put' }>): AnyRow {
  return { thing, org_id: 'o', shelf: one.shelf, day: one.day, size: one.size, at: timeOf(one.day) };
}

function inBatch(batch: TableBatch, partition: number, one: Step): void {
  batch.mark();
  switch (one.does) {
    case 'put':
      batch.put(rowOf(`${partition}${one.thing}`, one));
      break;
    case 'delete':
      batch.delete(`${partition}${one.thing}`);
      break;
    case 'move': {
      const known = batch.get(`${partition}${one.thing}`);
      if (known !== undefined) batch.put({ ...known, shelf: one.shelf });
      break;
    }
    case 'remove':
      batch.removeWhere({ shelf: one.shelf }, boundOf(one));
      break;
    case 'fail':
      batch.put(rowOf(`${partition}0`, { does: 'put', thing: 0, shelf: 'b', day: '2026-01-01', size: 0 }));
      batch.removeWhere({ shelf: one.shelf });
      batch.undo();
  }
}

/** Runs random batches on two partitions; whichever steps read their row, and whichever write it blindly, the rows are the same. */
export function rowSetContract(open: () => Promise<ShelfBench>, numRuns: number): void {
  it('sets are removed at their place among the other changes, of one partition alone', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const { store, rows } = await open();
        const expected = new Map<string, AnyRow>();
        for (const { partition, steps } of all) {
          const owner = await store.claim('shelves', partition);
          await store.transact(owner, shelfSet, async (tx) => {
            const batch = new TableBatch('shelf', shelf);
            for (const one of steps)
              if (one.does === 'move') batch.want({ table: 'shelf', key: [`${partition}${one.thing}`] });
            const wanted = batch.wanted();
            if (wanted.length > 0) batch.fill(await tx.load('shelf', wanted));
            for (const one of steps) inBatch(batch, partition, one);
            if (batch.removed().length > 0) await tx.remove('shelf', batch.removed());
            const { puts, deletes } = batch.changes();
            await tx.store('shelf', puts, deletes);
          });
          for (const one of steps) byHand(expected, partition, one);
        }
        const byThing = (a: AnyRow, b: AnyRow): number => (String(a['thing']) < String(b['thing']) ? -1 : 1);
        expect((await rows()).toSorted(byThing)).toEqual([...expected.values()].sort(byThing));
      }),
      { numRuns },
    );
  });
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-c-]{1,3}$/), { maxLength: 12 });
const change = fc.record({ name: fc.stringMatching(/^[a-c-]{1,2}$/), size: fc.option(fc.nat(9)) });

/** Walks through stored rows page by page while a batch changes some: each that is left comes once, in order, none twice. */
export function pageContract(open: () => Promise<Pick<ShelfBench, 'store'>>, numRuns: number): void {
  it('pages have every row once, whatever the batch puts and deletes', async () => {
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.array(change, { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (stored, changes, limit) => {
          const { store } = await open();
          const owner = await store.claim('shelves', 0);
          const put = (org_id: string, name: string, size: number) => ({ org_id, name, size });
          await store.transact(owner, shelfSet, async (tx) => {
            await tx.remove('stack', [{ equal: {} }]);
            await tx.store('stack', [...stored.map((name) => put('o', name, 1)), put('p', 'b', 1)], []);
          });
          const expected = new Map(stored.map((name) => [name, put('o', name, 1)]));
          for (const { name, size } of changes)
            if (size === null) expected.delete(name);
            else expected.set(name, put('o', name, size));
          const found: AnyRow[] = [];
          for (let after: string | null = ''; after !== null;) {
            const from: string = after;
            const page = await store.transact(owner, shelfSet, async (tx) => {
              const batch = new TableBatch('stack', stack);
              batch.want({ table: 'stack', prefix: ['o'], after: from, limit });
              batch.fill(await tx.load('stack', batch.wanted()));
              for (const { name, size } of changes)
                if (size === null) batch.delete('o', name);
                else batch.put(put('o', name, size));
              return batch.page(['o'], from, limit);
            });
            found.push(...page.rows);
            after = page.upTo;
          }
          const byName = (a: AnyRow, b: AnyRow): number => (a['name']! < b['name']! ? -1 : 1);
          expect(found).toEqual([...expected.values()].sort(byName));
        },
      ),
      { numRuns },
    );
  });
}

/** Removes a set in pieces. */
export function pieceContract(open: () => Promise<ShelfBench>): void {
  it('a set is removed in pieces of a size, of one partition alone, until nothing of it is left', async () => {
    const { store, rows } = await open();
    const owners = [await store.claim('shelves', 0), await store.claim('shelves', 1)];
    const put = (thing: string, day: number) =>
      rowOf(thing, { does: 'put', thing: 0, shelf: 'a', day: `2026-01-0${day}`, size: 0 });
    for (const owner of owners)
      await store.transact(owner, shelfSet, (tx) => {
        const puts = [1, 2, 3, 4, 5].map((day, i) => put(`${owner.partition}${i}`, day));
        return tx.store('shelf', puts, []);
      });
    const old = { equal: {}, before: { column: 'day', value: '2026-01-05' } };
    const removed: number[] = [];
    for (let i = 0; i < 3; i++)
      removed.push(await store.transact(owners[0]!, shelfSet, (tx) => tx.remove('shelf', [old, old], 3)));
    expect(removed).toEqual([3, 1, 0]);
    const left = (await rows()).map((row) => row['thing']).sort();
    expect(left).toEqual(['04', '10', '11', '12', '13', '14']);
  });
}
