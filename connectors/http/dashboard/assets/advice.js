/** What the chosen engine and `balanced` propose: bounds, confidence, flags, risk against waste, the own past. */
import { h, svg } from './dom.js';
import { cores, memory } from './format.js';
import { severityBadge } from './recommendations.js';

/** Nothing when the server has no details. @param {any} row @param {any} advice */
export function advicePanel(row, advice) {
  if (advice === null || advice === undefined) return null;
  return h(
    'section',
    { class: 'panel', id: 'proposal' },
    h('h2', null, `Proposal: ${row.engine}`),
    h(
      'div',
      { class: 'pad stack' },
      policyLine(row, advice.policy),
      engines(advice.engines),
      flags(advice.engines),
      advice.curve.length > 0 && riskPlot(advice),
      backtests(advice.backtests),
    ),
  );
}

function policyLine(row, policy) {
  const sources = row.policy_sources ?? [];
  const numbers = Object.entries(policy.tunables).map(([name, value]) => `${name} ${value}`);
  const said = [
    ...numbers,
    policy.risk_budget === null ? null : `risk budget ${policy.risk_budget}`,
    policy.precision,
    policy.decide,
  ];
  return h(
    'p',
    { class: 'soft small' },
    sources.length === 0 ? 'No policy: the default. ' : `By policy ${sources.join(', ')}: `,
    said.filter((part) => part !== null).join(', '),
  );
}

const columns = ['Engine', 'CPU request', 'needed', 'Memory request', 'needed', 'Confidence', 'Change'];

function grid(titles, rows) {
  const number = (i) => (i === 0 ? {} : { class: 'number' });
  const table = h(
    'table',
    null,
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        titles.map((title, i) => h('th', { scope: 'col', ...number(i) }, title)),
      ),
    ),
    h(
      'tbody',
      null,
      rows.map(([first, ...rest]) =>
        h(
          'tr',
          null,
          h('th', { scope: 'row' }, first),
          rest.map((cell, i) => h('td', number(i + 1), cell)),
        ),
      ),
    ),
  );
  return h('div', { class: 'wide', tabindex: '0' }, table);
}

function engines(all) {
  const amount = (text, value) => (typeof value === 'number' ? text(value) : 'none');
  const between = (text, low, high) => (typeof low === 'number' ? `${text(low)} to ${text(high)}` : '–');
  return grid(
    columns,
    all.map((one) => [
      one.chosen ? h('strong', null, `${one.engine}, chosen`) : one.engine,
      amount(cores, one.cpu_request),
      between(cores, one.cpu_lower, one.cpu_upper),
      amount(memory, one.memory_request),
      between(memory, one.memory_lower, one.memory_upper),
      one.confidence > 0 ? `${Math.round(100 * one.confidence)} %` : '–',
      one.do_nothing ? 'keep what is set' : (severityBadge(one.severity) ?? '–'),
    ]),
  );
}

function flags(all) {
  const found = all.flatMap(({ engine, notes }) => notes.map((note) => ({ engine, ...note })));
  if (found.length === 0) return null;
  return h(
    'ul',
    null,
    found.map(({ engine, code, message }) =>
      h('li', null, `${engine}: ${message}`, h('span', { class: 'soft mono' }, ` ${code}`)),
    ),
  );
}

const SIZE = { width: 520, height: 190, left: 44, bottom: 34, top: 8, right: 12 };

/** Waste over risk, both in per cent; risk grows by a factor from point to point. */
function riskPlot({ curve, policy }) {
  const { width, height, left, bottom, top, right } = SIZE;
  const most = Math.max(...curve.map(({ waste }) => waste), 1);
  const x = (i) => left + (i / (curve.length - 1)) * (width - left - right);
  const y = (waste) => top + (1 - waste / most) * (height - top - bottom);
  const budget = policy.risk_budget ?? 0.02;
  const nearest = curve.reduce(
    (best, { risk }, i) =>
      Math.abs(Math.log(risk / budget)) < Math.abs(Math.log(curve[best].risk / budget)) ? i : best,
    0,
  );
  const text = (at, value, anchor) => svg('text', { x: at[0], y: at[1], 'text-anchor': anchor }, value);
  const share = (value) => `${Number((100 * value).toPrecision(2))} %`;
  return h(
    'figure',
    { class: 'risk' },
    h(
      'figcaption',
      null,
      'What risk saves: share of intervals above the request, and of the request that is unused',
    ),
    svg(
      'svg',
      {
        viewBox: `0 0 ${width} ${height}`,
        role: 'img',
        'aria-label': `Waste from ${curve[0].waste.toFixed(1)} % at a risk of ${share(curve[0].risk)} to ${curve.at(-1).waste.toFixed(1)} % at ${share(curve.at(-1).risk)}`,
      },
      svg('polyline', {
        points: curve.map(({ waste }, i) => `${x(i).toFixed(1)},${y(waste).toFixed(1)}`).join(' '),
      }),
      curve.map(({ risk, cores: request, waste }, i) =>
        svg(
          'circle',
          { cx: x(i), cy: y(waste), r: i === nearest ? 6 : 3 },
          svg('title', null, `risk ${share(risk)}: ${cores(request)}, ${waste.toFixed(1)} % wasted`),
        ),
      ),
      text([left - 6, y(most) + 10], `${most.toFixed(0)} %`, 'end'),
      text([left - 6, y(0)], '0 %', 'end'),
      [0, nearest, curve.length - 1].map((i) => text([x(i), height - 12], share(curve[i].risk), 'middle')),
    ),
  );
}

function backtests(all) {
  const judged = all.filter(({ cpu }) => cpu !== null);
  if (judged.length === 0)
    return h('p', { class: 'soft small' }, 'Two days of usage are needed to judge engines by its own past.');
  const per = (score, name) => (score === null ? '–' : `${score[name].toFixed(2)} %`);
  return grid(
    ['On its own past', 'CPU slack', 'CPU violations', 'unmet', 'Memory slack', 'Memory violations'],
    judged.map(({ engine, cpu, memory: bytes }) => [
      engine,
      per(cpu, 'slack'),
      per(cpu, 'violation'),
      per(cpu, 'unmet'),
      per(bytes, 'slack'),
      per(bytes, 'violation'),
    ]),
  );
}
