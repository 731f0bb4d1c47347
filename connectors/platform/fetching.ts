/** Fetches a file by its link: from allowed hosts only, bounded in time and size; what is passing is Retryable, what is not Terminal. */
import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import http from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import https from 'node:https';
import { BadInput, codeOf, messageOf, Retryable, Terminal } from '../../streams/runtime/errors.ts';
import type { AllowedHosts } from './hosts.ts';
import type { PlatformSettings } from './settings.ts';

/** What bounds a fetch. */
export type FetchLimits = Pick<PlatformSettings, 'maxFileBytes' | 'connectMs' | 'idleMs' | 'totalMs'>;

/** A file that is being fetched. */
export interface FetchedFile {
  readonly mediaType: string;
  /** Throws Retryable when it breaks off; ends the connection when it is left early. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

const MAX_REDIRECTS = 5;

/** Asks for a file; every host on the way is checked, by name and by the address that is connected to. */
export async function fetchFile(
  link: string,
  hosts: AllowedHosts,
  limits: FetchLimits,
): Promise<FetchedFile> {
  const until = AbortSignal.timeout(limits.totalMs);
  let url = parsed(link);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    hosts.check(url);
    const response = await request(url, hosts, limits, until);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return file(url, response, limits, until);
    response.destroy();
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) throw refused(url, status);
    url = parsed(location, url);
  }
  throw new Terminal({
    code: 'FETCH_REFUSED',
    message: `${shown(url)}: more than ${MAX_REDIRECTS} redirects`,
  });
}

/** A link without its query: presigned links carry their signature there. */
function shown({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

function parsed(link: string, base?: URL): URL {
  const url = URL.canParse(link, base?.href) ? new URL(link, base) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === '') return url;
  throw new Terminal({
    code: 'LINK_INVALID',
    message: 'a link must be an http or https URL without user and password',
  });
}

function refused(url: URL, status: number): Error {
  const message = `${shown(url)} answers ${status}`;
  if (status >= 500 || status === 408 || status === 425 || status === 429) return away(message);
  return new Terminal({ code: 'FETCH_REFUSED', message });
}

function away(message: string, cause?: unknown): Retryable {
  return new Retryable({ code: 'FETCH_AWAY', message }, { cause });
}

function request(
  url: URL,
  hosts: AllowedHosts,
  { connectMs, idleMs }: FetchLimits,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    agent: false,
    signal,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'rightstream' },
    lookup: checkedLookup(url, hosts) as NonNullable<RequestOptions['lookup']>,
  };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? https : http).get(url, options, resolve);
    sent.setTimeout(idleMs, () => {
      sent.destroy(new Error(`no answer for ${idleMs} ms`));
    });
    sent.on('socket', (socket) => {
      const timer = setTimeout(() => {
        sent.destroy(new Error(`no connection after ${connectMs} ms`));
      }, connectMs);
      const clear = (): void => {
        clearTimeout(timer);
      };
      socket.once('connect', clear).once('close', clear);
    });
    sent.on('error', (error) => {
      reject(error instanceof Terminal ? error : away(`${shown(url)}: ${messageOf(error)}`, error));
    });
  });
}

type Found = (error: Error | null, addresses: string | LookupAddress[], family?: number) => void;

/** Resolves as usual, and hands out no address that is not allowed: what is checked is what is connected to. */
function checkedLookup(url: URL, hosts: AllowedHosts) {
  return (hostname: string, options: LookupOptions, found: Found): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        found(error, []);
        return;
      }
      try {
        for (const { address } of addresses) hosts.checkAddress(url, address);
      } catch (refusal) {
        found(refusal as Error, []);
        return;
      }
      if (options.all === true) found(null, addresses);
      else found(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

function file(url: URL, response: IncomingMessage, limits: FetchLimits, until: AbortSignal): FetchedFile {
  const length = Number(response.headers['content-length'] ?? NaN);
  if (length > limits.maxFileBytes) {
    response.destroy();
    throw new BadInput({
      code: 'BLOB_TOO_LARGE',
      message: `${shown(url)} has ${length} bytes, more than ${limits.maxFileBytes}`,
    });
  }
  return {
    mediaType: response.headers['content-type'] ?? 'application/octet-stream',
    bytes: bytesOf(url, response, until),
  };
}

async function* bytesOf(url: URL, response: IncomingMessage, until: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    const why = until.aborted ? 'it takes too long' : `${codeOf(error)} ${messageOf(error)}`;
    throw away(`${shown(url)} broke off: ${why}`, error);
  }
}
