import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from '../../../streams/usage/times.ts';

describe('interval times', () => {
  it.each([
    ['2025-08-10 00:15:00 +0000 UTC', '2025-08-10T00:15:00.000Z'],
    ['2025-08-10 05:45:00 +0530 IST', '2025-08-10T00:15:00.000Z'],
    ['2025-08-09 20:15:00 -0400 EDT', '2025-08-10T00:15:00.000Z'],
    ['2025-08-10 02:15:00 +0200 +0200', '2025-08-10T00:15:00.000Z'],
    ['2025-08-10 02:15:00 +0200', '2025-08-10T00:15:00.000Z'],
    ['2025-08-10 00:15:00 UTC', '2025-08-10T00:15:00.000Z'],
    ['2025-08-10 00:15:00.123456 +0000 UTC', '2025-08-10T00:15:00.123Z'],
    ['2025-08-10 00:15:00.1 +0000 UTC', '2025-08-10T00:15:00.100Z'],
    ['2025-08-10T00:15:00Z', '2025-08-10T00:15:00.000Z'],
    ['2025-08-10T05:45:00.5+05:30', '2025-08-10T00:15:00.500Z'],
    ['2025-08-10T00:15:00-0000', '2025-08-10T00:15:00.000Z'],
    ['2024-02-29 00:00:00 +0000 UTC', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29 23:59:59 +0000 UTC', '2000-02-29T23:59:59.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseTime(text)).toBe(Date.parse(iso));
  });

  it.each([
    ['', 'garbage', '2025-08-10', '2025-08-10 00:15:00', '2025-08-10T00:15:00', '1754784900'],
    ['2025-02-29 00:00:00 +0000 UTC', '1900-02-29 00:00:00 +0000 UTC', '2025-04-31T00:00:00Z'],
    ['2025-13-01T00:00:00Z', '2025-00-01T00:00:00Z', '2025-01-00T00:00:00Z', '2025-01-32T00:00:00Z'],
    ['2025-01-01T24:00:00Z', '2025-01-01T00:60:00Z', '2025-01-01T00:00:60Z', '2025-01-01T00:00:00+15:00'],
    [' 2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z ', '2025-01-01T00:00:00.Z', '2025-01-01 00:00:00 EST'],
    [
      '2025-01-01T00:00:00.1234567890Z',
      '２025-01-01T00:00:00Z',
      '2025-1-1T00:00:00Z',
      '2025-01-01T00:00:00+0:0',
    ],
  ])('are refused: %s, %s, %s …', (...texts) => {
    expect(texts.map((text) => parseTime(text))).toEqual(texts.map(() => NaN));
  });

  it('agree with Date for every moment and offset', () => {
    const moment = fc.date({ min: new Date('0101-01-01'), max: new Date('9998-12-31'), noInvalidDate: true });
    const minutes = fc.integer({ min: -14 * 60 - 59, max: 14 * 60 + 59 });
    fc.assert(
      fc.property(moment, minutes, (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString();
        const [hours, rest] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${String(rest).padStart(2, '0')}`;
        expect(parseTime(`${local.slice(0, 10)} ${local.slice(11, 23)} ${zone} X`)).toBe(date.getTime());
      }),
    );
  });
});
