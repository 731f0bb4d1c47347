/** A report as one page: no script, nothing loaded from elsewhere, no time in it; equal proposals give equal bytes. */
import { krrColumns, krrRow } from './krr-csv.ts';
import { compareProposals } from './proposal.ts';
import type { Proposal } from './proposal.ts';
import { quantity } from './quantity.ts';
import { severities, severityOfProposal } from './severity.ts';
import { byWeight, changeText, summaryOf } from './summary.ts';

/** Bars of the plot. */
const BARS = 30;
const BAR = { height: 18, gap: 6, label: 300, width: 420 } as const;

const style = `body{font:15px/1.45 system-ui,sans-serif;margin:2rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
.cards{display:flex;gap:1rem;flex-wrap:wrap}.card{border:1px solid #d0d7de;border-radius:8px;padding:.7rem 1rem}
.card b{display:block;font-size:1.3rem}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #e5e8eb}
th{position:sticky;top:0;background:#f6f8fa}.CRITICAL{color:#b42318;font-weight:600}.WARNING{color:#9a6700;font-weight:600}
svg text{font:12px system-ui,sans-serif;fill:#1b1f24}.now{fill:#8c959f}.then{fill:#1f6feb}
@media(prefers-color-scheme:dark){body,svg text{color:#e6edf3;background:#0d1117;fill:#e6edf3}th{background:#161b22}.card,th,td{border-color:#30363d}}`;

/** The page. */
export function htmlReport(proposals: readonly Proposal[], title: string): string {
  const sorted = [...proposals].sort(compareProposals);
  const body =
    sorted.length === 0
      ? '<p>No container has reported yet, so there is nothing to advise on. Bring in a report with <code>rightstream ingest FILE</code>.</p>'
      : [cards(sorted), plot('cpu', sorted), plot('memory', sorted), table(sorted)].join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(title)}</title>
<style>${style}</style></head>
<body><h1>${text(title)}</h1>
${body}
</body></html>
`;
}

function cards(proposals: readonly Proposal[]): string {
  const { advised, containers, score, grade, bySeverity, cpu, memory } = summaryOf(proposals);
  const counts = severities.map((severity) => `${bySeverity[severity]} ${severity}`).join(', ');
  const entries = [
    ['Score', `${score.toFixed(0)} (${grade})`],
    ['Containers with advice', `${advised} of ${containers}`],
    ['By severity', counts],
    ['CPU requests', changeText('cpu', cpu)],
    ['Memory requests', changeText('memory', memory)],
  ];
  const shown = entries.map(
    ([name, value]) => `<div class="card">${text(name!)}<b>${text(value!)}</b></div>`,
  );
  return `<div class="cards">${shown.join('')}</div>`;
}

/** The greatest changes as pairs of bars: now above, advised below. */
function plot(resource: 'cpu' | 'memory', proposals: readonly Proposal[]): string {
  const name = resource === 'cpu' ? 'CPU' : 'Memory';
  const shown = byWeight(proposals)
    .filter(({ advised }) => advised[`${resource}_request`] !== null)
    .slice(0, BARS);
  if (shown.length === 0) return `<h2>${name} requests</h2><p>No container has advice on ${name} yet.</p>`;
  const amounts = shown.map(({ current, advised }) => [
    current[`${resource}_request`] ?? 0,
    advised[`${resource}_request`] ?? 0,
  ]);
  const most = Math.max(...amounts.flat(), Number.MIN_VALUE);
  const step = 2 * BAR.height + BAR.gap;
  const bars = shown.map((proposal, i) => {
    const [now, then] = amounts[i] as [number, number];
    const y = i * step;
    const label = `${proposal.namespace}/${proposal.workload}/${proposal.container}`.slice(0, 44);
    const bar = (value: number, top: number, kind: string, missing: string): string =>
      `<rect class="${kind}" x="${BAR.label}" y="${top}" width="${((value / most) * BAR.width).toFixed(1)}" height="${BAR.height - 4}"/>` +
      `<text x="${(BAR.label + (value / most) * BAR.width + 6).toFixed(1)}" y="${top + BAR.height - 7}">${value === 0 ? missing : quantity(resource, value)}</text>`;
    return (
      `<text x="0" y="${y + BAR.height + 3}">${text(label)}</text>` +
      bar(now, y, 'now', 'unset') +
      bar(then, y + BAR.height, 'then', '0')
    );
  });
  const width = BAR.label + BAR.width + 90;
  return `<h2>${name} requests, the greatest changes: now (grey), advised (blue)</h2>
<svg role="img" aria-label="${name} requests now and as advised" viewBox="0 0 ${width} ${shown.length * step}" width="${width}">${bars.join('')}</svg>`;
}

function table(proposals: readonly Proposal[]): string {
  const head = krrColumns.map((column) => `<th>${text(column)}</th>`).join('');
  const rows = proposals.map((proposal) => {
    const row = krrRow(proposal);
    const cells = krrColumns.map((column) => `<td>${text(String(row[column]))}</td>`).join('');
    return `<tr class="${(severityOfProposal(proposal) ?? 'unknown').toUpperCase()}">${cells}</tr>`;
  });
  return `<h2>All containers</h2>\n<table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function text(value: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return value.replaceAll(/[&<>"']/g, (character) => entities[character]!);
}
