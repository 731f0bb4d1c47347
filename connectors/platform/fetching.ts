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

/** How names become addresses; as of node:dns. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  found: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

const MAX_REDIRECTS = 5;

/** Asks for a file; every host on the way is checked, by name and by the address that is connected to. */
export async function fetchFile(
  link: string,
  hosts: AllowedHosts,
  limits: FetchLimits,
  resolve: Resolve = lookup,
): Promise<FetchedFile> {
  const until = AbortSignal.timeout(limits.totalMs);
  let url = parsed(link);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    hosts.check(url);
    const response = await request(url, hosts, limits, until, resolve);
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
  return new Terminal({ code: 'FETCH_REFUSED', message, coordinates: { status } });
}

function away(message: string, cause?: unknown): Retryable {
  return new Retryable({ code: 'FETCH_AWAY', message }, { cause });
}

function request(
  url: URL,
  hosts: AllowedHosts,
  { connectMs, idleMs }: FetchLimits,
  signal: AbortSignal,
  resolve: Resolve,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    agent: false,
    signal,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'rightstream' },
    lookup: checkedLookup(url, hosts, resolve) as NonNullable<RequestOptions['lookup']>,
  };
  return new Promise((answered, reject) => {
    const sent = (url.protocol === 'https:' ? https : http).get(url, options, answered);
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
function checkedLookup(url: URL, hosts: AllowedHosts, resolve: Resolve) {
  return (hostname: string, options: LookupOptions, found: Found): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null || addresses.length === 0) {
        found(error ?? new Error(`${hostname} has no address`), []);
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
    throw tooLarge(url, `${length}`, limits);
  }
  return {
    mediaType: response.headers['content-type'] ?? 'application/octet-stream',
    bytes: bytesOf(url, response, limits, until),
  };
}

function tooLarge(url: URL, size: string, { maxFileBytes }: FetchLimits): BadInput {
  return new BadInput({
    code: 'BLOB_TOO_LARGE',
    message: `${shown(url)} has ${size} bytes, more than ${maxFileBytes}`,
  });
}

async function* bytesOf(
  url: URL,
  response: IncomingMessage,
  limits: FetchLimits,
  until: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      // Leaving the loop ends the connection.
      if (size > limits.maxFileBytes) throw tooLarge(url, `${size} or more`, limits);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof BadInput) throw error;
    const why = until.aborted ? 'it takes too long' : `${codeOf(error)} ${messageOf(error)}`;
    throw away(`${shown(url)} broke off: ${why}`, error);
  }
}
