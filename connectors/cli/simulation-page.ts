/** What a simulation found, as one page: slack against violations, and one container's use with what was allocated. */
import type { Outcome } from '../../projections/recommendation/engine/replay/replay.ts';
import { numbersOf } from './simulation-text.ts';
import type { Simulation, Total } from './simulating.ts';

const colours = [
  '#2563eb',
  '#dc2626',
  '#059669',
  '#d97706',
  '#7c3aed',
  '#0891b2',
  '#be185d',
  '#4d7c0f',
  '#57534e',
];
const [WIDTH, HEIGHT, EDGE] = [720, 340, 50];
/** Containers whose allocations are drawn. */
const MAX_DRAWN = 20;

/** A page without scripts and without anything from elsewhere. */
export function simulationPage({ totals, containers, options }: Simulation): string {
  const sections = (['cpu', 'memory'] as const).map((resource) => {
    const shown = totals.filter((total) => total[resource] !== null);
    if (shown.length === 0) return '';
    return `<h2>${resource === 'cpu' ? 'CPU' : 'Memory'}</h2>${scatter(shown, resource)}${table(shown, resource)}`;
  });
  const drawn = containers
    .slice(0, MAX_DRAWN)
    .map(({ container, outcomes }) => `<h3>${text(container)}</h3>${steps(outcomes)}`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulation</title>
<style>body{font:14px system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse}td,th{padding:.2rem .6rem;border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}</style>
<h1>Simulation</h1><p>${containers.length} containers, periods of ${options.periodDays} d after ${options.warmUpDays} d of history. Slack: allocated and not used. Violation: used more than requested.</p>
${sections.join('\n')}
<h2>CPU allocated, by period</h2>${drawn.join('\n')}
</html>
`;
}

function scatter(totals: readonly Total[], resource: 'cpu' | 'memory'): string {
  const points = totals.map((total) => ({
    name: total.name,
    x: total[resource]!.slack,
    y: total[resource]!.violation,
  }));
  const most = (of: (point: { x: number; y: number }) => number) => Math.max(1, ...points.map(of)) * 1.1;
  const scale = { x: most(({ x }) => x), y: most(({ y }) => y) };
  const at = (x: number, y: number) => [
    EDGE + ((WIDTH - 2 * EDGE) * x) / scale.x,
    HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * y) / scale.y,
  ];
  const marks = points.map(({ name, x, y }, i) => {
    const [left, top] = at(x, y).map((n) => n.toFixed(1));
    return `<circle cx="${left!}" cy="${top!}" r="5" fill="${colour(i)}"/><text x="${left!}" y="${top!}" dx="8" dy="${i % 2 === 0 ? 4 : -6}" font-size="11">${text(name)}</text>`;
  });
  return frame(`${marks.join('')}${axes('slack %', 'violation %', scale.x, scale.y)}`);
}

function steps(outcomes: readonly Outcome[]): string {
  const periods = Math.max(...outcomes.map(({ allocated }) => allocated.length));
  const values = outcomes.flatMap(({ allocated }) => allocated.map(({ cpu }) => cpu ?? 0));
  const most = Math.max(1e-9, ...values) * 1.1;
  const x = (i: number) => (EDGE + ((WIDTH - 2 * EDGE) * i) / periods).toFixed(1);
  const y = (value: number) => (HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * value) / most).toFixed(1);
  const lines = outcomes.map(({ name, allocated }, i) => {
    const points = allocated.flatMap(({ cpu }, k) =>
      cpu === null ? [] : [`${x(k)},${y(cpu)}`, `${x(k + 1)},${y(cpu)}`],
    );
    const label = `<text x="${EDGE + 8 + (i % 4) * 165}" y="${14 + Math.floor(i / 4) * 13}" font-size="11" fill="${colour(i)}">— ${text(name)}</text>`;
    return `<polyline fill="none" stroke="${colour(i)}" stroke-width="1.5" points="${points.join(' ')}"/>${label}`;
  });
  return frame(`${lines.join('')}${axes('period', 'cores', periods, most)}`);
}

function axes(xTitle: string, yTitle: string, x: number, y: number): string {
  const [bottom, right] = [HEIGHT - EDGE, WIDTH - EDGE];
  return `<path d="M${EDGE} ${EDGE}V${bottom}H${right}" fill="none" stroke="#888"/><text x="${right}" y="${bottom + 18}" font-size="11" text-anchor="end">${xTitle}, to ${x.toPrecision(3)}</text><text x="4" y="${EDGE - 8}" font-size="11">${yTitle}, to ${y.toPrecision(3)}</text>`;
}

function frame(inner: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">${inner}</svg>`;
}

function table(totals: readonly Total[], resource: 'cpu' | 'memory'): string {
  const heads = [
    'engine',
    'slack %',
    resource === 'cpu' ? 'violation %' : 'OOM % of days',
    'unmet %',
    resource === 'cpu' ? 'mean cores' : 'mean MiB',
    'changes/day',
    'mean change',
  ];
  const rows = totals.map(
    (total) =>
      `<tr><td>${text(total.name)}</td>${numbersOf(total[resource]!, resource)
        .map((n) => `<td>${n}</td>`)
        .join('')}</tr>`,
  );
  return `<table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>${rows.join('')}</table>`;
}

function colour(i: number): string {
  return colours[i % colours.length]!;
}

/** Names come from clusters and policies. */
function text(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
