/** Asks the access service what a caller may read: all pages, bounded in time and size, remembered for a moment. */
import { createHash } from 'node:crypto';
import type { Authorize, Reach } from '../../projections/runtime/ports.ts';
import { messageOf, Retryable } from '../../streams/runtime/errors.ts';
import { accessPage, reachOf, type Permission } from './permissions.ts';
import type { RbacSettings } from './settings.ts';

const PATH = '/api/rbac/v1/access/?application=cost-management&limit=100';
/** Most clusters and projects that a caller may be limited to. */
const MAX_VALUES = 10_000;

/** What is remembered of a caller. */
interface Known {
  readonly reach: Promise<Reach | null>;
  /** ms since 1970; not yet known while it is asked for. */
  until: number;
}

/** The port; `now` is ms since 1970. */
export function rbacClient(settings: RbacSettings, now: () => number): Authorize {
  const known = new Map<string, Known>();
  return (identity) => {
    const key = createHash('sha256').update(identity).digest('base64');
    const found = known.get(key);
    if (found !== undefined && found.until > now()) return found.reach;
    known.delete(key);
    for (const oldest of known.keys()) {
      if (known.size < settings.cacheEntries) break;
      known.delete(oldest);
    }
    const entry: Known = { reach: askAll(settings, identity), until: Infinity };
    known.set(key, entry);
    entry.reach.then(
      () => {
        entry.until = now() + settings.cacheMs;
      },
      () => {
        // A failure counts for those who wait for it, not for who comes later.
        if (known.get(key) === entry) known.delete(key);
      },
    );
    return entry.reach;
  };
}

async function askAll(settings: RbacSettings, identity: string): Promise<Reach | null> {
  const signal = AbortSignal.timeout(settings.timeoutMs);
  const base = new URL(PATH, settings.url);
  const permissions: Permission[] = [];
  let url = base;
  for (let pages = 0; pages < settings.maxPages; pages++) {
    const { data, links } = await askPage(settings, url, identity, signal);
    permissions.push(...data);
    const next = links?.next ?? '';
    if (next === '') return bearable(reachOf(permissions));
    if (!URL.canParse(next, base.href)) throw away('the link to the next page is no URL');
    url = new URL(next, base);
    // The identity goes nowhere else.
    if (url.origin !== base.origin) throw away(`the next page is on another host, ${url.host}`);
  }
  throw away(`there are more than ${settings.maxPages} pages`);
}

/** Every value becomes part of a query. */
function bearable(reach: Reach | null): Reach | null {
  const values = (reach?.clusters?.length ?? 0) + (reach?.projects?.length ?? 0);
  if (values > MAX_VALUES) throw away(`it names ${values} clusters and projects, more than ${MAX_VALUES}`);
  return reach;
}

async function askPage(
  { maxPageBytes }: RbacSettings,
  url: URL,
  identity: string,
  signal: AbortSignal,
): Promise<ReturnType<typeof accessPage.parse>> {
  try {
    const headers = { accept: 'application/json', 'x-rh-identity': identity };
    const answer = await fetch(url, { headers, redirect: 'error', signal });
    if (!answer.ok) throw away(`it answers ${answer.status}`);
    const parsed = accessPage.safeParse(JSON.parse(await bounded(answer, maxPageBytes)));
    if (!parsed.success) throw away('its answer is no list of permissions');
    return parsed.data;
  } catch (error) {
    throw error instanceof Retryable ? error : away(messageOf(error), error);
  }
}

/** Leaving early ends the connection. */
async function bounded(answer: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > most) throw away(`its answer is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function away(message: string, cause?: unknown): Retryable {
  return new Retryable({ code: 'RBAC_AWAY', message: `the access service: ${message}` }, { cause });
}
