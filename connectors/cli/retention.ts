/** How long rows are kept: set by events, from the environment or by hand; and the clock that makes it so. */
import { createHash } from 'node:crypto';
import { ALL_ROWS, MOST_DAYS, retained } from '../../schemas/retention.ts';
import { topics } from '../../schemas/topics.ts';
import { BadInput, codeOf, messageOf, Retryable } from '../../streams/runtime/errors.ts';
import { partitionKeys } from '../../streams/runtime/partitioner.ts';
import type { Emission } from '../../streams/runtime/ports.ts';
import { CLOCK, forgetRequests, tick } from '../postgres/ticks.ts';
import type { App } from './app.ts';

/** Environment variables of what is kept for a limited time. */
export const retentionEnvironment = {
  DATA_RETENTION_PERIOD:
    'Days that usage, histories, rejected rows, answers and request ids are kept; default for ever. `rightstream retention` sets periods of each.',
  RIGHTSTREAM_TICKS: '`false`: this process writes no ticks; default `true`.',
} as const;

/** How a process keeps time. */
export interface Timekeeping {
  /** Days of all that has no period of its own; undefined: as it is. */
  readonly days?: number;
}

/** Timekeeping as the environment has it; undefined: none. A period that is none: BadInput BAD_SETTINGS. */
export function timekeepingFrom(env: Readonly<Record<string, string | undefined>>): Timekeeping | undefined {
  if (env['RIGHTSTREAM_TICKS'] === 'false') return undefined;
  const text = env['DATA_RETENTION_PERIOD'] ?? '';
  return text === '' ? {} : { days: daysOf('DATA_RETENTION_PERIOD', text, 'BAD_SETTINGS') };
}

/** A number of days; anything else: BadInput. */
export function daysOf(name: string, text: string, code = 'BAD_OPTION'): number {
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= MOST_DAYS) return days;
  const message = `${name} must be a number of days from 1 to ${MOST_DAYS}, not ${JSON.stringify(text)}`;
  throw new BadInput({ code, message });
}

/** A period as it is in force. */
export interface Period {
  readonly rows_of: string;
  readonly days: number | null;
  readonly before: string | null;
}

/** What is set and what has expired, of the first partition: each has the same. */
export async function periods({ readModels }: Pick<App, 'readModels'>): Promise<Period[]> {
  const rows = await readModels.select({
    ...{ table: 'retention_periods', org: '', limit: 1_000 },
    where: [{ column: 'partition', op: 'eq', value: 0 }],
    columns: ['rows_of', 'days', 'before'],
  });
  return rows as unknown as Period[];
}

/** Sets a period, or takes it back with null; every partition is told. Unknown rows: BadInput UNKNOWN_ROWS. */
export async function setPeriod(app: App, rows_of: string, days: number | null): Promise<void> {
  if (rows_of !== ALL_ROWS && !Object.hasOwn(retained, rows_of)) {
    const names = [ALL_ROWS, ...Object.keys(retained)].join(', ');
    throw new BadInput({
      code: 'UNKNOWN_ROWS',
      message: `${JSON.stringify(rows_of)} is nothing that is kept for a limited time; there are: ${names}`,
    });
  }
  const data = { rows_of, days };
  const keys = partitionKeys((await app.log.ends(topics.retention)).length);
  const events = keys.map((key): Emission => ({ topic: topics.retention, key, type: 'RetentionSet', data }));
  const digest = createHash('sha256').update(JSON.stringify(data)).digest('hex');
  await app.wishes.accept({ org: '', requestId: null, digest, events });
}

const MINUTE_MS = 60_000;

/** Ticks until it is told to stop; what is away is tried again with the next minute. */
export async function keepTime(app: App, { days }: Timekeeping, signal: AbortSignal): Promise<void> {
  const { clock } = app.pipeline;
  let told = days === undefined;
  while (!signal.aborted) {
    try {
      told ||= await tellDays(app, days!);
      await beat(app);
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
      const failure = { code: codeOf(error), message: messageOf(error), inMs: MINUTE_MS };
      app.signals.emit({ kind: 'retry', unit: CLOCK, partition: 0, ...failure });
    }
    await clock.sleep(MINUTE_MS - (clock.now() % MINUTE_MS), signal);
  }
}

async function tellDays(app: App, days: number): Promise<boolean> {
  const known = (await periods(app)).find(({ rows_of }) => rows_of === ALL_ROWS)?.days;
  if (known !== days) await setPeriod(app, ALL_ROWS, days);
  return true;
}

/** One tick, and what only the database keeps by time. */
export async function beat(app: App): Promise<void> {
  const { submissions, codec, log, pipeline } = app;
  const partitions = async (): Promise<number> => (await log.ends(topics.ticks)).length;
  const { now } = pipeline.clock;
  await tick({ submissions, codec, partitions, now: () => now() });
  const expired = (await periods(app)).find(({ rows_of }) => rows_of === 'request_ids')?.before;
  if (typeof expired === 'string') await forgetRequests(submissions, Date.parse(expired));
}
