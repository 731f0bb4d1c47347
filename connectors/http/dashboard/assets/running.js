/** What a cluster shows of its nodes and services: requested, applied, ready, failed. */
import { h } from './dom.js';
import { count } from './format.js';
import { badge } from './parts.js';

const tones = { ready: 'good', cordoned: 'warn', 'not-ready': 'bad', lost: 'bad', gone: 'bad' };

/** How a node does; of one that no cluster has shown, what is declared. @param {any} node */
export function nodeState({ schedulable, observed }) {
  if (observed === null) return schedulable ? 'takes new replicas' : badge('takes nothing new', 'warn');
  const why = observed.message ?? observed.reason;
  return [badge(observed.state, tones[observed.state]), why && ` ${why}`];
}

/** Does a cluster report of any of these services? @param {any[]} services */
export function reported(services) {
  return services.some(({ applied }) => applied !== null);
}

/** How a service does. @param {any} service */
export function serviceState({ placed, applied, ready, failed }) {
  const done = ready === placed && placed > 0;
  return [
    badge(`${count(ready)} of ${count(placed)} ready`, done ? 'good' : 'busy'),
    applied !== placed && h('span', { class: 'under' }, `${count(applied)} applied`),
    failed
      .slice(0, 3)
      .map(({ kind, code, message }) =>
        h('span', { class: 'under' }, badge(`${kind} ${code}`, 'bad'), message !== '' && ` ${message}`),
      ),
    failed.length > 3 && h('span', { class: 'under' }, `and ${count(failed.length - 3)} more`),
  ];
}
