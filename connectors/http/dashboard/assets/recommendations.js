/** Recommendations: current and advised requests, what they would save. */
import { get } from './api.js';
import { h } from './dom.js';
import { cores, count, memory, percent, time } from './format.js';
import { empty, head, pager, segments, sortHead } from './parts.js';

/** Terms and engines as the address and the columns name them. */
export const termNames = [
  ['short', 'Short'],
  ['medium', 'Medium'],
  ['long', 'Long'],
];
export const engineNames = [
  ['cost', 'Cost'],
  ['performance', 'Performance'],
];

/** @param {any} context */
export async function recommendationsPage(context) {
  const { params, set } = context;
  const term = params.get('term') ?? 'short';
  const engine = params.get('engine') ?? 'cost';
  const kind = params.get('kind') ?? 'container';
  const q = params.get('q') ?? '';
  const project = params.get('project') ?? '';
  const sort = params.get('sort') ?? '-monitoring_end_time';
  const filters = { kind, q, project };
  const [{ data, meta }, saved] = await Promise.all([
    get('/api/rightstream/v1/recommendations', {
      ...filters,
      sort,
      offset: params.get('offset') ?? '',
      limit: 50,
    }),
    get('/api/rightstream/v1/savings', filters),
  ]);
  const saving = saved.data.find((one) => one.term === term && one.engine === engine);
  let typing;
  const search = h('input', {
    type: 'search',
    'data-keep': 'search',
    placeholder: 'Search by name',
    'aria-label': 'Search',
    value: q,
    onInput: (event) => {
      clearTimeout(typing);
      const text = event.target.value;
      typing = setTimeout(() => set({ q: text, offset: '' }, true), 250);
    },
  });
  const bar = h(
    'div',
    { class: 'bar' },
    search,
    project !== '' &&
      h(
        'button',
        { type: 'button', onClick: () => set({ project: '', offset: '' }) },
        `Namespace ${project} ✕`,
      ),
    segments(
      'Kind',
      [
        ['container', 'Containers'],
        ['namespace', 'Namespaces'],
      ],
      kind,
      (value) => set({ kind: value, offset: '' }),
    ),
    segments('Term', termNames, term, (value) => set({ term: value })),
    segments('Engine', engineNames, engine, (value) => set({ engine: value })),
  );
  const all =
    meta.count === 0 ? await nothing(context, filters) : table(data, { term, engine, sort, kind }, context);
  return [
    head('Recommendations', 'What workloads request now, and what their usage says they should.'),
    meta.count > 0 && saving && savingCards(saving, saved.meta),
    bar,
    h(
      'div',
      { class: 'panel' },
      all,
      pager(meta, (to) => set({ offset: to || '' })),
    ),
  ];
}

function savingCards(saving, meta) {
  const card = (title, sum, text) => {
    const change = sum.current === 0 ? null : ((sum.advised - sum.current) / sum.current) * 100;
    const less = sum.current - sum.advised;
    return h(
      'dl',
      { class: 'card' },
      h('dt', null, title),
      h('dd', null, text(sum.current), h('span', { class: 'arrow' }, '→'), text(sum.advised)),
      h(
        'dd',
        { class: 'note' },
        `${less >= 0 ? 'frees' : 'adds'} ${text(Math.abs(less))} (${percent(change)})`,
        sum.unset > 0 && `; ${sum.unset} without a request left out`,
      ),
    );
  };
  return h(
    'div',
    { class: 'cards' },
    card('CPU requests, cores', saving.cpu, cores),
    card('Memory requests', saving.memory, memory),
    h(
      'dl',
      { class: 'card' },
      h('dt', null, 'With advice'),
      h('dd', null, `${count(saving.rows)} of ${count(meta.rows)}`),
      h(
        'dd',
        { class: 'note' },
        !meta.complete
          ? 'the first 10,000 are added up'
          : saving.rows < meta.rows
            ? 'for this term; the others need more usage'
            : 'for this term',
      ),
    ),
  );
}

function table(rows, { term, engine, sort, kind }, context) {
  const onSort = (value) => context.set({ sort: value, offset: '' });
  const advice = `${term}_${engine}`;
  return h(
    'table',
    { class: 'cards-when-narrow' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        sortHead(
          kind === 'namespace' ? 'Namespace' : 'Workload',
          kind === 'namespace' ? 'namespace' : 'workload',
          sort,
          onSort,
        ),
        sortHead('CPU request', 'cpu_request_current', sort, onSort),
        sortHead('Change', `cpu_variation_${advice}_pct`, sort, onSort, { class: 'number' }),
        sortHead('Memory request', 'memory_request_current', sort, onSort),
        sortHead('Change', `memory_variation_${advice}_pct`, sort, onSort, { class: 'number' }),
        sortHead('Engine', 'engine', sort, onSort),
        sortHead('Usage until', 'monitoring_end_time', sort, onSort),
      ),
    ),
    h(
      'tbody',
      null,
      rows.map((row) => line(row, term, engine)),
    ),
  );
}

function line(row, term, engine) {
  const advice = `${term}_${engine}`;
  const cpu = row[`${advice}_cpu_request`];
  const mem = row[`${advice}_memory_request`];
  const change = (label, value, has) =>
    h('td', { class: 'number', 'data-label': label }, has ? tone(value) : h('span', { class: 'soft' }, '–'));
  const both = (label, now, to, text) =>
    h(
      'td',
      { 'data-label': label },
      h(
        'span',
        null,
        text(now),
        h('span', { class: 'arrow' }, '→'),
        typeof to === 'number'
          ? h('strong', null, text(to))
          : h('span', { class: 'soft nowrap' }, 'no advice'),
      ),
    );
  const name = row.kind === 'namespace' ? row.namespace : row.workload;
  return h(
    'tr',
    null,
    h(
      'td',
      null,
      h(
        'a',
        { class: 'title', href: `#/recommendations/${row.recommendation_id}?term=${term}&engine=${engine}` },
        name,
        row.container && row.container !== name ? ` / ${row.container}` : '',
      ),
      h(
        'span',
        { class: 'under' },
        row.kind === 'namespace'
          ? (row.cluster_alias ?? row.cluster_id)
          : `${row.namespace} · ${row.workload_type} · ${row.cluster_alias ?? row.cluster_id}`,
      ),
    ),
    both('CPU', row.cpu_request_current, cpu, cores),
    change('Change', row[`cpu_variation_${advice}_pct`], typeof cpu === 'number'),
    both('Memory', row.memory_request_current, mem, memory),
    change('Change', row[`memory_variation_${advice}_pct`], typeof mem === 'number'),
    h('td', { 'data-label': 'Engine' }, h('span', null, row.engine ?? '–', ' ', severityBadge(row.severity))),
    h('td', { class: 'tight', 'data-label': 'Until' }, time(row.monitoring_end_time)),
  );
}

/** How much a proposal matters; nothing where none is known. @param {unknown} severity */
export function severityBadge(severity) {
  if (typeof severity !== 'string') return null;
  const tones = { critical: 'bad', warning: 'warn', good: 'good' };
  return h('span', { class: 'badge', 'data-tone': tones[severity] ?? 'plain' }, severity);
}

/** Less is green, more is amber: more may well be right. */
export function tone(value) {
  if (typeof value !== 'number') return h('span', { class: 'badge' }, 'new');
  const rounded = Math.round(value);
  return h(
    'span',
    { class: 'badge', 'data-tone': rounded < 0 ? 'good' : rounded > 0 ? 'warn' : 'plain' },
    percent(value),
  );
}

/** Why the list is empty. */
async function nothing(context, filters) {
  if (filters.q !== '' || filters.project !== '') {
    return empty(
      'Nothing matches the search',
      h('p', { class: 'soft' }, 'It looks for a part of the namespace, the workload or the container.'),
      h(
        'button',
        { type: 'button', onClick: () => context.set({ q: '', project: '', offset: '' }) },
        'Clear the search',
      ),
    );
  }
  const { data: uploads, meta } = await get('/api/rightstream/v1/uploads', { limit: 50 });
  if (meta.count === 0) {
    return empty(
      'There are no recommendations, because nothing has been uploaded',
      h(
        'p',
        { class: 'soft' },
        'Recommendations are made from usage reports of a cluster. Upload one to begin.',
      ),
      h('a', { class: 'button main', href: '#/uploads' }, 'Upload a report'),
    );
  }
  if (filters.kind === 'namespace') {
    return empty(
      'No namespace has reported',
      h(
        'p',
        { class: 'soft' },
        'Namespaces get recommendations from namespace reports (ros-openshift-namespace-….csv); none of the uploads had one.',
      ),
      h('button', { type: 'button', onClick: () => context.set({ kind: '' }) }, 'Show containers'),
    );
  }
  if (uploads.some((one) => one.status === 'reading' || one.status === 'received')) {
    return empty(
      'Uploads are being read',
      h('p', { class: 'soft' }, 'Recommendations follow as soon as their rows are counted.'),
      h('a', { class: 'button', href: '#/pipeline' }, 'Watch the pipeline'),
    );
  }
  const accepted = uploads.reduce((sum, one) => sum + one.accepted, 0);
  return accepted === 0
    ? empty(
        'No uploaded row could be used',
        h('p', { class: 'soft' }, 'Each upload says which rows were set aside, and why.'),
        h('a', { class: 'button main', href: '#/uploads' }, 'See the reasons'),
      )
    : empty(
        'There is too little usage for advice',
        h(
          'p',
          { class: 'soft' },
          'The short term needs at least two intervals (30 minutes) of a container, the medium term two days, the long term eight days. Upload later reports of the same cluster.',
        ),
        h('a', { class: 'button main', href: '#/uploads' }, 'Upload a report'),
      );
}
