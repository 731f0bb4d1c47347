/** Asking the server: public routes only. */

/** What the server answered instead of data. */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * GET as JSON.
 * @param {string} path @param {Record<string, unknown>} [query] empty values are left out; lists repeat the name
 */
export async function get(path, query = {}) {
  return read(await reach(path + queryText(query), { headers: { accept: 'application/json' } }));
}

/** POST of a question as JSON. @param {string} path @param {unknown} body */
export async function post(path, body) {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  return read(await reach(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

/** Sends one file to the upload service. @param {File} file */
export async function upload(file) {
  const csv = /\.csv$/i.test(file.name);
  const type = csv ? 'text/csv' : 'application/vnd.redhat.hccm.tar+tgz';
  const form = new FormData();
  form.append('file', new File([file], file.name, { type }));
  const answer = await reach('/api/ingress/v1/upload', { method: 'POST', body: form });
  const body = await read(answer);
  return { ...body, location: answer.headers.get('location') };
}

/** `?a=b&c=d`, or nothing. @param {Record<string, unknown>} query */
export function queryText(query) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== undefined && one !== null && one !== '') params.append(name, String(one));
    }
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/**
 * Follows /signals; the browser comes back by itself when the connection breaks.
 * @param {(state: any) => void} onState @param {(lost: boolean) => void} onLost
 */
export function follow(onState, onLost) {
  const source = new EventSource('/signals');
  source.addEventListener('state', (event) => {
    onLost(false);
    onState(JSON.parse(event.data));
  });
  source.addEventListener('error', () => onLost(true));
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new ApiError(0, 'UNREACHABLE', 'The server does not answer. Is it still running?');
  }
}

async function read(answer) {
  const text = await answer.text();
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // The upload service answers some errors as text.
  }
  if (answer.ok) return body;
  throw new ApiError(
    answer.status,
    body?.code ?? `HTTP ${answer.status}`,
    body?.message ?? (text.trim() || 'The server said no.'),
  );
}
