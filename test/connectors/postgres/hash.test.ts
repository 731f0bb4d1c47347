import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { PoolClient } from 'pg';
import { expect, it } from 'vitest';
import { hashTables } from '../../../connectors/postgres/rebuilds.ts';
import { tableSetOf } from '../../../projections/runtime/projection-work.ts';
import { tally } from '../../projections/runtime/tally.ts';

it('rows of a hash are counted although the server says how many only after the last of them', async () => {
  // What a real server does now and then, between two packets.
  const chunks = ['a\\nb\t1', '\t2\nc\t3\t4\n'].map((text) => Buffer.from(text));
  const client = { query: () => Object.assign(Readable.from(chunks), { rowCount: 0 }) };
  const found = await hashTables(client as unknown as PoolClient, tableSetOf(tally), 'schema');
  const sha256 = createHash('sha256').update(Buffer.concat(chunks)).digest('hex');
  expect(found).toEqual([{ table: 'tally', rows: 2, sha256 }]);
});
