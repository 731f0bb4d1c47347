import { describe, expect, it } from 'vitest';
import { TableBatch } from '../../../projections/runtime/rows.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import { pageContract, pieceContract, rowSetContract } from './row-sets.ts';
import { tally } from './tally.ts';

describe('in memory', () => {
  const open = () => {
    const store = new MemoryUnits(new MemoryLog());
    return Promise.resolve({ store, rows: () => Promise.resolve(store.rows('shelves', 'shelf')) });
  };
  rowSetContract(open, 500);
  pieceContract(open);
  pageContract(() => Promise.resolve({ store: new MemoryUnits(new MemoryLog()) }), 300);
});

it('a table that is not declared with sets refuses to remove one', () => {
  const batch = new TableBatch('tally', tally.tables['tally']!);
  let thrown: unknown;
  try {
    batch.removeWhere({ org_id: 'o' });
  } catch (error) {
    thrown = error;
  }
  expect(codeOf(thrown)).toBe('UNDECLARED_SETS');
});
