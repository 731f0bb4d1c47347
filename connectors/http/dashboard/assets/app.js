/** The frame: pages by hash, the live state, the theme. */
import { follow } from './api.js';
import { clusterPage } from './cluster.js';
import { clustersPage } from './clusters.js';
import { h, show } from './dom.js';
import { problem } from './parts.js';
import { pipelinePage } from './pipeline.js';
import { recommendationPage } from './recommendation.js';
import { recommendationsPage } from './recommendations.js';
import { tablesPage } from './tables.js';
import { uploadPage, uploadsPage } from './uploads.js';

const pages = [
  ['recommendations', 'Recommendations', recommendationsPage, recommendationPage],
  ['clusters', 'Clusters', clustersPage, clusterPage],
  ['uploads', 'Uploads', uploadsPage, uploadPage],
  ['pipeline', 'Pipeline', pipelinePage, null],
  ['tables', 'Tables', tablesPage, tablesPage],
];

const main = document.getElementById('main');
/** @type {{state: any, listeners: Set<(state: any) => void>}} */
const live = { state: null, listeners: new Set() };
let turn = 0;

/** Where we are: page, id and parameters of the hash. */
function place() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [page = '', ...rest] = path.split('/');
  return { page, id: decodeURIComponent(rest.join('/')), params: new URLSearchParams(query) };
}

/** Draws the page of the hash. @param {boolean} moved the reader came from another page */
async function draw(moved) {
  const { page, id, params } = place();
  const found = pages.find(([name]) => name === page);
  if (found === undefined) {
    location.replace('#/recommendations');
    return;
  }
  const mine = ++turn;
  live.listeners.clear();
  const [name, title, list, detail] = found;
  document.title = `${title} · Rightstream`;
  for (const link of document.querySelectorAll('#nav a')) {
    if (link.getAttribute('href') === `#/${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const context = {
    id,
    params,
    live,
    /** True while this page is the one that is shown. */
    current: () => mine === turn,
    /** Changes parameters of the address; empty values are dropped. The page is drawn again. */
    set(changes, replace = false) {
      const next = new URLSearchParams(place().params);
      for (const [key, value] of Object.entries(changes)) {
        if (value === '' || value === null || value === undefined) next.delete(key);
        else next.set(key, value);
      }
      const text = next.toString();
      const hash = `#/${page}${id === '' ? '' : `/${encodeURIComponent(id)}`}${text === '' ? '' : `?${text}`}`;
      if (replace) {
        history.replaceState(null, '', hash);
        void draw(false);
      } else location.hash = hash;
    },
  };
  try {
    const content = await (id !== '' && detail !== null ? detail : list)(context);
    if (mine !== turn) return;
    const focused = document.activeElement?.getAttribute?.('data-keep');
    const cursor = document.activeElement?.selectionStart;
    show(main, content);
    const again = focused && main.querySelector(`[data-keep="${focused}"]`);
    if (again) {
      again.focus();
      if (typeof cursor === 'number') again.setSelectionRange?.(cursor, cursor);
    } else if (moved) main.focus();
  } catch (error) {
    if (mine !== turn) return;
    const retry = h('button', { type: 'button', onClick: () => void draw(true) }, 'Try again');
    show(main, problem(error), h('div', null, retry));
    if (!error.code) throw error;
  }
}

function theme() {
  const button = document.getElementById('theme');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const choices = ['auto', 'light', 'dark'];
  const apply = () => {
    const choice = localStorage.getItem('theme') ?? 'auto';
    const shown = choice === 'auto' ? (dark.matches ? 'dark' : 'light') : choice;
    const changed = document.documentElement.dataset.theme !== shown;
    document.documentElement.dataset.theme = shown;
    button.textContent = { auto: '◐ Auto', light: '○ Light', dark: '● Dark' }[choice];
    button.setAttribute('aria-label', `Colours: ${choice}. Change.`);
    if (changed) document.dispatchEvent(new Event('colours'));
  };
  button.addEventListener('click', () => {
    const now = choices.indexOf(localStorage.getItem('theme') ?? 'auto');
    localStorage.setItem('theme', choices[(now + 1) % choices.length]);
    apply();
  });
  dark.addEventListener('change', apply);
  apply();
}

function status(state, text) {
  const element = document.getElementById('live');
  if (element.dataset.state === state && element.textContent === text) return;
  element.dataset.state = state;
  element.textContent = text;
}

theme();
show(
  document.getElementById('nav'),
  pages.map(([name, title]) => h('a', { href: `#/${name}` }, title)),
);
let lastPlace = '';
addEventListener('hashchange', () => {
  const { page, id } = place();
  const moved = `${page}/${id}` !== lastPlace;
  lastPlace = `${page}/${id}`;
  void draw(moved);
});
follow(
  (state) => {
    live.state = state;
    const waiting = state.units.reduce((sum, unit) => sum + unit.lag, 0);
    if (!state.ready) status('busy', 'Starting');
    else if (waiting > 0) status('busy', 'Working');
    else status('live', 'Up to date');
    for (const listener of live.listeners) listener(state);
  },
  (lost) => {
    if (lost) status('lost', 'Reconnecting');
  },
);
void draw(false);
