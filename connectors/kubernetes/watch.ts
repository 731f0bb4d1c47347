/** One watch that lasts: it lists, follows, resumes after a disconnection and lists again when the thread is lost. */
import type { IncomingMessage } from 'node:http';
import type { ClusterObject, Listed, ObjectQuery, WatchHandlers } from './cluster.ts';
import { answerError, awayError, Postponed, Refused } from './errors.ts';
import { backOff, pause } from './pace.ts';
import { collectionPath } from './paths.ts';
import type { ClusterSettings } from './settings.ts';
import type { Transport } from './transport.ts';

/** What a watch needs. */
export interface WatchDeps {
  readonly transport: Transport;
  readonly settings: ClusterSettings;
  list(query: ObjectQuery, signal: AbortSignal): Promise<Listed>;
}

/** Resolves when the signal is aborted; rejects when the server refuses, or a handler throws. */
export async function watch(
  deps: WatchDeps,
  query: ObjectQuery,
  handlers: WatchHandlers,
  signal: AbortSignal,
): Promise<void> {
  /** Where it goes on; undefined: from a new list. */
  const at: { version: string | undefined } = { version: undefined };
  for (let failures = 0; !signal.aborted;) {
    let begun = Infinity;
    try {
      if (at.version === undefined) {
        const listed = await deps.list(query, signal);
        await handlers.synced(listed);
        at.version = listed.resourceVersion;
      }
      begun = performance.now();
      await follow(deps, query, handlers, at, signal);
      failures = 0;
      await pause(deps.settings.retryFirstMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Postponed)) throw error;
      if (error.httpStatus === 410) at.version = undefined;
      else handlers.interrupted?.(error);
      // one that has lasted was no failure to begin it
      failures = performance.now() - begun > deps.settings.retryLastMs ? 1 : failures + 1;
      await pause(backOff(deps.settings, failures, error), signal).catch(() => undefined);
    }
  }
}

/** Follows until the server ends the watch. */
async function follow(
  { transport, settings }: WatchDeps,
  query: ObjectQuery,
  handlers: WatchHandlers,
  at: { version: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  const what = `watch ${query.kind}`;
  const answer = await transport.stream({
    what,
    method: 'GET',
    path: collectionPath(query.kind, query.namespace),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: at.version,
      timeoutSeconds: settings.watchSeconds,
      labelSelector: query.labelSelector,
      fieldSelector: query.fieldSelector,
    },
    signal,
  });
  for await (const line of linesOf(what, answer, settings)) {
    const { type, object } = parsed(what, line);
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
        await handlers.changed(object);
        break;
      case 'DELETED':
        await handlers.gone(object);
        break;
      case 'ERROR':
        throw answerError(what, (object as unknown as { code?: number }).code ?? 500, object);
      default: // BOOKMARK: nothing but how far it is
    }
    at.version = object.metadata.resourceVersion ?? at.version;
  }
}

interface Seen {
  readonly type: string;
  readonly object: ClusterObject;
}

function parsed(what: string, line: string): Seen {
  try {
    return JSON.parse(line) as Seen;
  } catch (error) {
    throw awayError(what, 'which was asked', new Error('a line is no JSON', { cause: error }));
  }
}

/** The lines, as they come; a silence that is too long ends them with an error. The last line without an end is none: it was cut off. */
async function* linesOf(
  what: string,
  answer: IncomingMessage,
  { silenceMs, maxAnswerBytes }: ClusterSettings,
): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let bytes = 0;
  const silence = setTimeout(() => {
    answer.destroy(new Error(`silent for ${silenceMs} ms`));
  }, silenceMs);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8');
        [rest, bytes, from] = [[], 0, end + 1];
      }
      rest.push(chunk.subarray(from));
      bytes += chunk.length - from;
      if (bytes > maxAnswerBytes) {
        throw new Refused({
          code: 'CLUSTER_TOO_MANY',
          message: `${what}: an object has more than ${maxAnswerBytes} bytes`,
        });
      }
      silence.refresh();
    }
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw awayError(what, 'which was asked', error);
  } finally {
    clearTimeout(silence);
    answer.destroy();
  }
}
