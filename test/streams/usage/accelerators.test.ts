import { expect, it } from 'vitest';
import { requiredColumns } from '../../../connectors/csv/header.ts';
import { unpackColumns } from '../../../schemas/codec/columns.ts';
import type { ContainerUsageReported } from '../../../schemas/generated/events.ts';
import { ACCELERATOR_MODEL, acceleratorCells } from '../../../schemas/usage-columns.ts';
import { csv } from '../../support/csv-rows.ts';
import type { Cells } from '../../support/csv-rows.ts';
import { readCsv } from '../../support/usage-report.ts';

const HALF = {
  interval_start: '2025-08-10 00:15:01 +0000 UTC',
  interval_end: '2025-08-10 00:30:00 +0000 UTC',
};
const [CORE, , COPY, , BUFFER, BUFFER_AVG] = acceleratorCells as [
  string,
  string,
  string,
  string,
  string,
  string,
];

/** What the events of a report tell of accelerators, by container. */
async function told(rows: readonly Cells[], columns = [ACCELERATOR_MODEL, ...acceleratorCells]) {
  const { emissions } = await readCsv(csv('container', rows, [...requiredColumns('container'), ...columns]));
  const events = emissions
    .filter(({ type }) => type === 'ContainerUsageReported')
    .map(({ data }) => data as ContainerUsageReported);
  return Object.fromEntries(
    events.map(({ container, accelerators, accelerator_models: models, intervals }) => [
      container,
      accelerators === null
        ? { intervals }
        : { intervals, models, columns: unpackColumns(accelerators).columns.map((column) => [...column]) },
    ]),
  );
}

it('an interval tells the greatest of its rows, by container, and which model', async () => {
  const a100 = { [ACCELERATOR_MODEL]: 'NVIDIA-A100-SXM4-40GB' };
  const found = await told([
    { ...a100, [CORE]: '15.5', [COPY]: '5', [BUFFER]: '2147483648' },
    // another pod; and a card whose largest value was not sent
    { ...a100, pod: 'web-abc-2', [CORE]: '10', [COPY]: '70.25', [BUFFER_AVG]: '4294967296' },
    { ...HALF, ...a100, [CORE]: '1' },
    { container_name: 'sidecar' },
    { ...HALF, container_name: 'mixed', [ACCELERATOR_MODEL]: 'Tesla V100' },
  ]);
  const [first, second] = [Date.UTC(2025, 7, 10, 0, 15), Date.UTC(2025, 7, 10, 0, 30)];
  expect(found).toEqual({
    web: {
      intervals: 2,
      models: ['NVIDIA-A100-SXM4-40GB'],
      columns: [
        [first, second],
        [15.5, 1],
        [70.25, NaN],
        [4294967296, NaN],
        [0, 0],
      ],
    },
    sidecar: { intervals: 1 },
    mixed: { intervals: 1, models: ['Tesla V100'], columns: [[second], [NaN], [NaN], [NaN], [0]] },
  });
});

it('cells that are no amounts, absent columns and blank models tell nothing, and no row is lost', async () => {
  const found = await told([
    { [ACCELERATOR_MODEL]: 'A', [CORE]: 'x', [COPY]: '-1', [BUFFER]: 'Infinity' },
    { container_name: 'blank', [ACCELERATOR_MODEL]: '<none>', [CORE]: '5' },
  ]);
  expect(found).toMatchObject({ web: { columns: [[expect.anything()], [NaN], [NaN], [NaN], [0]] } });
  expect(found['blank']).toEqual({ intervals: 1 });
  expect(await told([{ [CORE]: '5' }], [CORE])).toEqual({ web: { intervals: 1 } });
  expect(await told([{ [ACCELERATOR_MODEL]: 'A', [CORE]: '5' }], [CORE, ACCELERATOR_MODEL])).toMatchObject({
    web: { models: ['A'], columns: [[expect.anything()], [5], [NaN], [NaN], [0]] },
  });
});
