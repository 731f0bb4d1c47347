/** Any table: columns, filters, order, pages. */
import { get, queryText } from './api.js';
import { h } from './dom.js';
import { count, time } from './format.js';
import { empty, head, sortHead } from './parts.js';

const operators = [
  ['eq', 'is'],
  ['ne', 'is not'],
  ['like', 'contains'],
  ['gt', 'more than'],
  ['gte', 'at least'],
  ['lt', 'less than'],
  ['lte', 'at most'],
  ['in', 'one of (a,b)'],
  ['isNull', 'is empty'],
  ['notNull', 'is not empty'],
];
const pageSize = 50;

/** @param {any} context */
export async function tablesPage(context) {
  const { data: tables } = await get('/tables');
  const info =
    tables.find(({ name }) => name === context.id) ??
    tables.find(({ name }) => name === 'recommendations') ??
    tables[0];
  if (info === undefined)
    return [
      head('Tables'),
      h(
        'div',
        { class: 'panel' },
        empty('There are no tables', h('p', { class: 'soft' }, 'No projection runs here.')),
      ),
    ];
  const { params } = context;
  const where = params.getAll('where');
  const query = {
    where,
    sort: params.get('sort') ?? '',
    after: params.get('after') ?? '',
    offset: params.get('offset') ?? '',
    limit: pageSize,
  };
  const page = await get(`/tables/${info.name}`, { ...query, count: true });
  const choose = h(
    'select',
    { 'aria-label': 'Table', onChange: (event) => (location.hash = `#/tables/${event.target.value}`) },
    tables.map(({ name, projection }) =>
      h('option', { value: name, selected: name === info.name }, `${name} (${projection})`),
    ),
  );
  const csv = `/tables/${info.name}${queryText({ where, sort: query.sort, limit: 10_000, format: 'csv' })}`;
  return [
    head(
      'Tables',
      info.comment,
      choose,
      h('a', { class: 'button', href: csv, download: `${info.name}.csv` }, 'CSV'),
    ),
    filterBar(info, where),
    h(
      'div',
      { class: 'panel' },
      page.data.length === 0
        ? none(info, where)
        : h('div', { class: 'scroll', tabindex: '0' }, rowsTable(info, page.data, context)),
      pages(info, page, query),
    ),
    columnsOf(info),
  ];
}

/** Address of this table with other parameters. */
function address(info, { where = [], sort = '', after = '', offset = '' }) {
  return `#/tables/${info.name}${queryText({ where, sort, after, offset })}`;
}

function filterBar(info, where) {
  const column = h(
    'select',
    { 'aria-label': 'Column' },
    info.columns.filter(({ type }) => type !== 'bytea').map(({ name }) => h('option', null, name)),
  );
  const op = h(
    'select',
    { 'aria-label': 'Comparison' },
    operators.map(([value, text]) => h('option', { value }, text)),
  );
  const value = h('input', { 'aria-label': 'Value', placeholder: 'value' });
  const add = (event) => {
    event.preventDefault();
    location.hash = address(info, { where: [...where, `${column.value}:${op.value}:${value.value}`] });
  };
  return h(
    'form',
    { class: 'bar', onSubmit: add },
    column,
    op,
    value,
    h('button', { type: 'submit' }, 'Add filter'),
    where.map((text, i) => {
      const [name, operator, ...rest] = text.split(':');
      const said =
        `${name} ${operators.find(([key]) => key === operator)?.[1] ?? operator} ${rest.join(':')}`.trim();
      const without = where.filter((_, at) => at !== i);
      return h(
        'a',
        {
          class: 'button',
          href: address(info, { where: without }),
          'aria-label': `Remove the filter ${said}`,
        },
        `${said} ✕`,
      );
    }),
  );
}

function rowsTable(info, rows, context) {
  const sort = context.params.get('sort') ?? '';
  const shown = info.columns.filter(({ type, name }) => type !== 'bytea' && name !== 'org_id');
  const onSort = (next) =>
    (location.hash = address(info, { where: context.params.getAll('where'), sort: next }));
  return h(
    'table',
    { class: 'wide' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        shown.map(({ name, comment, type }) =>
          sortHead(name, name, sort, onSort, { title: comment, class: numeric(type) && 'number' }),
        ),
      ),
    ),
    h(
      'tbody',
      null,
      rows.map((row) =>
        h(
          'tr',
          null,
          shown.map(({ name, type }) =>
            h(
              'td',
              { class: numeric(type) ? 'number' : type === 'timestamptz' ? 'tight' : null },
              value(row[name], type),
            ),
          ),
        ),
      ),
    ),
  );
}

const numeric = (type) => ['int4', 'int8', 'float8'].includes(type);

function value(raw, type) {
  if (raw === null || raw === undefined) return h('span', { class: 'soft' }, '–');
  if (type === 'timestamptz') return h('time', { datetime: raw, title: raw }, time(raw));
  if (type === 'float8') return Number(raw.toPrecision(7)).toLocaleString('en', { maximumFractionDigits: 6 });
  if (numeric(type)) return count(raw);
  if (type === 'json') {
    const text = JSON.stringify(raw);
    if (text.length <= 60) return h('span', { class: 'mono' }, text);
    return h(
      'details',
      { class: 'small' },
      h('summary', null, `${text.slice(0, 30)}…`),
      h('pre', null, JSON.stringify(raw, null, 1).slice(0, 20_000)),
    );
  }
  return h('span', { title: String(raw) }, String(raw));
}

function pages(info, page, query) {
  const next = page.links.next === undefined ? null : new URL(page.links.next, location.origin).searchParams;
  const first = query.after === '' && query.offset === '';
  if (first && next === null)
    return page.data.length === 0
      ? null
      : h('div', { class: 'pager soft small' }, `${count(page.meta.count)} rows`);
  return h(
    'div',
    { class: 'pager' },
    h('span', { class: 'soft small' }, `${count(page.meta.count)} rows, ${page.data.length} on this page`),
    h(
      'span',
      { class: 'bar' },
      !first &&
        h('a', { class: 'button', href: address(info, { ...query, after: '', offset: '' }) }, 'First page'),
      next &&
        h(
          'a',
          {
            class: 'button',
            href: address(info, {
              ...query,
              after: next.get('after') ?? '',
              offset: next.get('offset') ?? '',
            }),
          },
          'Next',
        ),
    ),
  );
}

function none(info, where) {
  if (where.length > 0) {
    return empty(
      'No row matches',
      h('p', { class: 'soft' }, 'All filters must hold at once.'),
      h('a', { class: 'button', href: `#/tables/${info.name}` }, 'Remove the filters'),
    );
  }
  if (info.name === 'dead_letters')
    return empty(
      'Nothing was set aside',
      h(
        'p',
        { class: 'soft' },
        'Records that a unit cannot process end here, with the reason. There are none of your organisation.',
      ),
    );
  return empty(
    'This table has no rows yet',
    h(
      'p',
      { class: 'soft' },
      `The projection ${info.projection} fills it from events. Uploads make events: without one, the tables stay empty.`,
    ),
    h(
      'div',
      { class: 'bar' },
      h('a', { class: 'button main', href: '#/uploads' }, 'Uploads'),
      h('a', { class: 'button', href: '#/pipeline' }, 'Pipeline'),
    ),
  );
}

function columnsOf(info) {
  return h(
    'details',
    { class: 'panel pad' },
    h('summary', null, `What the ${info.columns.length} columns mean`),
    h(
      'div',
      { class: 'scroll', tabindex: '0' },
      h(
        'table',
        null,
        h(
          'tbody',
          null,
          info.columns.map(({ name, type, comment, nullable }) =>
            h(
              'tr',
              null,
              h('th', { scope: 'row', class: 'mono' }, name),
              h('td', { class: 'tight soft' }, `${type}${nullable ? ', may be empty' : ''}`),
              h('td', null, comment),
            ),
          ),
        ),
      ),
    ),
  );
}
