/** Why a recommendation says what it says. */
import { h } from './dom.js';
import { count, time } from './format.js';

/** @param {any} row @param {any} explanation @param {string} term @param {string} engine @param {any} termDoc */
export function explanationPanel(row, explanation, term, engine, termDoc) {
  const derived = derivation(explanation, term, engine);
  return h(
    'section',
    { class: 'panel' },
    h('h2', null, 'Why'),
    h('div', { class: 'pad stack' }, origin(row, termDoc), derived, notices(engine, termDoc)),
  );
}

function origin(row, termDoc) {
  const pairs = [
    [
      'Window',
      termDoc?.monitoring_start_time
        ? `${time(termDoc.monitoring_start_time)} to ${time(row.monitoring_end_time)}`
        : 'not filled yet',
    ],
    ['Intervals', `${count(row.intervals)} went in`],
    ['Policy', `${row.policy}, engine version ${row.engine_version}`],
    ['Decided', `${time(row.decided_at)}, after the event ${row.cause}`],
  ];
  return h(
    'dl',
    { class: 'facts' },
    pairs.map(([name, value]) => [h('dt', null, name), h('dd', null, value)]),
  );
}

/** The formulas with their numbers, when the server derives them. */
function derivation(explanation, term, engine) {
  if (explanation === null || explanation === undefined) return null;
  if (typeof explanation === 'string') return h('pre', { tabindex: '0' }, explanation);
  if (typeof explanation.text === 'string') return h('pre', { tabindex: '0' }, explanation.text);
  const inner = explanation.explanation ?? explanation;
  const terms = inner.terms ?? [];
  const found = terms.find?.((one) => one.term === `${term}_term` || one.term === term);
  const chosen = found?.engines?.find?.((one) => one.engine === engine);
  if (chosen === undefined) return raw(explanation);
  return h(
    'div',
    { class: 'stack' },
    h(
      'dl',
      { class: 'facts' },
      chosen.cpu && [
        h('dt', null, 'CPU'),
        h('dd', null, h('span', { class: 'mono' }, chosen.cpu.formula), from(chosen.cpu.from, chosen.cpu.n)),
      ],
      chosen.memory && [
        h('dt', null, 'Memory'),
        h('dd', null, h('span', { class: 'mono' }, chosen.memory.formula), from(chosen.memory.peakFrom)),
      ],
      (chosen.settings ?? []).map((one) => [
        h('dt', null, one.name.replaceAll('_', ' ')),
        h('dd', null, one.rule),
      ]),
    ),
    raw(explanation),
  );
}

function from(at, n) {
  if (typeof at !== 'number') return null;
  return h(
    'span',
    { class: 'soft small' },
    ` from the interval until ${time(at)}${typeof n === 'number' ? `, of ${count(n)} values` : ''}`,
  );
}

function raw(explanation) {
  return h(
    'details',
    { class: 'small' },
    h('summary', null, 'Everything that went in'),
    h('pre', { tabindex: '0' }, JSON.stringify(explanation, null, 2)),
  );
}

/** Codes that only say that there is advice. */
const plain = new Set([111000, 111101, 111102, 111103, 112101, 112102]);

function notices(engine, termDoc) {
  const found = [
    ...Object.values(termDoc?.notifications ?? {}),
    ...Object.values(termDoc?.recommendation_engines?.[engine]?.notifications ?? {}),
  ].filter(({ code }) => !plain.has(code));
  if (found.length === 0)
    return h('p', { class: 'soft' }, 'Nothing was remarked about this term and engine.');
  return h(
    'ul',
    null,
    found.map(({ code, message }) => h('li', null, message, h('span', { class: 'soft mono' }, ` ${code}`))),
  );
}
