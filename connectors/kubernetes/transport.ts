/** Requests to the API server: credentials from the kubeconfig, at a bounded pace, in bounded time, with bounded answers. */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { codeOf } from '../../streams/runtime/errors.ts';
import { answerError, awayError, Postponed, Refused } from './errors.ts';
import { paceOf } from './pace.ts';
import type { ClusterSettings } from './settings.ts';

/** A request. */
export interface Call {
  /** For people: `list Pod in shop`. */
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Its segments are checked already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly mime?: string;
  readonly signal?: AbortSignal;
}

/** How requests are made. */
export interface Transport {
  /** The JSON that is answered. Rejects with Postponed, Refused or the signal's reason. */
  json(call: Call): Promise<unknown>;
  /** The JSON of what is there; undefined when it is not. */
  find(call: Pick<Call, 'what' | 'path' | 'signal'>): Promise<unknown>;
  /** The body of the answer as it comes, for a watch. The time-out ends with the head of the answer. */
  stream(call: Call): Promise<IncomingMessage>;
  close(): void;
}

/** Requests by this kubeconfig. */
export function transportOf(config: KubeConfig, settings: ClusterSettings): Transport {
  const server = config.getCurrentCluster()!.server.replace(/\/+$/, '');
  const secure = server.startsWith('https:');
  const agentOptions = { keepAlive: true, maxSockets: settings.connections };
  // watches hold their connections: they get an agent of their own
  const agents = [agentOptions, { keepAlive: false }].map((options) =>
    secure ? new HttpsAgent(options) : new HttpAgent(options),
  );
  const pace = paceOf(settings);
  const closing = new AbortController();

  /** Credentials that did not come in time: nobody asks for more while they may still come. */
  let overdue: Promise<unknown> = Promise.resolve();

  async function identify({ what }: Call, options: RequestOptions, signal: AbortSignal): Promise<void> {
    try {
      await until(overdue, signal);
      const coming = config.applyToHTTPSOptions(options);
      await until(coming, signal).catch((error: unknown) => {
        if (signal.aborted) overdue = coming.catch(() => undefined);
        throw error;
      });
    } catch (error) {
      throw credentialError(what, signal.aborted ? 'they did not come in time' : reasonOf(error));
    }
  }

  async function send(
    call: Call,
    agent: HttpAgent | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    await pace.turn(signal);
    const options: RequestOptions = { method: call.method, signal };
    await identify(call, options, signal);
    // the client's own agent opens a connection for each request; only a proxy needs it
    if (config.getCurrentCluster()?.proxyUrl === undefined) options.agent = agent;
    const payload = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    options.headers = {
      ...options.headers,
      accept: 'application/json',
      'user-agent': 'rightstream',
      ...(payload && { 'content-type': call.mime ?? 'application/json', 'content-length': payload.length }),
    };
    const url = new URL(server + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return new Promise((resolve, reject) => {
      (secure ? httpsRequest : httpRequest)(url, options, resolve).on('error', reject).end(payload);
    });
  }

  /** What `take` makes of a successful answer; any failure in the words of the port. The time-out is over when `take` has resolved. */
  async function ask<T>(
    call: Call,
    agent: HttpAgent | undefined,
    take: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const ends = follower(closing.signal, call.signal);
    let late: Error | undefined;
    const timeout = setTimeout(() => {
      late = new Error(`no answer in ${settings.timeoutMs} ms`);
      ends.abort(late);
    }, settings.timeoutMs);
    let streaming = false;
    try {
      const answer = await send(call, agent, ends.signal);
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        const taken = await take(answer);
        streaming = !answer.readableEnded;
        if (streaming) answer.once('close', ends.release);
        return taken;
      }
      const said = await readJson(call, answer, MAX_ERROR_BYTES).catch(() => undefined);
      throw answerError(call.what, status, said, answer.headers['retry-after']);
    } catch (error) {
      if (late === undefined) ends.signal.throwIfAborted();
      if (error instanceof Postponed && error.retryAfterMs !== undefined) pace.pause(error.retryAfterMs);
      if (error instanceof Postponed || error instanceof Refused) throw error;
      throw awayError(call.what, server, late ?? error);
    } finally {
      clearTimeout(timeout);
      if (!streaming) ends.release();
    }
  }

  const json = (call: Call): Promise<unknown> =>
    ask(call, agents[0], (answer) => readJson(call, answer, settings.maxAnswerBytes));
  return {
    json,
    async find(call) {
      try {
        return await json({ method: 'GET', ...call });
      } catch (error) {
        if (error instanceof Refused && error.httpStatus === 404) return undefined;
        throw error;
      }
    },
    stream: (call) => ask(call, agents[1], (answer) => Promise.resolve(answer)),
    close() {
      closing.abort(new Error('the client is closed'));
      for (const agent of agents) agent.destroy();
    },
  };
}

const MAX_ERROR_BYTES = 262_144;

async function readJson({ what }: Call, answer: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new Refused({
        code: 'CLUSTER_TOO_MANY',
        message: `${what}: the answer has more than ${maxBytes} bytes. Make pages smaller (pageSize).`,
      });
    }
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function credentialError(what: string, why: string): Postponed {
  return new Postponed({
    code: 'CLUSTER_UNAUTHORIZED',
    message: `${what}: the kubeconfig's credentials cannot be had (${why}). Its exec command or token file is to work for this user.`,
  });
}

/** Credentials are programs and files: what they say is not repeated, it may hold a token. */
function reasonOf(cause: unknown): string {
  const code = codeOf(cause);
  return code === 'UNEXPECTED' ? 'they failed' : code;
}

/** What the work comes to; rejects with the signal's reason before, when it is aborted. The work itself goes on. */
async function until<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop!);
  }
}

/** Aborted when one of these is, until released. (AbortSignal.any keeps what it made as long as its sources live.) */
function follower(...sources: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  readonly release: () => void;
} {
  const own = new AbortController();
  const offs = sources.map((source) => {
    const pass = () => {
      own.abort(source?.reason);
    };
    if (source?.aborted === true) pass();
    source?.addEventListener('abort', pass);
    return () => source?.removeEventListener('abort', pass);
  });
  return {
    signal: own.signal,
    abort: (reason) => {
      own.abort(reason);
    },
    release: () => {
      for (const off of offs) off();
    },
  };
}
