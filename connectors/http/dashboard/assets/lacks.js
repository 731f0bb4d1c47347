/** Why a replica has no place. */
import { h } from './dom.js';
import { badge } from './parts.js';

/** How many nodes are out, by reason. @param {Record<string, number>} counts */
export function reasons(counts) {
  const list = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (list.length === 0) return h('span', { class: 'soft' }, 'there are no nodes');
  return h(
    'span',
    { class: 'bar' },
    list.map(([code, n]) => badge(`${code} on ${n}`, 'warn')),
  );
}

/** Where least is missing. @param {{node: string | null, message: string | null} | null} found */
export function nearest(found) {
  if (found === null || found.node === null) return h('span', { class: 'soft' }, 'declare nodes first');
  return [h('strong', null, found.node), h('span', { class: 'under' }, found.message)];
}
