import { expect, it } from 'vitest';
import { arrayParameter } from '../../../connectors/postgres/arrays.ts';

const EPOCH_MS = 946_684_800_000;
/** Where the only element of an array begins. */
const FIRST = 24;

it('writes whole numbers of 64 bits as BigInt does, below zero and beyond 32 bits too', () => {
  const values = [
    0,
    1,
    -1,
    255,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    -(2 ** 32),
    -(2 ** 33) - 7,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
  ];
  for (const value of values) {
    expect(arrayParameter('int8', [value]).readBigInt64BE(FIRST), String(value)).toBe(BigInt(value));
  }
});

it('writes times in microseconds since 2000, also those before 1970 and far from now', () => {
  for (const ms of [EPOCH_MS, 0, -62_135_596_800_000, 1_772_000_000_123, 253_402_300_799_999]) {
    const written = arrayParameter('timestamptz', [ms]).readBigInt64BE(FIRST);
    expect(written, String(ms)).toBe(BigInt(ms - EPOCH_MS) * 1000n);
  }
});
