/**
 * One request to the registry: bounded in time, bytes and attempts, and each answer with one outcome.
 * It stands in for the transport of the client library, which waits for ever on an answer that is cut off.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput, messageOf, Retryable } from '../../streams/runtime/errors.ts';
import type { RegistrySettings } from './settings.ts';

/** What is asked. */
export interface RegistryRequest {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/** The registry understood and says no; `errorCode` is Confluent's, e.g. 40403. */
export class RegistryRefusal extends Error {
  override readonly name = 'RegistryRefusal';
  constructor(
    readonly status: number,
    readonly errorCode: number,
    message: string,
  ) {
    super(message);
  }
}

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
/** Answers of a proxy or a busy server: worth another attempt. */
const PASSING = new Set([408, 429]);

/**
 * Sends a request and returns the JSON of its answer. Away, slow, 5xx, or an answer that is none of a registry:
 * Retryable REGISTRY_AWAY. 401 and 403: BadInput REGISTRY_REFUSED. Other 4xx with an error code: RegistryRefusal.
 */
export async function ask(settings: RegistrySettings, request: RegistryRequest): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(settings, request);
    } catch (error) {
      if (!(error instanceof Retryable) || attempt >= settings.retries) throw error;
      const base = settings.retryMs * 2 ** attempt;
      await sleep(base / 2 + Math.random() * (base / 2));
    }
  }
}

async function once(settings: RegistrySettings, request: RegistryRequest): Promise<unknown> {
  const { method, url, body } = request;
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method,
      headers: headersOf(settings, body !== undefined),
      ...(body === undefined ? {} : { body }),
      // a redirect would carry the password elsewhere
      redirect: 'manual',
      signal: AbortSignal.timeout(settings.timeoutMs),
    });
    status = response.status;
    text = await bounded(response, settings.maxAnswerBytes);
  } catch (error) {
    if (error instanceof Retryable) throw error;
    throw away(request, reasonOf(error, settings.timeoutMs));
  }
  return outcome(request, status, text);
}

function outcome(request: RegistryRequest, status: number, text: string): unknown {
  if (status === 401 || status === 403) {
    throw new BadInput({
      code: 'REGISTRY_REFUSED',
      message: `${placeOf(request)}: the schema registry answered ${status}: check SCHEMA_REGISTRY_USER, the password and the rights of the user`,
    });
  }
  const json = parsed(text);
  if (status >= 200 && status < 300 && json !== undefined) return json;
  const { error_code: code, message } = (json ?? {}) as { error_code?: unknown; message?: unknown };
  // a 404 of a proxy or of a wrong path says nothing about schemas: only the registry's own codes do
  if (status >= 400 && status < 500 && !PASSING.has(status) && typeof code === 'number') {
    throw new RegistryRefusal(status, code, excerpt(typeof message === 'string' ? message : ''));
  }
  throw away(request, `the answer is ${status} ${excerpt(text)}`);
}

function away(request: RegistryRequest, reason: string): Retryable {
  return new Retryable({
    code: 'REGISTRY_AWAY',
    message: `${placeOf(request)}: ${reason}. Start the schema registry, or check SCHEMA_REGISTRY_URL`,
  });
}

function placeOf({ method, url }: RegistryRequest): string {
  return `${method.toUpperCase()} ${url}`;
}

function headersOf({ user, password }: RegistrySettings, withBody: boolean): Record<string, string> {
  const headers: Record<string, string> = { accept: `${CONTENT_TYPE}, application/json` };
  if (withBody) headers['content-type'] = CONTENT_TYPE;
  if (user !== undefined && password !== undefined) {
    headers['authorization'] = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }
  return headers;
}

async function bounded(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `no answer within ${timeoutMs} ms`;
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error && cause.message !== '' ? cause.message : messageOf(error);
}

function excerpt(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}
