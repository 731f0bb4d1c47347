/** The running system as a graph, with what waits and what was set aside, as it changes. */
import { get } from './api.js';
import { h, show } from './dom.js';
import { count } from './format.js';
import { graph } from './graph.js';
import { badge, empty, head } from './parts.js';

/** @param {any} context */
export async function pipelinePage(context) {
  const topology = await get('/topology');
  const picture = h('div', { class: 'graph', tabindex: '0' });
  const table = h('div');
  const paint = (state) => {
    if (topology.units.length === 0) {
      show(
        picture,
        empty(
          'No units run here',
          h('p', { class: 'soft' }, 'topology.yaml names no stream and no projection.'),
        ),
      );
      return;
    }
    const units = totals(topology, state);
    show(picture, graph(topology, units, state));
    show(table, unitsTable(topology, units));
  };
  context.live.listeners.add((state) => {
    if (context.current()) paint(state);
  });
  paint(context.live.state);
  return [
    head(
      'Pipeline',
      'Events flow from left to right: topics are grey, units read and write them. Numbers change as they happen.',
    ),
    h('section', { class: 'panel' }, picture),
    h('section', { class: 'panel' }, h('h2', null, 'Units'), table),
  ];
}

/** Per unit, over its partitions. */
function totals(topology, state) {
  return new Map(
    topology.units.map(({ id }) => {
      const parts = (state?.units ?? []).filter((unit) => unit.id === id);
      return [
        id,
        {
          known: parts.length > 0,
          lag: parts.reduce((sum, unit) => sum + unit.lag, 0),
          dead: parts.reduce((sum, unit) => sum + unit.deadLetters, 0),
          error:
            parts.find((unit) => unit.lastError)?.lastError ??
            (parts.some((unit) => unit.failing) ? 'failing; see the log of the server' : null),
          partitions: parts.length,
        },
      ];
    }),
  );
}

function unitsTable(topology, units) {
  const th = (text, number) => h('th', { scope: 'col', class: number && 'number' }, text);
  return h(
    'table',
    { class: 'cards-when-narrow' },
    h(
      'thead',
      null,
      h('tr', null, th('Unit'), th('State'), th('Waiting', true), th('Dead letters', true), th('Tables')),
    ),
    h(
      'tbody',
      null,
      topology.units.map((unit) => {
        const now = units.get(unit.id);
        const state = !now.known
          ? badge('not heard of yet')
          : now.error
            ? badge('failing', 'bad')
            : now.lag > 0
              ? badge('working', 'busy')
              : badge('up to date', 'good');
        return h(
          'tr',
          null,
          h(
            'td',
            null,
            h('strong', null, unit.id),
            h('span', { class: 'under' }, unit.about),
            now.error && h('span', { class: 'under mono' }, now.error),
          ),
          h('td', { 'data-label': 'State' }, state),
          h('td', { class: 'number', 'data-label': 'Waiting' }, count(now.lag)),
          h(
            'td',
            { class: 'number', 'data-label': 'Dead letters' },
            now.dead > 0
              ? h(
                  'a',
                  { href: `#/tables/dead_letters?where=${encodeURIComponent(`unit:eq:${unit.id}`)}` },
                  count(now.dead),
                )
              : '0',
          ),
          h(
            'td',
            { 'data-label': 'Tables' },
            unit.tables.length === 0
              ? h('span', { class: 'soft' }, unit.kind === 'stream' ? 'none: a stream keeps nothing' : 'none')
              : h(
                  'span',
                  null,
                  unit.tables.map((name, i) => [i > 0 && ', ', h('a', { href: `#/tables/${name}` }, name)]),
                ),
          ),
        );
      }),
    ),
  );
}
