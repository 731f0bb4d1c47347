/** What would follow if nodes were drained or added, or replicas changed. The address keeps the question. */
import { post } from './api.js';
import { h } from './dom.js';
import { count } from './format.js';
import { nearest, reasons } from './lacks.js';
import { badge, problem } from './parts.js';
import { useBar } from './use-bar.js';

const LONGEST = 100;

/** What the address supposes. @param {URLSearchParams} params */
export function supposedOf(params) {
  try {
    const { drain = [], add = [], replicas = {} } = JSON.parse(params.get('suppose') ?? '{}');
    return { drain: [...drain], add: [...add], replicas: { ...replicas } };
  } catch {
    return { drain: [], add: [], replicas: {} };
  }
}

function suppose(context, { drain, add, replicas }) {
  const nothing = drain.length === 0 && add.length === 0 && Object.keys(replicas).length === 0;
  context.set({ suppose: nothing ? '' : JSON.stringify({ drain, add, replicas }) }, true);
}

/** Supposes one drained node more. @param {any} context @param {string} name */
export function withDrained(context, name) {
  const now = supposedOf(context.params);
  suppose(context, { ...now, drain: [...new Set([...now.drain, name])] });
}

/** @param {any} context @param {string} path of the cluster @param {any[]} nodes @param {any[]} services */
export async function whatIfPanel(context, path, nodes, services) {
  const supposed = supposedOf(context.params);
  const asked = context.params.get('suppose') !== null;
  const answer = asked ? await post(`${path}/what-if`, supposed).catch(problem) : null;
  return h(
    'section',
    { class: 'panel', id: 'what-if' },
    h('h2', null, 'What if'),
    h(
      'div',
      { class: 'pad stack' },
      nodes.length === 0
        ? h('p', { class: 'soft' }, 'There is nothing to suppose without nodes; declare some first.')
        : forms(context, supposed, nodes, services),
      chips(context, supposed),
      !asked &&
        nodes.length > 0 &&
        h(
          'p',
          { class: 'soft small' },
          'Suppose something: the placer answers what would move. Nothing is changed.',
        ),
      answer instanceof Node ? answer : answer !== null && consequences(answer),
    ),
  );
}

function forms(context, now, nodes, services) {
  const options = (list) => list.map(({ name }) => h('option', { value: name }, name));
  const node = h('select', { 'aria-label': 'Node' }, options(nodes));
  const service = h('select', { 'aria-label': 'Service' }, options(services));
  const number = h('input', {
    type: 'number',
    min: 0,
    max: 10000,
    'aria-label': 'Replicas',
    value: services[0]?.replicas ?? 1,
  });
  service.addEventListener('change', () => {
    number.value = String(services.find(({ name }) => name === service.value).replicas);
  });
  const button = (text, onClick) => h('button', { type: 'button', onClick }, text);
  const addLike = (like) => {
    const there = now.add.find((one) => one.like === like);
    const rest = now.add.filter((one) => one !== there);
    suppose(context, { ...now, add: [...rest, { like, count: Math.min(100, (there?.count ?? 0) + 1) }] });
  };
  return h(
    'div',
    { class: 'bar suppose' },
    h(
      'span',
      { class: 'bar' },
      node,
      button('Drain it', () => withDrained(context, node.value)),
      button('Add one like it', () => addLike(node.value)),
    ),
    services.length > 0 &&
      h(
        'span',
        { class: 'bar' },
        service,
        number,
        button('Run so many', () =>
          suppose(context, {
            ...now,
            replicas: { ...now.replicas, [service.value]: Math.max(0, Math.floor(Number(number.value))) },
          }),
        ),
      ),
  );
}

/** What is supposed, each with a way to take it back. */
function chips(context, now) {
  const chip = (text, without) =>
    h(
      'button',
      { type: 'button', 'aria-label': `Take back: ${text}`, onClick: () => suppose(context, without) },
      `${text} ✕`,
    );
  const all = [
    ...now.drain.map((name) =>
      chip(`${name} drained`, { ...now, drain: now.drain.filter((one) => one !== name) }),
    ),
    ...now.add.map((one) =>
      chip(`${one.count} more like ${one.like}`, { ...now, add: now.add.filter((other) => other !== one) }),
    ),
    ...Object.entries(now.replicas).map(([name, n]) =>
      chip(`${name} × ${n}`, {
        ...now,
        replicas: Object.fromEntries(Object.entries(now.replicas).filter(([other]) => other !== name)),
      }),
    ),
  ];
  return all.length > 0 && h('div', { class: 'bar', id: 'supposed' }, all);
}

function consequences({ data, meta }) {
  const lacking = data.unplaced.reduce((sum, { replicas }) => sum + replicas.length, 0);
  const lacked = data.unplaced_now.reduce((sum, { replicas }) => sum + replicas.length, 0);
  const changed = data.nodes.filter(
    ({ state, before, after }) =>
      state !== 'kept' || before.replicas !== after.replicas || before.cpu !== after.cpu,
  );
  return h(
    'div',
    { class: 'stack', id: 'consequences' },
    meta.why && h('p', { class: 'notice' }, `${meta.why}.`),
    h(
      'p',
      { role: 'status' },
      `${count(data.moved.length)} would move, ${count(data.started.length)} would start, ${count(data.stopped.length)} would stop; ${count(lacking)} would be without a place (now ${count(lacked)}).`,
    ),
    moves(data),
    lacking > 0 && unplaced(data.unplaced),
    changed.length > 0 && nodesThen(changed),
  );
}

const head = (names) =>
  h(
    'thead',
    null,
    h(
      'tr',
      null,
      names.map((text) => h('th', { scope: 'col' }, text)),
    ),
  );

function moves({ moved, started, stopped, resized }) {
  const list = [
    ...moved.map((it) => ['moves', it, it.from, it.to, 'busy']),
    ...stopped.map((it) => ['stops', it, it.node, 'no place', 'bad']),
    ...started.map((it) => ['starts', it, 'no place', it.node, 'good']),
    ...resized.map((it) => ['takes another share', it, it.node, it.node, 'busy']),
  ];
  if (list.length === 0) return h('p', { class: 'soft' }, 'Every replica would stay where it is.');
  return h(
    'div',
    { class: 'scroll', tabindex: '0' },
    h(
      'table',
      null,
      head(['Replica', '', 'From', 'To']),
      h(
        'tbody',
        null,
        list
          .slice(0, LONGEST)
          .map(([what, { service, replica }, from, to, tone]) =>
            h(
              'tr',
              null,
              h('td', null, `${service}/${replica}`),
              h('td', null, badge(what, tone)),
              h('td', null, from),
              h('td', null, to),
            ),
          ),
      ),
    ),
    list.length > LONGEST && h('p', { class: 'soft small' }, `and ${count(list.length - LONGEST)} more`),
  );
}

function unplaced(list) {
  return h(
    'table',
    { class: 'cards-when-narrow' },
    head(['Would have no place', 'Nodes that are out', 'Nearest']),
    h(
      'tbody',
      null,
      list
        .slice(0, LONGEST)
        .map(({ service, replicas, reasons: counts, nearest: near }) =>
          h(
            'tr',
            null,
            h(
              'td',
              null,
              h('strong', null, service),
              h('span', { class: 'under' }, `${count(replicas.length)} replicas`),
            ),
            h('td', { 'data-label': 'Nodes that are out' }, reasons(counts)),
            h('td', { 'data-label': 'Nearest' }, h('span', null, nearest(near))),
          ),
        ),
    ),
  );
}

function nodesThen(nodes) {
  return h(
    'table',
    { class: 'cards-when-narrow' },
    head(['Node', 'CPU', 'Memory', 'Replicas']),
    h(
      'tbody',
      null,
      nodes
        .slice(0, LONGEST)
        .map(({ name, state, cpu, memory, before, after }) =>
          h(
            'tr',
            null,
            h(
              'td',
              null,
              h('strong', null, name),
              state !== 'kept' &&
                h('span', { class: 'under' }, badge(state, state === 'added' ? 'good' : 'warn')),
            ),
            h('td', { 'data-label': 'CPU' }, useBar('CPU', before.cpu, cpu, 'm', after.cpu)),
            h('td', { 'data-label': 'Memory' }, useBar('Memory', before.memory, memory, 'MB', after.memory)),
            h('td', { 'data-label': 'Replicas' }, `${count(before.replicas)} → ${count(after.replicas)}`),
          ),
        ),
    ),
  );
}
