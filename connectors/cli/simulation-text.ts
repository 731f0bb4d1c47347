/** What a simulation found, as tables for a terminal. */
import pc from 'picocolors';
import type { Score } from '../../projections/recommendation/engine/replay/score.ts';
import type { BadTraceRow } from '../csv/trace.ts';
import { count } from './progress.ts';
import { cellText, tableText } from './table-text.ts';
import type { Simulation, Total } from './simulating.ts';

const cpuColumns = [
  'engine',
  'slack %',
  'violation %',
  'unmet %',
  'mean cores',
  'changes/day',
  'mean change',
];
const memoryColumns = [
  'engine',
  'slack %',
  'OOM % of days',
  'unmet %',
  'mean MiB',
  'changes/day',
  'mean change',
];

/** Both tables and how to read them. */
export function simulationText({ totals, containers, short, options }: Simulation, width: number): string {
  const { warmUpDays, periodDays } = options;
  const periods = containers.reduce((sum, { periods: n }) => sum + n, 0);
  const lines = [
    `${count(containers.length)} containers, ${count(periods)} periods of ${periodDays} d, each after at least ${warmUpDays} d of history`,
  ];
  if (short.length > 0) lines.push(`${count(short.length)} more are too new to judge: ${shortNames(short)}`);
  for (const [title, columns, resource] of [
    ['CPU', cpuColumns, 'cpu'],
    ['Memory', memoryColumns, 'memory'],
  ] as const) {
    const rows = totals.flatMap((total) => rowOf(total, columns, resource));
    if (rows.length > 0) lines.push('', pc.bold(title), tableText(rows, columns, width));
  }
  const silent = totals.filter(({ unadvised }) => unadvised > 0);
  for (const { name, unadvised } of silent)
    lines.push(`${name}: ${count(unadvised)} periods without advice are not judged`);
  lines.push(
    '',
    'slack: allocated and not used; violation: used more than requested; read them together, hindsight is the floor.',
  );
  return lines.join('\n');
}

function shortNames(names: readonly string[]): string {
  const left = names.length - 5;
  return `${names.slice(0, 5).map(cellText).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function rowOf(
  total: Total,
  columns: readonly string[],
  resource: 'cpu' | 'memory',
): Record<string, unknown>[] {
  const score = total[resource];
  if (score === null) return [];
  const cells = [total.name, ...numbersOf(score, resource)];
  return [Object.fromEntries(columns.map((column, i) => [column, cells[i]]))];
}

const MIB = 2 ** 20;

/** The six numbers of a score, rounded. */
export function numbersOf(score: Score, resource: 'cpu' | 'memory'): number[] {
  const { slack, violation, unmet, mean, changesPerDay, meanChange } = score;
  const scale = resource === 'cpu' ? 1 : MIB;
  const digits = resource === 'cpu' ? 3 : 0;
  const rounded = (value: number, places: number) => Number(value.toFixed(places));
  return [
    rounded(slack, 2),
    rounded(violation, 2),
    rounded(unmet, 3),
    rounded(mean / scale, digits),
    rounded(changesPerDay, 2),
    rounded(meanChange / scale, digits),
  ];
}

/** Bad rows of a trace, for people. */
export function badRowsText(rejected: number, bad: readonly BadTraceRow[]): string {
  if (rejected === 0) return '';
  const lines = bad.map(({ row, column, code, message }) => {
    const place = column === '' ? `row ${row}` : `row ${row}, column ${cellText(column)}`;
    return `  ${place}: ${pc.yellow(code)} ${cellText(message)}`;
  });
  const left = rejected - bad.length;
  return [
    `${count(rejected)} rows were set aside:`,
    ...lines,
    ...(left > 0 ? [`  … ${count(left)} more`] : []),
  ].join('\n');
}
