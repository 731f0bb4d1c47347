import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkEvolution, newVersions } from '../../../schemas/codec/evolution.ts';
import type { HistoricSchema } from '../../../schemas/codec/schema.ts';
import { historyModule, readHistory, writeHistory } from '../../../schemas/codegen-history.ts';
import { eventSchemas } from '../../../schemas/generated/events.ts';
import { schemaHistory } from '../../../schemas/generated/history.ts';

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
  readonly doc?: string;
}

const amount: Field = { name: 'amount', type: 'int', doc: 'How many.' };
const state: Field = { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'PAID'] } };

function order(...fields: Field[]) {
  return {
    fullName: 'x.Order',
    avro: JSON.stringify({ type: 'record', name: 'Order', namespace: 'x', fields }),
  };
}

function history(...versions: ReturnType<typeof order>[]): HistoricSchema[] {
  return versions.map((version, index) => ({ id: index + 1, ...version }));
}

function kinds(current: ReturnType<typeof order>, ...versions: ReturnType<typeof order>[]): string[] {
  return checkEvolution([current], history(...versions)).map(({ kind, id }) =>
    id === undefined ? kind : `${kind} ${id}`,
  );
}

describe('the committed schemas', () => {
  it('read everything that was ever written', () => {
    expect(checkEvolution(Object.values(eventSchemas), schemaHistory)).toEqual([]);
  });

  it('have ids from 1 without gaps, so none was taken away', () => {
    expect(schemaHistory.map(({ id }) => id)).toEqual(schemaHistory.map((_, index) => index + 1));
  });
});

describe('changes that are fine, once recorded', () => {
  it.each([
    ['a new field with a default', order(amount, { name: 'note', type: 'string', default: '' })],
    ['a field taken away', order()],
    ['a wider number', order({ ...amount, type: 'long' })],
    ['a type made optional', order({ ...amount, type: ['null', 'int'] })],
  ])('%s', (_, current) => {
    expect(kinds(current, order(amount))).toEqual(['unrecorded']);
    expect(kinds(current, order(amount), current)).toEqual([]);
  });

  it('another doc is no new version', () => {
    expect(kinds(order({ ...amount, doc: 'How many pieces.' }), order(amount))).toEqual([]);
  });
});

describe('changes that old records do not survive', () => {
  it.each([
    ['a new field without a default', order(amount, { name: 'note', type: 'string' })],
    ['another type', order({ ...amount, type: 'string' })],
    ['a field renamed', order({ ...amount, name: 'count' })],
    ['a field made mandatory', order(amount), order({ ...amount, type: ['null', 'int'], default: null })],
    ['a narrower number', order(amount), order({ ...amount, type: 'long' })],
    [
      'an enum symbol taken away',
      order({ ...state, type: { type: 'enum', name: 'State', symbols: ['NEW'] } }),
      order(state),
    ],
    [
      'an item type changed',
      order({ name: 'l', type: { type: 'array', items: 'string' } }),
      order({ name: 'l', type: { type: 'array', items: 'int' } }),
    ],
  ])('%s', (_, current, before = order(amount)) => {
    expect(kinds(current, before)).toContain('incompatible 1');
  });

  it('also when only an older version cannot be read (transitive)', () => {
    const optional = { ...amount, default: 0 };
    // version 2 dropped the field, version 3 brings it back with another type: 2 is fine with that, 1 is not
    expect(kinds(order({ ...optional, type: 'boolean', default: false }), order(amount), order())).toEqual([
      'incompatible 1',
      'unrecorded',
    ]);
  });

  it('an event that is gone, and an id that is used twice', () => {
    expect(checkEvolution([], history(order(amount))).map(({ kind }) => kind)).toEqual(['removed']);
    const twice = [...history(order(amount)), { id: 1, ...order() }];
    expect(checkEvolution([order(amount)], twice).map(({ kind }) => kind)).toContain('id-reused');
  });
});

describe('recording', () => {
  let folder = '';
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives new versions the next ids and never changes a file', () => {
    folder = mkdtempSync(join(tmpdir(), 'rightstream-history-'));
    const [first, second] = [order(amount), order({ ...amount, type: 'long' })];
    writeHistory(folder, newVersions([first], readHistory(folder)));
    writeHistory(folder, newVersions([second], readHistory(folder)));
    expect(newVersions([second], readHistory(folder))).toEqual([]);
    expect(readdirSync(folder)).toEqual(['Order.1.avsc', 'Order.2.avsc']);
    expect(readHistory(folder)).toEqual(history(first, second));
    expect(() => {
      writeHistory(folder, history(second));
    }).toThrow(/EEXIST/);
    expect(historyModule(readHistory(folder))).toContain("{ id: 2, fullName: 'x.Order', avro:");
  });

  it('refuses a file that is not named for its record', () => {
    folder = mkdtempSync(join(tmpdir(), 'rightstream-history-'));
    writeFileSync(join(folder, 'Bill.1.avsc'), order(amount).avro);
    expect(() => readHistory(folder)).toThrow(/Bill\.1\.avsc is not named/);
  });
});
