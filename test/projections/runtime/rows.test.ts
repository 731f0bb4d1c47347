import { describe, expect, it } from 'vitest';
import { TableBatch } from '../../../projections/runtime/rows.ts';
import { c, table } from '../../../projections/runtime/table.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';

const wide = table({
  comment: 'Wide.',
  key: ['id', 'at'],
  columns: {
    org_id: c.text('Org.'),
    id: c.text('Id.'),
    at: c.int4('At.'),
    note: c.text('Note.'),
    document: c.text('Document.'),
  },
});

function thrown(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

describe('reads that name columns', () => {
  it('load the key and what any read names; all of them as soon as one read names none', () => {
    const some = new TableBatch('wide', wide);
    some.want({ table: 'wide', prefix: ['a'], columns: ['at'] });
    some.want({ table: 'wide', key: ['b', 1], columns: ['note'] });
    expect(some.columns()).toEqual(['id', 'at', 'note']);
    some.want({ table: 'wide', key: ['c', 1] });
    expect(some.columns()).toBeUndefined();
  });

  it('a cell that was not loaded cannot be looked at, nor lost by putting the row back', () => {
    const batch = new TableBatch('wide', wide);
    batch.want({ table: 'wide', prefix: ['a'], columns: ['note'] });
    batch.fill([{ id: 'a', at: 1, note: 'n' }]);
    const [row] = batch.range(['a']) as [Record<string, string>];
    expect([row['id'], row['note']]).toEqual(['a', 'n']);
    expect(thrown(() => row['document'])).toBe('UNDECLARED_READ');
    expect(
      thrown(() => {
        batch.put({ ...row });
      }),
    ).toBe('UNDECLARED_READ');
    batch.put({ id: 'a', at: 1, note: 'm', document: 'd', org_id: 'o' });
    expect(batch.get('a', 1)).toEqual({ id: 'a', at: 1, note: 'm', document: 'd', org_id: 'o' });
    expect(batch.changes().puts).toHaveLength(1);
  });
});
