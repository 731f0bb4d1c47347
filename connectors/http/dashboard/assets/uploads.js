/** Uploads: what came, what became of it, and why rows were set aside. */
import { get, upload } from './api.js';
import { h, show } from './dom.js';
import { count, size, time } from './format.js';
import { badge, copyable, empty, head, pager, problem } from './parts.js';

const statuses = ['received', 'reading', 'accepted', 'partly-rejected', 'rejected', 'duplicate'];

/** @param {any} context */
export async function uploadsPage(context) {
  const status = context.params.get('status') ?? '';
  const offset = Number(context.params.get('offset') ?? 0);
  const { data, meta } = await get('/api/rightstream/v1/uploads', { status, offset, limit: 50 });
  const body = h('div', { class: 'panel' }, list(data, meta, status, context));
  refresh(context, async () => {
    const again = await get('/api/rightstream/v1/uploads', { status, offset, limit: 50 });
    if (context.current()) show(body, list(again.data, again.meta, status, context));
  });
  const choose = h(
    'select',
    { 'aria-label': 'Status', onChange: (event) => context.set({ status: event.target.value, offset: '' }) },
    h('option', { value: '' }, 'All statuses'),
    statuses.map((name) =>
      h('option', { value: name, selected: name === status }, name.replaceAll('-', ' ')),
    ),
  );
  return [
    head('Uploads', 'Reports that came in, and what became of their rows.', choose),
    drop(context),
    body,
  ];
}

/** Calls again when the pipeline moves, at most every two seconds. */
function refresh(context, again) {
  let waiting = false;
  let first = true;
  context.live.listeners.add(() => {
    if (first || waiting) {
      first = false;
      return;
    }
    waiting = true;
    setTimeout(() => {
      waiting = false;
      if (context.current() && !document.hidden) again().catch(() => undefined);
    }, 2000);
  });
}

function list(rows, meta, status, context) {
  if (rows.length === 0) {
    return status === ''
      ? empty(
          'Nothing has been uploaded yet',
          h(
            'p',
            { class: 'soft' },
            'Recommendations are made from usage reports. Choose a file above, let the metrics operator of your cluster send them here, or use the command line:',
          ),
          copyable(`curl -F "file=@cost-mgmt.tar.gz" ${location.origin}/api/ingress/v1/upload`, 'command'),
        )
      : empty(
          `No upload is ${status.replaceAll('-', ' ')}`,
          h('p', { class: 'soft' }, 'There may be uploads with another status.'),
          h(
            'button',
            { type: 'button', onClick: () => context.set({ status: '', offset: '' }) },
            'Show all statuses',
          ),
        );
  }
  return [
    h(
      'table',
      { class: 'cards-when-narrow' },
      h(
        'thead',
        null,
        h('tr', null, ['File', 'Status'].map(th), ['Rows', 'Accepted', 'Rejected'].map(thn), th('Received')),
      ),
      h('tbody', null, rows.map(row)),
    ),
    pager(meta, (to) => context.set({ offset: to || '' })),
  ];
}

const th = (text) => h('th', { scope: 'col' }, text);
const thn = (text) => h('th', { scope: 'col', class: 'number' }, text);
const cell = (label, value, type) => h('td', { 'data-label': label, class: type }, value);

function row(one) {
  return h(
    'tr',
    null,
    h(
      'td',
      null,
      h('a', { class: 'title', href: `#/uploads/${one.upload_id}` }, one.filename),
      h(
        'span',
        { class: 'under' },
        `${one.cluster_alias ?? one.cluster_id ?? 'cluster not known yet'} · ${size(one.size_bytes)}`,
      ),
    ),
    cell('Status', h('span', null, badge(one.status), one.code && h('span', { class: 'under' }, one.code))),
    cell('Rows', count(one.rows), 'number'),
    cell('Accepted', count(one.accepted), 'number'),
    cell('Rejected', count(one.rejected), 'number'),
    cell('Received', time(one.received_at), 'tight'),
  );
}

/** Choose or drop a file. */
function drop(context) {
  const said = h(
    'div',
    { role: 'status', class: 'small soft' },
    'A tar.gz of the metrics operator, or one CSV report.',
  );
  const send = async (file) => {
    if (!file) return;
    show(said, `Sending ${file.name} …`);
    try {
      const { location: at } = await upload(file);
      const id = at?.split('/').at(-1);
      show(
        said,
        `${file.name} is stored. `,
        id && h('a', { href: `#/uploads/${id}` }, 'See what becomes of it'),
      );
    } catch (error) {
      show(said, problem(error));
    }
    void context;
  };
  const input = h('input', {
    type: 'file',
    id: 'file',
    accept: '.gz,.tgz,.csv,application/gzip,text/csv',
    onChange: () => {
      void send(input.files[0]);
      input.value = '';
    },
  });
  const box = h(
    'div',
    {
      class: 'panel drop',
      onDragOver: (event) => {
        event.preventDefault();
        box.setAttribute('data-over', '');
      },
      onDragLeave: () => box.removeAttribute('data-over'),
      onDrop: (event) => {
        event.preventDefault();
        box.removeAttribute('data-over');
        void send(event.dataTransfer.files[0]);
      },
    },
    input,
    h('button', { type: 'button', class: 'main', onClick: () => input.click() }, 'Choose a file'),
    said,
  );
  return box;
}

/** @param {any} context */
export async function uploadPage(context) {
  const read = () => get(`/api/rightstream/v1/uploads/${encodeURIComponent(context.id)}`);
  let answer;
  try {
    answer = await read();
  } catch (error) {
    if (error.code !== 'UPLOAD_NOT_FOUND') throw error;
    refresh(
      context,
      async () => location.hash === `#/uploads/${context.id}` && show(body, parts(await read())),
    );
    const waiting = empty(
      'This upload has not been looked at yet',
      h(
        'p',
        { class: 'soft' },
        'A new upload shows within seconds; this page looks again by itself. If it stays away, it belongs to another organisation, or a unit has stopped.',
      ),
      h('a', { class: 'button', href: '#/pipeline' }, 'Look at the pipeline'),
    );
    const body = h('div', { class: 'stack' }, h('div', { class: 'panel' }, waiting));
    return [head('Upload', null, back()), body];
  }
  const body = h('div', { class: 'stack' }, parts(answer));
  refresh(context, async () => {
    const again = await read();
    if (context.current()) show(body, parts(again));
  });
  return [head(answer.data.filename, null, back()), body];
}

const back = () => h('a', { class: 'button', href: '#/uploads' }, 'All uploads');

function parts({ data, files, rejected_rows: rejected }) {
  return [
    data.message &&
      h('div', { class: 'notice', 'data-tone': data.status === 'rejected' ? 'bad' : 'warn' }, data.message),
    facts(data),
    h('section', { class: 'panel' }, h('h2', null, 'Files'), filesTable(data, files)),
    h('section', { class: 'panel' }, h('h2', null, 'Rejected rows'), rejectedTable(data, rejected)),
  ];
}

function facts(data) {
  const pairs = [
    ['Status', badge(data.status)],
    ['Rows', `${count(data.rows)} read, ${count(data.accepted)} accepted, ${count(data.rejected)} rejected`],
    [
      'Cluster',
      data.cluster_alias
        ? `${data.cluster_alias} (${data.cluster_id})`
        : (data.cluster_id ?? 'not known yet'),
    ],
    ['Received', `${time(data.received_at)}, over ${data.channel}, ${size(data.size_bytes)}`],
    ['Request id', h('span', { class: 'mono' }, data.request_id)],
    ['sha256', h('span', { class: 'mono' }, data.digest)],
  ];
  return h(
    'dl',
    { class: 'panel pad facts' },
    pairs.map(([name, value]) => [h('dt', null, name), h('dd', null, value)]),
  );
}

function filesTable(data, files) {
  if (files.length === 0) {
    return data.status === 'received'
      ? empty(
          'Not opened yet',
          h('p', { class: 'soft' }, 'The upload is stored safely; a unit will open it in a moment.'),
        )
      : empty(
          'No file could be read',
          h('p', { class: 'soft' }, data.message ?? 'The upload holds no usage report.'),
        );
  }
  return h(
    'table',
    { class: 'cards-when-narrow' },
    h(
      'thead',
      null,
      h('tr', null, ['File', 'Status', 'Why'].map(th), ['Rows', 'Accepted', 'Rejected'].map(thn)),
    ),
    h(
      'tbody',
      null,
      files.map((file) =>
        h(
          'tr',
          null,
          h(
            'td',
            null,
            h('strong', null, file.name),
            h('span', { class: 'under' }, `${file.kind} · ${size(file.size_bytes)}`),
          ),
          cell('Status', badge(file.status)),
          cell('Why', reasons(file)),
          cell('Rows', count(file.rows), 'number'),
          cell('Accepted', count(file.accepted), 'number'),
          cell('Rejected', count(file.rejected), 'number'),
        ),
      ),
    ),
  );
}

function reasons(file) {
  const counts = Object.entries(file.reasons ?? {}).sort((a, b) => b[1] - a[1]);
  if (counts.length === 0) return h('span', { class: 'soft' }, file.message ?? '–');
  return h(
    'span',
    null,
    counts.map(([code, n]) => h('div', null, h('span', { class: 'mono' }, code), ` × ${count(n)}`)),
  );
}

function rejectedTable(data, rows) {
  if (rows.length === 0) {
    return empty(
      data.rejected > 0 ? 'The rows are on their way' : 'No row was set aside',
      h(
        'p',
        { class: 'soft' },
        data.rejected > 0
          ? 'They are counted already and will show here in a moment.'
          : data.status === 'rejected'
            ? 'The file was refused as a whole, before its rows were looked at.'
            : 'Every row that was read counts.',
      ),
    );
  }
  const more = data.rejected > rows.length;
  return [
    h(
      'table',
      { class: 'cards-when-narrow' },
      h('thead', null, h('tr', null, [thn('Row'), ['Reason', 'Column', 'Start of the row'].map(th)])),
      h(
        'tbody',
        null,
        rows.map((one) =>
          h(
            'tr',
            null,
            h('td', { class: 'number' }, count(one.row)),
            cell('Reason', h('span', null, one.message, h('span', { class: 'under mono' }, one.code))),
            cell('Column', h('span', { class: 'mono small' }, one.column_name ?? '–')),
            cell('Start', h('span', { class: 'mono soft' }, one.excerpt.slice(0, 120))),
          ),
        ),
      ),
    ),
    more &&
      h(
        'div',
        { class: 'pager' },
        h('span', { class: 'soft small' }, `First ${rows.length} of ${count(data.rejected)}`),
        h(
          'a',
          { href: `#/tables/rejected_rows?where=${encodeURIComponent(`upload_id:eq:${data.upload_id}`)}` },
          'All in the tables',
        ),
      ),
  ];
}
