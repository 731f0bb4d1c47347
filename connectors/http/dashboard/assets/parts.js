/** Pieces that pages share. */
import { h } from './dom.js';

/** Tone of a status. */
const tones = {
  accepted: 'good',
  'partly-rejected': 'warn',
  rejected: 'bad',
  reading: 'busy',
  received: 'busy',
  redriven: 'good',
  dead: 'bad',
};

/** @param {string} status */
export function badge(status, tone = tones[status] ?? 'plain') {
  return h('span', { class: 'badge', 'data-tone': tone }, status.replaceAll('-', ' '));
}

/** Heading of a page. @param {unknown} title @param {unknown} about @param {...unknown} actions */
export function head(title, about, ...actions) {
  return h(
    'div',
    { class: 'head' },
    h('div', null, h('h1', null, title), about && h('p', { class: 'soft' }, about)),
    actions.length > 0 && h('div', { class: 'bar' }, actions),
  );
}

/** Why there is nothing, and what to do next. @param {string} title @param {...unknown} rest */
export function empty(title, ...rest) {
  return h('div', { class: 'empty' }, h('h2', null, title), rest);
}

/** An error as a person can use it. @param {Error & {code?: string}} error */
export function problem(error) {
  return h(
    'div',
    { class: 'notice', 'data-tone': 'bad', role: 'alert' },
    error.message,
    error.code && h('span', { class: 'mono' }, ` (${error.code})`),
  );
}

/**
 * A choice of a few, as radio buttons.
 * @param {string} label @param {[string, string][]} options @param {string} chosen @param {(value: string) => void} onChoose
 */
export function segments(label, options, chosen, onChoose) {
  const name = `s-${label.toLowerCase().replaceAll(/\W/g, '')}`;
  return h(
    'div',
    { class: 'segments', role: 'radiogroup', 'aria-label': label },
    options.map(([value, text]) =>
      h(
        'label',
        null,
        h('input', {
          type: 'radio',
          name,
          value,
          checked: value === chosen,
          onChange: () => onChoose(value),
        }),
        text,
      ),
    ),
  );
}

/**
 * A heading that sorts.
 * @param {string} text @param {string} column @param {string} sort the order of now: a column, with - for descending
 * @param {(sort: string) => void} onSort @param {Record<string, unknown>} [props]
 */
export function sortHead(text, column, sort, onSort, props = {}) {
  const descending = sort === `-${column}`;
  const active = descending || sort === column;
  return h(
    'th',
    { scope: 'col', 'aria-sort': active && (descending ? 'descending' : 'ascending'), ...props },
    h(
      'button',
      { type: 'button', onClick: () => onSort(descending ? column : `-${column}`) },
      text,
      h('span', { 'aria-hidden': 'true' }, active ? (descending ? ' ↓' : ' ↑') : ''),
    ),
  );
}

/**
 * Former and next page.
 * @param {{count: number, limit: number, offset: number}} meta @param {(offset: number) => void} go
 */
export function pager({ count, limit, offset }, go) {
  if (count <= limit && offset === 0) return null;
  return h(
    'div',
    { class: 'pager' },
    h('span', { class: 'soft small' }, `${offset + 1}–${Math.min(offset + limit, count)} of ${count}`),
    h(
      'span',
      { class: 'bar' },
      h(
        'button',
        { type: 'button', disabled: offset === 0, onClick: () => go(Math.max(0, offset - limit)) },
        'Former',
      ),
      h(
        'button',
        { type: 'button', disabled: offset + limit >= count, onClick: () => go(offset + limit) },
        'Next',
      ),
    ),
  );
}

/** Text that can be copied. @param {string} text @param {string} what */
export function copyable(text, what) {
  const button = h(
    'button',
    {
      type: 'button',
      'aria-label': `Copy ${what}`,
      onClick: async () => {
        await navigator.clipboard.writeText(text);
        button.textContent = 'Copied';
        setTimeout(() => (button.textContent = 'Copy'), 1500);
      },
    },
    'Copy',
  );
  return h('div', { class: 'copyable' }, h('pre', { tabindex: '0' }, text), button);
}
