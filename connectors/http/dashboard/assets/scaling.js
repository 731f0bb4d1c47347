/** Replicas that follow load: rate, replicas and decisions of a service over the last half hour. */
import uPlot from '../uplot/uPlot.esm.js';
import { get } from './api.js';
import { h } from './dom.js';
import { count, time } from './format.js';
import { badge, empty } from './parts.js';
import { axisStyle, colour, mountPlot } from './plot.js';

const SHOWN = 12;

/** @param {any} context @param {string} path of the cluster */
export async function scalingPanel(context, path) {
  const { data: policies } = await get('/tables/scaling', {
    where: `cluster_id:eq:${context.id}`,
    columns: 'service',
    limit: 1000,
  });
  const names = policies.map(({ service }) => service).sort();
  const content =
    names.length === 0
      ? empty(
          'No service follows its load',
          h('p', { class: 'soft' }, 'PUT …/services/NAME/scaling sets a policy; POST …/load reports loads.'),
        )
      : await ofService(context, path, names);
  return h('section', { class: 'panel', id: 'scaling' }, h('h2', null, 'Replicas by load'), content);
}

async function ofService(context, path, names) {
  const asked = context.params.get('scaling');
  const name = names.includes(asked) ? asked : names[0];
  const of = `${path}/services/${encodeURIComponent(name)}/scaling`;
  const [{ data: standing }, decisions] = await Promise.all([
    get(of),
    get(`${of}/decisions`, { limit: SHOWN }),
  ]);
  const { data, meta, series } = decisions;
  return h(
    'div',
    { class: 'pad stack' },
    h(
      'div',
      { class: 'bar' },
      h(
        'select',
        {
          'aria-label': 'Service that follows its load',
          onChange: (event) => context.set({ scaling: event.target.value }, true),
        },
        names.map((one) => h('option', { value: one, selected: one === name }, one)),
      ),
      h(
        'span',
        { class: 'soft' },
        `${count(standing.replicas)} replicas should run, ${standing.limits.min} to ${standing.limits.max} may.`,
      ),
    ),
    standing.held && h('p', null, badge(standing.held.reason), ` ${standing.held.message}`),
    series.load.length === 0 && series.replicas.length === 0
      ? h('p', { class: 'soft' }, 'No load has been reported: POST …/load.')
      : plot(name, series, standing.replicas),
    data.length === 0 ? h('p', { class: 'soft' }, `${meta.why}.`) : table(data),
  );
}

/**
 * Rows of x and y: lowest and highest rate, replicas, and replicas where they were decided on.
 * @param {{load: any[], replicas: any[]}} series @param {number} now replicas that should run
 */
export function plotData({ load, replicas }, now) {
  const at = ({ at: iso }) => Date.parse(iso) / 1000;
  const start = load.length > 0 ? at(load[0]) : at(replicas[0]);
  const changes = replicas.filter((one) => at(one) >= start);
  const before = replicas.filter((one) => at(one) < start).at(-1)?.to;
  const pieces = new Map(load.map((piece) => [at(piece), piece]));
  const decided = new Map(changes.map((one) => [at(one), one.to]));
  const xs = [...new Set([...pieces.keys(), ...decided.keys()])].sort((a, b) => a - b);
  let current = before ?? changes[0]?.from ?? now;
  const steps = xs.map((x) => (current = decided.get(x) ?? current));
  return [
    xs,
    xs.map((x) => pieces.get(x)?.high ?? null),
    xs.map((x) => pieces.get(x)?.low ?? null),
    steps,
    xs.map((x) => decided.get(x) ?? null),
  ];
}

function plot(name, series, now) {
  const data = plotData(series, now);
  const [xs, high, , steps, decided] = data;
  const most = Math.max(0, ...high.filter((value) => value !== null));
  const changes = decided.filter((value) => value !== null).length;
  const canvas = h('div', {
    class: 'plot',
    role: 'img',
    'aria-label': `${name}: at most ${count(most)} requests/s, ${count(Math.min(...steps))} to ${count(Math.max(...steps))} replicas, ${count(changes)} decisions.`,
  });
  mountPlot(canvas, (width) => [options(width), data]);
  return h(
    'div',
    { class: 'stack' },
    h(
      'div',
      { class: 'key' },
      h('span', { class: 'range' }, 'requests/s, left'),
      h('span', { class: 'advised' }, 'replicas, right; a dot where they were decided on'),
    ),
    canvas,
    h('details', { class: 'small' }, h('summary', null, 'As numbers'), numbers(data, xs)),
  );
}

function options(width) {
  const axis = axisStyle();
  const zeroUp = (_, __, most) => [0, Math.max(1, most * 1.1)];
  return {
    width,
    height: 240,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true }, rate: { range: zeroUp }, replicas: { range: zeroUp } },
    bands: [{ series: [1, 2], fill: colour('box') }],
    series: [
      {},
      { scale: 'rate', stroke: colour('box'), width: 2, spanGaps: true, points: { show: false } },
      { scale: 'rate', stroke: colour('box'), width: 1, spanGaps: true, points: { show: false } },
      {
        ...{ scale: 'replicas', stroke: colour('accent'), width: 2, points: { show: false } },
        paths: uPlot.paths.stepped({ align: 1 }),
      },
      {
        ...{ scale: 'replicas', paths: () => null },
        points: { show: true, size: 8, stroke: colour('now'), fill: colour('panel') },
      },
    ],
    axes: [
      { ...axis, grid: { show: false } },
      { ...axis, scale: 'rate', size: 50 },
      {
        ...{ ...axis, scale: 'replicas', side: 1, size: 40, grid: { show: false } },
        values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? value : '')),
      },
    ],
  };
}

function numbers([, high, low, steps], xs) {
  const th = (text) => h('th', { scope: 'col', class: 'number' }, text);
  return h(
    'div',
    { class: 'scroll', tabindex: '0' },
    h(
      'table',
      null,
      h(
        'thead',
        null,
        h('tr', null, h('th', { scope: 'col' }, 'At'), ['Least req/s', 'Most req/s', 'Replicas'].map(th)),
      ),
      h(
        'tbody',
        null,
        xs.map((x, i) =>
          h(
            'tr',
            null,
            h('td', { class: 'tight' }, new Date(x * 1000).toISOString().slice(11, 19)),
            [low[i], high[i], steps[i]].map((value) => h('td', { class: 'number' }, count(value))),
          ),
        ),
      ),
    ),
  );
}

function table(data) {
  return h(
    'table',
    { class: 'cards-when-narrow' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        ['When', 'Replicas', 'Why'].map((text) => h('th', { scope: 'col' }, text)),
      ),
    ),
    h(
      'tbody',
      null,
      data.map(({ at, decision, from_replicas: from, replicas, reason, message }) =>
        h(
          'tr',
          null,
          h('td', { class: 'tight' }, time(at)),
          h(
            'td',
            { 'data-label': 'Replicas' },
            decision === null ? count(replicas) : `${count(from)} → ${count(replicas)}`,
          ),
          h(
            'td',
            { 'data-label': 'Why' },
            h(
              'span',
              null,
              badge(reason, decision === null ? 'plain' : 'busy'),
              h('span', { class: 'under' }, message),
            ),
          ),
        ),
      ),
    ),
  );
}
