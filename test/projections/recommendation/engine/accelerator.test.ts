import { describe, expect, it } from 'vitest';
import { cardOf, sliceFor } from '../../../../projections/recommendation/engine/accelerator.ts';
import { recommend } from '../../../../projections/recommendation/engine/recommend.ts';
import { container, DAY, flat, NOW, QUARTER, series } from './usage.ts';

const A100 = 'NVIDIA-A100-SXM4-40GB';

/** The slice for intervals that all used the same. */
function sliceOf(model: string, percent: number): string | number {
  const slice = sliceFor(
    { model, ends: Float64Array.of(1, 2), used: Float64Array.of(percent, percent) },
    0,
    2,
    98,
  )!;
  return slice.resource?.replace('nvidia.com/mig-', '') ?? slice.code;
}

describe('the smallest slice whose shares of memory and multiprocessors both suffice', () => {
  // By hand: memory 1/8, 1/4, 1/4, 1/2, 1/2, 1; multiprocessors 1/7, 1/7, 2/7, 3/7, 4/7, 1.
  it.each([
    [0, '1g.5gb', '1g.10gb'],
    [12.5, '1g.5gb', '1g.10gb'],
    [12.6, '1g.10gb', '1g.20gb'],
    [14.2, '1g.10gb', '1g.20gb'],
    [14.3, '2g.10gb', '2g.20gb'],
    [25, '2g.10gb', '2g.20gb'],
    [25.1, '3g.20gb', '3g.40gb'],
    [42.8, '3g.20gb', '3g.40gb'],
    [42.9, '4g.20gb', '4g.40gb'],
    [50, '4g.20gb', '4g.40gb'],
    [50.1, '7g.40gb', '7g.80gb'],
    [100, '7g.40gb', '7g.80gb'],
    [130, '7g.40gb', '7g.80gb'],
  ])('%d per cent of the card: %s of 40 GB, %s of 80 GB', (percent, of40, of80) => {
    expect(sliceOf(A100, percent)).toBe(of40);
    expect(sliceOf('NVIDIA A100-SXM4-80GB', percent)).toBe(of80);
    expect(sliceOf('NVIDIA H100 80GB HBM3', percent)).toBe(of80);
  });

  it.each(['Tesla-V100-PCIE-16GB', 'NVIDIA-A100', 'NVIDIA H100 NVL', 'NVIDIA H200', 'BA100-40GB', ''])(
    'no slice for %j, and a notice that says so',
    (model) => {
      expect(cardOf(model)).toBeUndefined();
      expect(sliceOf(model, 10)).toBe(328001);
    },
  );

  it('takes an element of the sorted list, of intervals within the window, both ends included', () => {
    // 97 intervals of 0.25, 0.5, … 24.25 %: P60 is the 59th, 14.75 %; P98 the 95th, 23.75 %.
    const used = Float64Array.from({ length: 97 }, (_, i) => (i + 1) / 4);
    const ends = Float64Array.from({ length: 97 }, (_, i) => i);
    const usage = { model: A100, ends, used };
    expect(sliceFor(usage, 0, 96, 60)?.resource).toBe('nvidia.com/mig-2g.10gb');
    // Without the first and last: the 57th of 95 lies at floor(0.6·94 + 0.5) = 56: 14.5 %.
    expect(sliceFor(usage, 1, 95, 60)?.resource).toBe('nvidia.com/mig-2g.10gb');
    // The first 57 alone: floor(0.6·56 + 0.5) = 34: 8.75 %.
    expect(sliceFor(usage, 0, 56, 60)?.resource).toBe('nvidia.com/mig-1g.5gb');
    expect(sliceFor(usage, 0, 56, 98)?.resource).toBe('nvidia.com/mig-1g.10gb');
    expect(sliceFor(usage, 200, 300, 60)).toBeUndefined();
    expect(sliceFor({ ...usage, used: used.map(() => NaN) }, 0, 96, 60)).toBeUndefined();
  });
});

it('a slice is one more limit of each engine and term, and changes nothing else', () => {
  const rows = series(768, () => flat(0.5, 2e8));
  const ends = Float64Array.from(rows, ({ end }) => end);
  // A quiet past and a busy last day: 10 % before, of the last 97 intervals 3 with 55 %, the others 30 %.
  const used = Float64Array.from(rows, ({ end }) =>
    end < NOW - DAY ? 10 : end > NOW - 3 * QUARTER ? 55 : 30,
  );
  const signals = container(rows);
  const plain = recommend(signals, { kind: 'container', requestedEnd: NOW });
  const sliced = recommend(signals, {
    kind: 'container',
    requestedEnd: NOW,
    accelerator: { model: A100, ends, used },
  });
  const limits = [...JSON.stringify(sliced.document).matchAll(/"nvidia.com\/mig-([^"]+)":(\{[^}]*\})/g)];
  expect(limits.map(([, name]) => name)).toEqual([
    // 1 d: P60 30 %, P98 the 95th of 97: 55 %. 7 d, 673 intervals: P60 10 %, P98 index 659: 30 %. 15 d, 768: P60 10 %, P98 752: 30 %.
    ...['3g.20gb', '7g.40gb', '1g.5gb', '3g.20gb', '1g.5gb', '3g.20gb'],
  ]);
  expect(new Set(limits.map(([, , amount]) => amount))).toEqual(new Set(['{"amount":1,"format":"cores"}']));
  expect(sliced.advice.map(({ notifications }) => notifications.includes(128001))).toEqual(
    Array.from({ length: 6 }, () => true),
  );
  const without = JSON.stringify(sliced.document)
    .replaceAll(/,"nvidia.com\/mig-[^"]+":\{[^}]*\}/g, '')
    .replaceAll(/,?"128001":\{[^}]*\}/g, '')
    .replaceAll('{,', '{');
  expect(JSON.parse(without)).toEqual(JSON.parse(JSON.stringify(plain.document)));
});
