/** Decisions about places, the latest first: what was before, what is after, why. */
import { get } from './api.js';
import { h } from './dom.js';
import { count, time } from './format.js';
import { badge, empty } from './parts.js';

const tones = { moved: 'busy', placed: 'good', released: 'warn', resized: 'busy' };

/** @param {any} context @param {string} path of the cluster */
export async function decisionsPanel(context, path) {
  const before = context.params.get('before') ?? '';
  const { data, meta } = await get(`${path}/decisions`, { before, limit: 25 });
  const go = (to) => context.set({ before: to });
  return h(
    'section',
    { class: 'panel', id: 'decisions' },
    h('h2', null, 'Decisions'),
    data.length === 0 ? empty('No decisions', h('p', { class: 'soft' }, `${meta.why}.`)) : table(data),
    (before !== '' || meta.before !== null) &&
      h(
        'div',
        { class: 'pager' },
        h('button', { type: 'button', disabled: before === '', onClick: () => go('') }, 'Latest'),
        h(
          'button',
          { type: 'button', disabled: meta.before === null, onClick: () => go(meta.before) },
          'Older',
        ),
      ),
  );
}

function table(data) {
  // A release whose replica got another place is told by that one.
  const told = data.filter(({ kind, after }) => kind !== 'released' || after === null);
  const headings = ['No.', 'Replica', 'What', 'Before', 'After', 'When'];
  return h(
    'table',
    { class: 'cards-when-narrow' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        headings.map((text) => h('th', { scope: 'col' }, text)),
      ),
    ),
    h('tbody', null, told.map(row)),
  );
}

function row({ decision, kind, service, replica, reason, strategy, before, after, decided_at }) {
  const what = kind === 'placed' && before !== null ? 'moved' : kind;
  const cell = (label, ...value) => h('td', { 'data-label': label }, h('span', null, value));
  return h(
    'tr',
    null,
    h('td', { class: 'soft' }, count(decision)),
    cell('Replica', h('strong', null, `${service}/${replica}`)),
    cell(
      'What',
      badge(what, tones[what]),
      h('span', { class: 'under' }, [reason, strategy].filter((text) => text).join(', by ')),
    ),
    cell('Before', spot(before)),
    cell('After', spot(after)),
    cell('When', time(decided_at)),
  );
}

function spot(at) {
  if (at === null) return h('span', { class: 'soft' }, 'no place');
  const known = typeof at.cpu === 'number';
  return [at.node, known && h('span', { class: 'under' }, `${count(at.cpu)} m, ${count(at.memory)} MB`)];
}
