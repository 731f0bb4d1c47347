import fc from 'fast-check';
import batches from 'kafkajs/src/protocol/recordBatch/v0/index.js';
import Record from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import { expect, it } from 'vitest';
import { recordOf } from '../../../connectors/kafka/fetching.ts';
import { committedMessages } from '../../../connectors/kafka/internals.ts';
import { readPlainBatches } from '../../../connectors/kafka/record-batches.ts';
import type { LogRecord } from '../../../streams/runtime/ports.ts';

const at = { topic: 't', partition: 3 };

interface Given {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly delta: number;
}

/** A batch as the client's producer writes it. */
async function batchOf(
  firstOffset: number,
  records: readonly Given[],
  over: Record<string, unknown> = {},
): Promise<Buffer> {
  const firstTimestamp = 1_764_000_000_000;
  const encoded = await batches.RecordBatch({
    compression: 0,
    firstOffset: String(firstOffset),
    firstTimestamp,
    maxTimestamp: firstTimestamp + 5,
    producerId: '7',
    producerEpoch: 0,
    firstSequence: 0,
    transactional: false,
    lastOffsetDelta: records.length - 1,
    records: records.map(({ delta, ...record }, offsetDelta) =>
      Record({ offsetDelta, timestampDelta: delta, ...record }),
    ),
    ...over,
  });
  // first offset 0 is what producers send: the broker writes the real one
  encoded.buffer.writeBigInt64BE(BigInt(firstOffset), 0);
  return encoded.buffer;
}

/** What the client itself makes of the bytes. */
async function byClient(from: number, bytes: Buffer): Promise<{ records: LogRecord[]; next: number }> {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  const data = { partition: at.partition, abortedTransactions: [], recordSet: Buffer.concat([size, bytes]) };
  const { messages, next } = await committedMessages(at.topic, from, data);
  return { records: messages.map((message) => recordOf(at, message)), next };
}

const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 20 }));
const given = fc.record({
  key: fc.option(text),
  value: fc.option(fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes))),
  headers: fc.dictionary(fc.constantFrom('event-id', 'seq', 'org', 'ünï', 'x'.repeat(130)), text),
  delta: fc.integer({ min: -(2 ** 33), max: 2 ** 40 }),
});

it('reads what producers write just as the client does, from any offset, cut off anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(given, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      fc.nat({ max: 25 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 2 ** 31 - 2, 2 ** 45),
      async (written, skip, kept, base) => {
        let offset = base;
        const parts: Buffer[] = [];
        for (const records of written) {
          parts.push(await batchOf(offset, records));
          offset += records.length;
        }
        const all = Buffer.concat(parts);
        // The first batch is whole in every answer, whatever its size.
        const bytes = all.subarray(0, Math.max(parts[0]!.length, Math.ceil(kept * all.length)));
        const from = Math.min(base + skip, offset - 1);
        expect(readPlainBatches(at, from, bytes)).toEqual(await byClient(from, bytes));
      },
    ),
    { numRuns: 200 },
  );
});

it('goes on behind offsets that compaction took out of a batch', async () => {
  const batch = await batchOf(10, [{ key: 'k', value: null, headers: {}, delta: 0 }], { lastOffsetDelta: 4 });
  expect(readPlainBatches(at, 10, batch)?.next).toBe(15);
});

it('goes on behind a compressed batch whose last records, or all of them, compaction took out', async () => {
  const one = { key: 'k', value: null, headers: {}, delta: 0 };
  const cut = await batchOf(10, [one], { compression: 1, lastOffsetDelta: 4 });
  expect(await byClient(10, cut)).toMatchObject({ records: [{ offset: 10 }], next: 15 });
  const empty = await batchOf(15, [], { compression: 1, lastOffsetDelta: 2 });
  expect(await byClient(15, empty)).toEqual({ records: [], next: 18 });
});

it.each([
  ['in a transaction', { transactional: true }],
  ['compressed', { compression: 1 }],
])('leaves a batch that is %s to the client', async (_, over) => {
  const batch = await batchOf(0, [{ key: 'k', value: null, headers: {}, delta: 0 }], over);
  expect(readPlainBatches(at, 0, batch)).toBeUndefined();
});

it('leaves bytes that say of themselves what is not so to the client', async () => {
  const batch = await batchOf(0, [{ key: 'k', value: null, headers: {}, delta: 0 }]);
  batch.writeInt32BE(0, 57);
  expect(readPlainBatches(at, 0, batch)).toBeUndefined();
});
