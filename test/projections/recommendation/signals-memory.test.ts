import { expect, it } from 'vitest';
import { signalColumns } from '../../../projections/recommendation/engine/signals.ts';
import type { Signals } from '../../../projections/recommendation/engine/signals.ts';
import { DAY_MS } from '../../../projections/recommendation/usage-day.ts';
import {
  keptDay,
  packDay,
  SignalsMemory,
  signalsAt,
} from '../../../projections/recommendation/usage-signals.ts';
import { noiseFrom } from '../../support/synthetic-traces.ts';

const t0 = Date.parse('2026-02-01T00:00:00Z');

/** A day with so many rows; settings change in the middle. */
function dayWith(day: number, rows: number) {
  const { uniform } = noiseFrom(day);
  const start = t0 + day * DAY_MS;
  const cell = (name: (typeof signalColumns)[number], i: number): number => {
    if (name === 'end') return start + (i + 1) * 900_000;
    if (name === 'start') return start + i * 900_000;
    if (name === 'pods') return 1 + (i % 3);
    if (name.endsWith('Request') || name.endsWith('Limit')) return i < rows / 2 ? NaN : 1 + day;
    return name.startsWith('i') ? uniform() : Math.round(1e9 * uniform());
  };
  const signals: Signals = {
    length: rows,
    columns: signalColumns.map((name) => Float64Array.from({ length: rows }, (_, i) => cell(name, i))),
  };
  const text = new Date(start).toISOString().slice(0, 10);
  return keptDay({ day: text, signals: packDay(signals, text) } as Parameters<typeof keptDay>[0]);
}

it('signals read into memory that was used before are those read into memory of their own', () => {
  const memory = new SignalsMemory();
  const windows = [[96, 96, 96], [96], [], [3, 96, 1], [96, 96, 96], [90, 1, 2, 96]];
  windows.forEach((rows, w) => {
    const days = rows.map((n, i) => dayWith(10 * w + i, n));
    for (const end of [t0 + (10 * w + rows.length) * DAY_MS, t0 + (10 * w + 15.5) * DAY_MS]) {
      const { length, columns } = signalsAt(days, end, memory);
      const own = signalsAt(days, end);
      expect({ length, columns: columns.map((column) => [...column]) }).toEqual({
        length: own.length,
        columns: own.columns.map((column) => [...column]),
      });
    }
  });
});

it('signals of days in bytes are the signals of the days joined', () => {
  const days = [dayWith(0, 96), dayWith(1, 5), dayWith(2, 96)];
  const { columns } = signalsAt(days, t0 + 3 * DAY_MS);
  const joined = signalColumns.map((_, c) => days.flatMap((day) => [...day.signals(true).columns[c]!]));
  expect(columns.map((column) => [...column])).toEqual(joined);
});
