/** Box plots over time: smallest, quartiles, largest per bucket, with what is requested now and what is advised. */
import { h } from './dom.js';
import { tick } from './format.js';
import { axisStyle, colour, mountPlot } from './plot.js';

/**
 * A plot with its key, and the same numbers as a table.
 * @param {{title: string, buckets: Record<string, any>, key: string, text: (n: number) => string, now: number | null, advised: number | null}} options
 */
export function boxPlot({ title, buckets, key, text, now, advised }) {
  const ends = Object.keys(buckets).sort();
  const boxes = ends.map((end) => buckets[end][key] ?? null);
  const step = ends.length > 1 ? Date.parse(ends[1]) - Date.parse(ends[0]) : 86_400_000;
  const labels = ends.map((end) => tick(end, step < 86_400_000));
  const lines = [
    ['now', now],
    ['advised', advised],
  ].filter(([, value]) => typeof value === 'number');
  const top =
    Math.max(0, ...boxes.map((box) => box?.max ?? 0), ...lines.map(([, value]) => value)) * 1.08 || 1;
  const canvas = h('div', {
    class: 'plot',
    role: 'img',
    'aria-label': describe(title, ends, boxes, lines, text),
  });
  const plot = { boxes, labels, lines, top, text, binary: key === 'memoryUsage' };
  mountPlot(canvas, (width) => [options(width, plot), data(plot)]);
  return h(
    'div',
    { class: 'stack' },
    h(
      'div',
      { class: 'key' },
      h('span', { class: 'range' }, 'middle half, with median and extremes'),
      typeof now === 'number' && h('span', { class: 'now' }, `requested now ${text(now)}`),
      typeof advised === 'number' && h('span', { class: 'advised' }, `advised ${text(advised)}`),
    ),
    canvas,
    h('details', { class: 'small' }, h('summary', null, 'As numbers'), numbers(labels, boxes, text)),
  );
}

function describe(title, ends, boxes, lines, text) {
  const known = boxes.filter((box) => box !== null);
  const high = Math.max(...known.map((box) => box.max));
  return `${title}: ${known.length} of ${ends.length} buckets have usage, at most ${text(high)}. ${lines.map(([name, value]) => `${name} ${text(value)}`).join(', ')}.`;
}

function numbers(labels, boxes, text) {
  const columns = ['min', 'q1', 'median', 'q3', 'max'];
  return h(
    'div',
    { class: 'scroll', tabindex: '0' },
    h(
      'table',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, 'Until (UTC)'),
          columns.map((name) => h('th', { scope: 'col', class: 'number' }, name)),
        ),
      ),
      h(
        'tbody',
        null,
        labels.map((label, i) =>
          h(
            'tr',
            null,
            h('td', { class: 'tight' }, label),
            columns.map((name) =>
              h('td', { class: 'number' }, boxes[i] === null ? '–' : text(boxes[i][name])),
            ),
          ),
        ),
      ),
    ),
  );
}

function data({ boxes }) {
  return [boxes.map((_, i) => i), boxes.map((box) => box?.max ?? null), boxes.map((box) => box?.min ?? null)];
}

/** Round numbers of bytes: a few steps of a power of two. */
function binarySplits(top) {
  const step = 2 ** Math.ceil(Math.log2(top / 5));
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
}

function options(width, { boxes, labels, lines, top, text, binary }) {
  const axis = axisStyle();
  const every = Math.ceil(labels.length / Math.max(2, Math.floor((width - 70) / 78)));
  return {
    width,
    height: 240,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.6, boxes.length - 0.4] }, y: { range: [0, top] } },
    series: [
      {},
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
    ],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 34,
        splits: () => labels.map((_, i) => i).filter((i) => (labels.length - 1 - i) % every === 0),
        values: (_, splits) => splits.map((i) => labels[i]),
      },
      {
        ...axis,
        size: 62,
        ...(binary ? { splits: () => binarySplits(top) } : {}),
        values: (_, splits) => splits.map((value) => (value === 0 ? '0' : text(value))),
      },
    ],
    hooks: { draw: [(chart) => paint(chart, boxes, lines)] },
  };
}

function paint(chart, boxes, lines) {
  const { ctx, bbox } = chart;
  const dpr = devicePixelRatio;
  const x = (value) => chart.valToPos(value, 'x', true);
  const y = (value) => chart.valToPos(value, 'y', true);
  const half = Math.min(22 * dpr, (x(1) - x(0)) * 0.3);
  ctx.save();
  for (const [i, box] of boxes.entries()) {
    if (box === null) continue;
    const middle = x(i);
    ctx.strokeStyle = colour('accent');
    ctx.lineWidth = 1.25 * dpr;
    ctx.beginPath();
    ctx.moveTo(middle, y(box.min));
    ctx.lineTo(middle, y(box.max));
    for (const end of [box.min, box.max]) {
      ctx.moveTo(middle - half / 2, y(end));
      ctx.lineTo(middle + half / 2, y(end));
    }
    ctx.stroke();
    ctx.fillStyle = colour('box');
    ctx.fillRect(middle - half, y(box.q3), 2 * half, Math.max(dpr, y(box.q1) - y(box.q3)));
    ctx.strokeStyle = colour('ink');
    ctx.lineWidth = 2 * dpr;
    ctx.beginPath();
    ctx.moveTo(middle - half, y(box.median));
    ctx.lineTo(middle + half, y(box.median));
    ctx.stroke();
  }
  for (const [name, value] of lines) {
    ctx.strokeStyle = colour(name === 'now' ? 'now' : 'accent');
    ctx.lineWidth = 2 * dpr;
    ctx.setLineDash(name === 'now' ? [6 * dpr, 4 * dpr] : []);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y(value));
    ctx.lineTo(bbox.left + bbox.width, y(value));
    ctx.stroke();
  }
  ctx.restore();
}
