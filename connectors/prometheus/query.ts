/** One query to Prometheus, bounded in time and size. */
import { z } from 'zod';
import { BadInput, messageOf, Retryable } from '../../streams/runtime/errors.ts';
import type { PrometheusSettings } from './settings.ts';

/** A value and when it held, ms since 1970. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

const value = z.tuple([z.number(), z.string()]);
const answer = z.union([
  z.object({
    status: z.literal('success'),
    data: z.union([
      z.object({ resultType: z.literal('scalar'), result: value }),
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value })) }),
      z.object({ resultType: z.enum(['matrix', 'string']), result: z.unknown() }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

/**
 * Asks for one number. undefined: there is none now (no series, NaN, infinite). A query that cannot be asked, or that has several
 * values: BadInput PROMETHEUS_QUERY. No answer, or none that can be read: Retryable PROMETHEUS_AWAY.
 */
export async function queryNow(
  settings: PrometheusSettings,
  query: string,
  stop: AbortSignal,
): Promise<Sample | undefined> {
  const found = await asked(settings, query, stop);
  if (found.status === 'error') {
    // Its own trouble is none of the query.
    if (['timeout', 'canceled', 'internal', 'unavailable'].includes(found.errorType)) throw away(found.error);
    throw bad(`${found.errorType}: ${found.error.slice(0, 500)}`);
  }
  const { data } = found;
  if (data.resultType !== 'scalar' && data.resultType !== 'vector')
    throw bad(`it answers with a ${data.resultType}; ask for one number, such as sum(rate(…[1m]))`);
  const values = data.resultType === 'scalar' ? [data.result] : data.result.map((it) => it.value);
  if (values.length > 1) throw bad(`it has ${values.length} values; make one of them, such as by sum(…)`);
  const [first] = values;
  const number = Number(first?.[1]);
  if (first === undefined || !Number.isFinite(number)) return undefined;
  return { at: Math.round(first[0] * 1_000), value: number };
}

async function asked(
  { url, timeoutMs, maxBytes }: PrometheusSettings,
  query: string,
  stop: AbortSignal,
): Promise<z.output<typeof answer>> {
  try {
    const reply = await fetch(new URL('api/v1/query', url), {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ query, timeout: `${timeoutMs}ms`, limit: '2' }),
      redirect: 'error',
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await bounded(reply, maxBytes);
    // It says what is wrong with a query in an answer of 400 or 422.
    if (!reply.ok && ![400, 422].includes(reply.status)) throw away(`it answers ${reply.status}`);
    const parsed = answer.safeParse(JSON.parse(text));
    if (!parsed.success) throw away('its answer is none of a Prometheus server');
    return parsed.data;
  } catch (error) {
    throw error instanceof Retryable ? error : away(messageOf(error), error);
  }
}

/** Leaving early ends the connection. */
async function bounded(reply: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of reply.body ?? []) {
    size += chunk.length;
    if (size > most) throw away(`its answer is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function bad(message: string): BadInput {
  return new BadInput({ code: 'PROMETHEUS_QUERY', message });
}

function away(message: string, cause?: unknown): Retryable {
  return new Retryable({ code: 'PROMETHEUS_AWAY', message: `Prometheus: ${message}` }, { cause });
}
