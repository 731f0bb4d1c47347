/** One recommendation: what it says, the usage behind it, why, and how to apply it. */
import { get } from './api.js';
import { advicePanel } from './advice.js';
import { boxPlot } from './box-plot.js';
import { h } from './dom.js';
import { cores, memory, time } from './format.js';
import { explanationPanel } from './explanation.js';
import { copyable, empty, head, segments } from './parts.js';
import { engineNames, termNames, tone } from './recommendations.js';
import { snippet } from './snippet.js';

/** @param {any} context */
export async function recommendationPage(context) {
  const { params, set } = context;
  const { data: row, explanation } = await get(
    `/api/rightstream/v1/recommendations/${encodeURIComponent(context.id)}`,
  );
  const term = params.get('term') ?? 'short';
  const engine = params.get('engine') ?? 'cost';
  const entry = latest(row.document);
  const termDoc = entry?.recommendation_terms?.[`${term}_term`];
  const name = row.kind === 'namespace' ? row.namespace : `${row.workload} / ${row.container}`;
  const where =
    row.kind === 'namespace'
      ? `Namespace in ${row.cluster_alias ?? row.cluster_id}`
      : `${row.workload_type} in ${row.namespace}, ${row.cluster_alias ?? row.cluster_id}`;
  return [
    head(name, where, h('a', { class: 'button', href: '#/recommendations' }, 'All recommendations')),
    h(
      'div',
      { class: 'bar' },
      segments('Term', termNames, term, (value) => set({ term: value }, true)),
      segments('Engine', engineNames, engine, (value) => set({ engine: value }, true)),
      h('span', { class: 'soft small' }, `Usage until ${time(row.monitoring_end_time)}`),
    ),
    h(
      'div',
      { class: 'two' },
      h('section', { class: 'panel' }, h('h2', null, 'Settings'), settings(row, term, engine, termDoc)),
      h('section', { class: 'panel' }, h('h2', null, 'To apply'), apply(row, term, engine)),
    ),
    advicePanel(row, explanation?.advice),
    plots(row, term, engine, termDoc),
    explanationPanel(row, explanation, term, engine, termDoc),
  ];
}

function latest(document) {
  const data = document?.data;
  if (data === undefined) return document;
  return data[Object.keys(data).sort().at(-1)];
}

const names = [
  ['CPU request', 'cpu_request', cores],
  ['CPU limit', 'cpu_limit', cores],
  ['Memory request', 'memory_request', memory],
  ['Memory limit', 'memory_limit', memory],
];

function settings(row, term, engine, termDoc) {
  if (
    typeof row[`${term}_${engine}_cpu_request`] !== 'number' &&
    typeof row[`${term}_${engine}_memory_request`] !== 'number'
  ) {
    return empty('No advice for this term yet', h('p', { class: 'soft' }, why(termDoc)));
  }
  return h(
    'table',
    null,
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        h('th', { scope: 'col' }, ''),
        ['Now', 'Advised', 'Change'].map((text) => h('th', { scope: 'col', class: 'number' }, text)),
      ),
    ),
    h(
      'tbody',
      null,
      names.map(([label, column, text]) => {
        const now = row[`${column}_current`];
        const to = row[`${term}_${engine}_${column}`];
        const change =
          typeof now === 'number' && typeof to === 'number' && now !== 0 ? ((to - now) / now) * 100 : null;
        return h(
          'tr',
          null,
          h('th', { scope: 'row' }, label),
          h('td', { class: 'number' }, text(now)),
          h('td', { class: 'number' }, h('strong', null, typeof to === 'number' ? text(to) : '–')),
          h('td', { class: 'number' }, typeof to === 'number' ? tone(change) : '–'),
        );
      }),
    ),
  );
}

function why(termDoc) {
  const messages = Object.values(termDoc?.notifications ?? {}).map((notice) => notice.message);
  const hours = termDoc?.duration_in_hours;
  return `${messages.join(' ') || 'There is not enough usage in this window.'}${typeof hours === 'number' ? ` There are ${Math.floor(hours)} hours of usage.` : ''} Later reports of the same cluster fill the window; a shorter term may have advice already.`;
}

function apply(row, term, engine) {
  if (row.kind === 'namespace') {
    return h(
      'p',
      { class: 'pad soft' },
      'For a namespace the advice is the sum of what its pods need: use it for a ResourceQuota.',
    );
  }
  const text = snippet(row, term, engine);
  return text === null
    ? h('p', { class: 'pad soft' }, 'There is nothing to apply without advice. Choose another term above.')
    : h(
        'div',
        { class: 'pad stack' },
        copyable(text, 'YAML'),
        h(
          'p',
          { class: 'small soft' },
          'Rounded up to whole millicores and Mi. Limits are left out where there is no advice for them.',
        ),
      );
}

function plots(row, term, engine, termDoc) {
  const buckets = termDoc?.plots?.plots_data;
  if (
    buckets === undefined ||
    Object.values(buckets).every(
      (bucket) => bucket.cpuUsage === undefined && bucket.memoryUsage === undefined,
    )
  ) {
    return h(
      'section',
      { class: 'panel' },
      h('h2', null, 'Usage'),
      empty('No usage to draw for this term', h('p', { class: 'soft' }, why(termDoc))),
    );
  }
  const plot = (title, key, column, text) =>
    h(
      'section',
      { class: 'panel' },
      h('h2', null, title),
      h(
        'div',
        { class: 'pad stack' },
        boxPlot({
          title,
          buckets,
          key,
          text,
          now: row[`${column}_request_current`],
          advised: row[`${term}_${engine}_${column}_request`],
        }),
      ),
    );
  return h(
    'div',
    { class: 'two' },
    plot('CPU usage, cores', 'cpuUsage', 'cpu', cores),
    plot('Memory usage', 'memoryUsage', 'memory', memory),
  );
}
