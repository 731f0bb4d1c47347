/** One cluster: nodes with what they carry, services with where they are, and what was decided. */
import { get } from './api.js';
import { decisionsPanel } from './decisions.js';
import { h } from './dom.js';
import { count } from './format.js';
import { nearest, reasons } from './lacks.js';
import { badge, empty, head, pager } from './parts.js';
import { nodeState, reported, serviceState } from './running.js';
import { scalingPanel } from './scaling.js';
import { coreBars, useBar } from './use-bar.js';
import { whatIfPanel, withDrained } from './what-if.js';

const PAGE = 50;

/** Where the API speaks of a cluster. @param {string} name */
export function pathOf(name) {
  return `/api/rightstream/v1/clusters/${encodeURIComponent(name)}`;
}

/** @param {any} context */
export async function clusterPage(context) {
  const path = pathOf(context.id);
  const [nodes, services, placing] = await Promise.all([
    get(`${path}/nodes`),
    get(`${path}/services`),
    get(`${path}/placing`),
  ]);
  const [whatIf, scaling, decisions] = await Promise.all([
    whatIfPanel(context, path, nodes.data, services.data),
    scalingPanel(context, path),
    decisionsPanel(context, path),
  ]);
  return [
    head(
      context.id,
      `Places are chosen by ${placing.strategy}.`,
      h('a', { class: 'button', href: '#/clusters' }, 'All clusters'),
    ),
    !placing.running &&
      h(
        'div',
        { class: 'notice' },
        'Placing stands still: what is declared waits until it goes on (PUT …/placing {"running": true}).',
      ),
    cards(nodes.data, services.data),
    h('section', { class: 'panel', id: 'nodes' }, h('h2', null, 'Nodes'), nodesPanel(context, nodes)),
    h('section', { class: 'panel', id: 'lacks' }, h('h2', null, 'Without a place'), lacks(services.data)),
    h(
      'section',
      { class: 'panel', id: 'services' },
      h('h2', null, 'Services'),
      servicesPanel(context, services),
    ),
    scaling,
    whatIf,
    decisions,
  ];
}

function cards(nodes, services) {
  const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);
  const placed = sum(services, ({ placed }) => placed);
  const lacking = sum(services, ({ unplaceable }) => unplaceable?.replicas.length ?? 0);
  const share = (of) => {
    const capacity = sum(nodes, (node) => of(node).capacity);
    return capacity === 0 ? '–' : `${Math.round((100 * sum(nodes, (node) => of(node).used)) / capacity)} %`;
  };
  const card = (label, value, note) =>
    h(
      'dl',
      { class: 'card' },
      h('dt', null, label),
      h('dd', null, value),
      note && h('dd', { class: 'note' }, note),
    );
  return h(
    'div',
    { class: 'cards' },
    card(
      'Nodes',
      count(nodes.length),
      `${count(nodes.filter(({ schedulable }) => !schedulable).length)} take nothing new`,
    ),
    card(
      'Replicas with a place',
      count(placed),
      `${count(sum(services, ({ replicas }) => replicas))} should run`,
    ),
    card('Without a place', count(lacking), lacking > 0 ? 'why is below' : 'all have one'),
    card(
      'CPU given away',
      share(({ cpu }) => cpu),
      `memory ${share(({ memory }) => memory)}`,
    ),
  );
}

const th = (text) => h('th', { scope: 'col' }, text);
const cell = (label, ...value) => h('td', { 'data-label': label }, h('span', null, value));

/** A page of a list that is here already. */
function pageOf(context, name, list) {
  const offset = Math.min(Number(context.params.get(name)) || 0, Math.max(0, list.length - 1));
  return {
    shown: list.slice(offset, offset + PAGE),
    pager: pager({ count: list.length, limit: PAGE, offset }, (to) => context.set({ [name]: to || '' })),
  };
}

function nodesPanel(context, { data, meta }) {
  if (data.length === 0) return empty('No nodes are declared', h('p', { class: 'soft' }, `${meta.why}.`));
  const devices = data.some(({ accelerators }) => accelerators.length > 0);
  const { shown, pager: pages } = pageOf(context, 'nodes', data);
  const headings = ['Node', 'CPU', 'Memory', 'Cores', ...(devices ? ['Accelerators'] : []), 'Carries', ''];
  return [
    h(
      'table',
      { class: 'cards-when-narrow nodes' },
      h('thead', null, h('tr', null, headings.map(th))),
      h(
        'tbody',
        null,
        shown.map((node) =>
          h(
            'tr',
            null,
            h('td', null, h('strong', null, node.name), h('span', { class: 'under' }, nodeState(node))),
            cell('CPU', useBar('CPU', node.cpu.used, node.cpu.capacity, 'm')),
            cell('Memory', useBar('Memory', node.memory.used, node.memory.capacity, 'MB')),
            cell('Cores', coreBars(node.cores)),
            devices &&
              cell(
                'Accelerators',
                node.accelerators.map(({ id, type, used, capacity }) =>
                  useBar(`${type} ${id}`, used, capacity, `% ${type}`),
                ),
              ),
            cell('Carries', carries(node.services)),
            cell(
              'What if',
              h(
                'button',
                {
                  type: 'button',
                  'aria-label': `What if ${node.name} were drained?`,
                  onClick: () => withDrained(context, node.name),
                },
                'Drain?',
              ),
            ),
          ),
        ),
      ),
    ),
    pages,
  ];
}

/** Services with how many of their replicas. @param {Record<string, number>} services */
function carries(services) {
  const list = Object.entries(services).sort(([a], [b]) => (a < b ? -1 : 1));
  if (list.length === 0) return h('span', { class: 'soft' }, 'nothing');
  return list.map(([name, n], i) => [i > 0 && ', ', n === 1 ? name : `${name} × ${n}`]);
}

function lacks(services) {
  const lacking = services.filter(({ unplaceable }) => unplaceable !== null);
  if (services.length === 0)
    return empty('Nothing is to be placed', h('p', { class: 'soft' }, 'No service is declared.'));
  if (lacking.length === 0)
    return empty(
      'Every replica has a place',
      h('p', { class: 'soft' }, 'Reasons stand here when one has none.'),
    );
  return h(
    'table',
    { class: 'cards-when-narrow' },
    h('thead', null, h('tr', null, ['Service', 'Replicas', 'Nodes that are out', 'Nearest'].map(th))),
    h(
      'tbody',
      null,
      lacking.map(({ name, replicas, unplaceable }) =>
        h(
          'tr',
          null,
          h('td', null, h('strong', null, name)),
          cell('Replicas', `${count(unplaceable.replicas.length)} of ${count(replicas)}`),
          cell('Nodes that are out', reasons(unplaceable.reasons)),
          cell('Nearest', nearest(unplaceable.nearest)),
        ),
      ),
    ),
  );
}

function servicesPanel(context, { data, meta }) {
  if (data.length === 0) return empty('No services are declared', h('p', { class: 'soft' }, `${meta.why}.`));
  const live = reported(data);
  const { shown, pager: pages } = pageOf(context, 'services', data);
  const headings = ['Service', 'With a place', 'Each needs', 'On', ...(live ? ['In the cluster'] : [])];
  return [
    h(
      'table',
      { class: 'cards-when-narrow' },
      h('thead', null, h('tr', null, headings.map(th))),
      h(
        'tbody',
        null,
        shown.map((service) => {
          const on = {};
          for (const { node } of service.nodes) on[node] = (on[node] ?? 0) + 1;
          return h(
            'tr',
            null,
            h(
              'td',
              null,
              h('strong', null, service.name),
              h('span', { class: 'under' }, service.image || service.application),
            ),
            cell(
              'With a place',
              h(
                'span',
                { class: 'replicas' },
                useBar('Replicas', service.placed, service.replicas, 'replicas'),
              ),
            ),
            cell('Each needs', `${count(service.cpu)} m, ${count(service.memory)} MB`),
            cell('On', carries(on)),
            live && cell('In the cluster', serviceState(service)),
          );
        }),
      ),
    ),
    pages,
  ];
}
