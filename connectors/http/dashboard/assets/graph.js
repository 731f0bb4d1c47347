/** Draws topics and units in columns, from the first topic to the last unit. */
import { svg } from './dom.js';
import { count } from './format.js';

const width = { topic: 148, unit: 186 };
const height = { topic: 50, unit: 66 };
const gap = { x: 76, y: 26 };
/** Room above and below for lanes, and at the left for edges that go back. */
const top = 44;
const left = 44;

/** @param {any} topology @param {Map<string, any>} totals @param {any} state */
export function graph(topology, totals, state) {
  const ranks = rank(topology);
  const columns = [];
  for (const [key, value] of ranks) (columns[value] ??= []).push(key);
  const size = (key) => (key.startsWith('t:') ? 'topic' : 'unit');
  const heightOf = (column) => column.reduce((sum, key) => sum + height[size(key)] + gap.y, -gap.y);
  const full = Math.max(...columns.map(heightOf));
  const boxes = new Map();
  let x = left;
  for (const column of columns) {
    const wide = Math.max(...column.map((key) => width[size(key)]));
    let y = top + (full - heightOf(column)) / 2;
    for (const key of column) {
      boxes.set(key, { x: x + (wide - width[size(key)]) / 2, y, w: width[size(key)], h: height[size(key)] });
      y += height[size(key)] + gap.y;
    }
    x += wide + gap.x;
  }
  const [w, hgt] = [x - gap.x + left, full + 2 * top];
  const ends = new Map((state?.topics ?? []).map(({ name, end }) => [name, end]));
  return svg(
    'svg',
    {
      viewBox: `0 0 ${w} ${hgt}`,
      width: w,
      height: hgt,
      role: 'img',
      'aria-label': 'Graph of topics and units; the table below says the same.',
    },
    svg(
      'defs',
      null,
      svg(
        'marker',
        {
          id: 'tip',
          viewBox: '0 0 8 8',
          refX: 7,
          refY: 4,
          markerWidth: 7,
          markerHeight: 7,
          orient: 'auto-start-reverse',
        },
        svg('path', { d: 'M0 0 8 4 0 8Z', class: 'tip' }),
      ),
    ),
    edges(topology, boxes, ranks, full),
    topology.topics.map((topic) => topicNode(topic, boxes.get(`t:${topic.name}`), ends.get(topic.name))),
    topology.units.map((unit) => unitNode(unit, boxes.get(`u:${unit.id}`), totals.get(unit.id))),
  );
}

/** Distance from the topic that most is reached from; what cannot be reached from it begins at the left as well. */
function rank({ topics, units }) {
  const reached = (name, known) => {
    const ranks = new Map(known);
    const queue = [[`t:${name}`, 0]];
    while (queue.length > 0) {
      const [key, depth] = queue.shift();
      if (ranks.has(key)) continue;
      ranks.set(key, depth);
      const next = key.startsWith('t:')
        ? units.filter((unit) => unit.from.includes(key.slice(2))).map(({ id }) => `u:${id}`)
        : units.find(({ id }) => `u:${id}` === key).to.map((topic) => `t:${topic}`);
      for (const one of next) queue.push([one, depth + 1]);
    }
    return ranks;
  };
  const names = topics.map(({ name }) => name);
  const span = new Map(names.map((name) => [name, reached(name, []).size]));
  let ranks = new Map();
  for (const name of names.toSorted((a, b) => span.get(b) - span.get(a))) {
    if (!ranks.has(`t:${name}`)) ranks = reached(name, ranks);
  }
  // A unit stands right of everything it reads, unless that would be a circle.
  for (let round = 0; round < units.length; round++) {
    for (const unit of units) {
      const own = new Set(unit.to);
      const sources = unit.from.filter((name) => !own.has(name)).map((name) => ranks.get(`t:${name}`) ?? 0);
      if (sources.length > 0)
        ranks.set(`u:${unit.id}`, Math.max(ranks.get(`u:${unit.id}`) ?? 1, Math.max(...sources) + 1));
    }
  }
  return ranks;
}

/**
 * Edges to the next column are curves. Longer ones run in a lane above all boxes, those that go back in a lane below, up and down
 * only between columns, so that none crosses a box; edges with the same end share a lane.
 */
function edges({ units }, boxes, ranks, full) {
  const lanes = { above: new Map(), below: new Map() };
  const laneOf = (side, to) => {
    if (!lanes[side].has(to)) lanes[side].set(to, lanes[side].size);
    return lanes[side].get(to);
  };
  const line = (from, to) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    if (a === undefined || b === undefined) return null;
    const apart = ranks.get(to) - ranks.get(from);
    const [x1, y1, x2, y2] = [a.x + a.w, a.y + a.h / 2, b.x - 2, b.y + b.h / 2];
    if (apart === 1) {
      const bend = (x2 - x1) / 2;
      return path('edge', `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`);
    }
    const side = apart > 1 ? 'above' : 'below';
    const lane = laneOf(side, to);
    const y = side === 'above' ? top - 14 - 9 * lane : top + full + 16 + 9 * lane;
    const [out, back] = [x1 + 12 + 6 * lane, x2 - 14 - 6 * lane];
    return path(
      side === 'above' ? 'edge' : 'edge back',
      rounded([
        [x1, y1],
        [out, y1],
        [out, y],
        [back, y],
        [back, y2],
        [x2, y2],
      ]),
    );
  };
  return units.flatMap((unit) => [
    ...unit.from.map((name) => line(`t:${name}`, `u:${unit.id}`)),
    ...unit.to.map((name) => line(`u:${unit.id}`, `t:${name}`)),
  ]);
}

function path(name, d) {
  return svg('path', { class: name, d, 'marker-end': 'url(#tip)' });
}

/** A path along points with rounded corners. */
function rounded(points) {
  const radius = 6;
  const toward = ([x, y], [tx, ty]) => {
    const length = Math.hypot(tx - x, ty - y) || 1;
    const part = Math.min(radius, length / 2) / length;
    return `${x + (tx - x) * part} ${y + (ty - y) * part}`;
  };
  return points
    .map((point, i) => {
      if (i === 0) return `M${point.join(' ')}`;
      if (i === points.length - 1) return `L${point.join(' ')}`;
      return `L${toward(point, points[i - 1])}Q${point.join(' ')} ${toward(point, points[i + 1])}`;
    })
    .join('');
}

function topicNode(topic, box, end) {
  if (box === undefined) return null;
  return svg(
    'g',
    { class: 'topic' },
    svg('title', null, topic.about),
    svg('rect', { class: 'node', x: box.x, y: box.y, width: box.w, height: box.h, rx: 25 }),
    svg('text', { class: 'name', x: box.x + box.w / 2, y: box.y + 21, 'text-anchor': 'middle' }, topic.name),
    svg(
      'text',
      { class: 'note', x: box.x + box.w / 2, y: box.y + 38, 'text-anchor': 'middle' },
      end === undefined
        ? `${topic.partitions} partitions`
        : `${count(end)} ${end === 1 ? 'record' : 'records'}`,
    ),
  );
}

function unitNode(unit, box, now) {
  if (box === undefined) return null;
  const tone = now.error !== null || now.dead > 0 ? 'bad' : now.lag > 0 ? 'busy' : 'good';
  const waiting = !now.known ? 'not heard of yet' : now.lag > 0 ? `${count(now.lag)} waiting` : 'up to date';
  return svg(
    'g',
    { class: 'unit', 'data-tone': tone },
    svg('title', null, unit.about),
    svg('rect', { class: 'node', x: box.x, y: box.y, width: box.w, height: box.h, rx: 8 }),
    svg('text', { class: 'name', x: box.x + 14, y: box.y + 21 }, unit.id),
    svg(
      'text',
      { class: 'note', x: box.x + 14, y: box.y + 38 },
      unit.kind === 'stream'
        ? 'stream'
        : `projection · ${unit.tables.length} ${unit.tables.length === 1 ? 'table' : 'tables'}`,
    ),
    svg('text', { class: `note ${now.lag > 0 ? 'warn' : ''}`, x: box.x + 14, y: box.y + 55 }, waiting),
    now.dead > 0 &&
      svg(
        'text',
        { class: 'note bad', x: box.x + box.w - 12, y: box.y + 55, 'text-anchor': 'end' },
        `${count(now.dead)} dead`,
      ),
  );
}
