import { expect, test } from 'vitest';
import deadLetters from '../../../projections/operations/dead-letters.projection.ts';
import { applyBatch } from '../../../projections/runtime/apply.ts';
import { createCodec, localRegistry } from '../../../schemas/codec/codec.ts';
import type { EventName, Events } from '../../../schemas/generated/events.ts';
import type { AnyRow, UnitTransaction } from '../../../streams/runtime/units.ts';
import { Marks } from '../../../streams/runtime/seq.ts';

const codec = createCodec(localRegistry());
const place = { unit: 'u', topic: 'usage', partition: 1, offset: 5 };
const asked = { by: 'cli:me', host: 'here', reason: 'why' };

type Fact = { [N in EventName]: readonly [N, Events[N]] }[EventName];

function died(code: string, attempt = 0): Fact {
  const retried = { topic: 'u.retry', offset: 100 + attempt };
  const headers = attempt === 0 ? {} : { 'redrive-of': 'usage/1/5', 'redrive-attempt': String(attempt) };
  const event = { event_id: 'e', event_type: 'T', org_id: 'o', key: 'k', message: `${code}!` };
  const at = attempt === 0 ? place : { ...place, ...retried };
  return ['RecordDied', { ...at, ...event, code, headers, value: Buffer.from([attempt]) }];
}

function redriven(attempt: number): Fact {
  const what = { edited: false, event_id: 'e', value_sha256: 's' };
  return ['RecordRedriven', { ...place, ...asked, ...what, attempt }];
}

const discarded = (attempt: number): Fact => ['RecordDiscarded', { ...place, ...asked, attempt }];

/** The tables after these facts, a batch each. */
async function after(facts: readonly Fact[]): Promise<{ letters: AnyRow[]; steps: string[] }> {
  const tables: Record<string, Map<string, AnyRow>> = {
    dead_letters: new Map(),
    dead_letter_history: new Map(),
  };
  const nameOf = (table: string, row: AnyRow): string =>
    JSON.stringify(deadLetters.tables[table]!.key.map((column) => row[column]));
  for (const [i, [type, data]] of facts.entries()) {
    const tx = {
      load: (table: string, reads: readonly { key?: unknown }[]) =>
        Promise.resolve(
          reads.flatMap(({ key }) =>
            [tables[table]!.get(JSON.stringify(key))].filter((row) => row !== undefined),
          ),
        ),
      store: (table: string, puts: readonly AnyRow[]) => {
        for (const row of puts) tables[table]!.set(nameOf(table, row), row);
        return Promise.resolve();
      },
      append: () => Promise.reject(new Error('emits nothing')),
    } as unknown as UnitTransaction;
    const record = {
      ...{ topic: 'dead-letters', partition: 0, offset: i, key: 'u', timestamp: 1_000 + i },
      ...{ headers: { 'event-type': type }, value: codec.encode(type, data as never) },
    };
    const outcome = await applyBatch(deadLetters, [record], tx, {
      ...{ codec, now: () => 0, live: true, marks: new Marks() },
    });
    expect(outcome).toMatchObject({ applied: 1, dead: 0 });
  }
  return {
    letters: [...tables['dead_letters']!.values()],
    steps: [...tables['dead_letter_history']!.values()]
      .map((row) => `${row['attempt']} ${row['step']}`)
      .sort(),
  };
}

test('a fix that dies again is dead, with both reasons', async () => {
  const { letters, steps } = await after([died('A'), redriven(1), died('B', 1)]);
  expect(letters).toMatchObject([
    {
      topic: 'usage',
      record_offset: 5,
      status: 'dead',
      attempts: 1,
      died_attempt: 1,
      code: 'B',
      died_at: 1_002,
    },
  ]);
  // Still the record that died first.
  expect(letters[0]!['value']).toEqual(Buffer.from([0]));
  expect(steps).toEqual(['0 died', '1 died', '1 redriven']);
});

test('the order in which a redrive and its death are told does not matter', async () => {
  const told = await after([died('A'), redriven(1), died('B', 1), redriven(2)]);
  const swapped = await after([died('A'), died('B', 1), redriven(1), redriven(2)]);
  const still = await after([died('A'), died('B', 1), redriven(2), redriven(1)]);
  for (const { letters, steps } of [told, swapped, still]) {
    expect(letters).toMatchObject([{ status: 'redriven', attempts: 2, died_attempt: 1, code: 'B' }]);
    expect(steps).toEqual(['0 died', '1 died', '1 redriven', '2 redriven']);
  }
  const late = await after([died('A'), died('B', 1), redriven(1)]);
  expect(late.letters).toMatchObject([{ status: 'dead', attempts: 1 }]);
});

test('what is discarded is given up until it is redriven', async () => {
  expect((await after([died('A'), discarded(0)])).letters).toMatchObject([{ status: 'discarded' }]);
  expect((await after([died('A'), discarded(0), redriven(1)])).letters).toMatchObject([
    { status: 'redriven' },
  ]);
  // Somebody redrove it in the meantime.
  expect((await after([died('A'), redriven(1), discarded(0)])).letters).toMatchObject([
    { status: 'redriven' },
  ]);
});

test('a death of a redriven record that nobody knows is one of its own', async () => {
  expect((await after([died('B', 1)])).letters).toMatchObject([
    { topic: 'u.retry', status: 'dead', attempts: 0 },
  ]);
});
