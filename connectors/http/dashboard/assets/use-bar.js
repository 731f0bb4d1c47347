/** Bars of what is used: of one amount, or of each core of a node. */
import { h, svg } from './dom.js';
import { count } from './format.js';

/** Cores that are drawn one by one; of more only the sum. */
const MOST_CORES = 32;

/** How full: for the colour. */
function tone(used, capacity) {
  if (used > capacity) return 'over';
  return used >= 0.9 * capacity ? 'full' : 'some';
}

/**
 * An amount as a bar with its numbers; with `then`, a thinner bar below shows what it would be.
 * @param {string} what @param {number} used @param {number} capacity @param {string} unit @param {number} [then]
 */
export function useBar(what, used, capacity, unit, then) {
  const share = (amount) => (capacity > 0 ? Math.min(100, (100 * amount) / capacity) : 0);
  const fill = (amount, y, height) =>
    svg('rect', { x: 0, y, width: share(amount), height, class: tone(amount, capacity) });
  const text = `${count(used)} of ${count(capacity)} ${unit}`;
  return h(
    'span',
    { class: 'use' },
    svg(
      'svg',
      {
        viewBox: '0 0 100 10',
        preserveAspectRatio: 'none',
        role: 'img',
        'aria-label': `${what}: ${text}${then === undefined ? '' : `, then ${count(then)}`}`,
      },
      svg('rect', { x: 0, y: 0, width: 100, height: 10, class: 'room' }),
      then === undefined ? fill(used, 0, 10) : [fill(used, 0, 3), fill(then, 4, 6)],
    ),
    h('span', { class: 'under' }, then === undefined || then === used ? text : `${text} → ${count(then)}`),
  );
}

/** Per core how much is given away, in per cent. @param {{capacity: number[], used: number[]}} cores */
export function coreBars({ capacity, used }) {
  const sum = (list) => list.reduce((total, n) => total + n, 0);
  const about = `${used
    .map((n) => `${n} %`)
    .slice(0, MOST_CORES)
    .join(', ')}`;
  if (capacity.length > MOST_CORES) return useBar('Cores', sum(used), sum(capacity), '%');
  return h(
    'span',
    { class: 'use cores' },
    svg(
      'svg',
      { viewBox: `0 0 ${capacity.length * 10} 24`, role: 'img', 'aria-label': `Cores: ${about}` },
      capacity.map((size, i) => {
        const height = size > 0 ? Math.min(24, (24 * used[i]) / size) : 0;
        return [
          svg('rect', { x: i * 10, y: 0, width: 8, height: 24, class: 'room' }),
          svg('rect', { x: i * 10, y: 24 - height, width: 8, height, class: tone(used[i], size) }),
        ];
      }),
    ),
  );
}
