/** Dead letters in numbers: a projection that counts how often each event took effect, what kills them, and the commands. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { App } from '../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { prepareProjection } from '../../connectors/postgres/generations.ts';
import deadLetters from '../../projections/operations/dead-letters.projection.ts';
import { defineProjection } from '../../projections/runtime/define.ts';
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import { rebuild } from '../../projections/runtime/rebuild.ts';
import { c, table } from '../../projections/runtime/table.ts';
import { topics } from '../../schemas/topics.ts';
import { Terminal } from '../../streams/runtime/errors.ts';
import type { NewRecord } from '../../streams/runtime/ports.ts';

/** What is wrong with the counting code, which people will mend. */
let bug = '';

/** Counts, so that an effect that is there twice, or not at all, shows. */
const counting = defineProjection({
  id: 'counting',
  version: 1,
  about: 'How often each event took effect.',
  from: [topics.intake],
  emits: [],
  tables: {
    times: table({
      comment: 'One row per event.',
      key: ['org_id', 'upload_id'],
      columns: { org_id: c.text('Org.'), upload_id: c.text('Event.'), times: c.int4('How often.') },
    }),
  },
  reads: { UploadRefused: ({ org_id, upload_id }) => [{ table: 'times', key: [org_id, upload_id] }] },
  fold: {
    UploadRefused(rows, { org_id, upload_id }) {
      if (bug !== '') throw new Terminal({ code: bug, message: 'not mended yet' });
      const times = (rows.times.get(org_id, upload_id)?.times ?? 0) + 1;
      rows.times.put({ org_id, upload_id, times });
    },
  },
  decide: {},
});

const RESTART_MS = 50;

const units = { streams: [], projections: [counting, deadLetters] };

/** A deployment that is being tested. */
export interface Scene {
  readonly app: App;
  /** Of the commands. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `rightstream dead-letters …` as a process of its own. */
export function command(
  { env }: Scene,
  args: readonly string[],
): { kill(): void; readonly done: Promise<Ended> } {
  const own = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...env };
  const child = spawn(process.execPath, ['dist/rightstream.js', 'dead-letters', ...args, '--json'], {
    env: own,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return {
    kill: () => child.kill('SIGKILL'),
    done: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })),
  };
}

/** Adds the counting projection to a deployment. */
export async function prepare({ app }: Scene): Promise<void> {
  const { length: partitions } = await app.log.ends(topics.intake);
  await app.log.createTopic({ name: 'counting.retry', partitions });
  await prepareProjection(app.pool, tableSetOf(counting));
}

/** Lets the units take what is there, with this bug in the counting code (none: ''), while `work` runs. */
export async function runWith(
  { app }: Scene,
  code: string,
  work: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  bug = code;
  const running = await tryRun(app, units);
  if (running === undefined) throw new Error('others run the units');
  try {
    await work();
    await Promise.race([caughtUp(app, new AbortController().signal, units), running.failed]);
  } finally {
    await running.stop();
  }
}

/** Appends events that are to take effect once each. */
export async function appendEvents({ app }: Scene, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 1_000) {
    await app.log.append(Array.from({ length: Math.min(1_000, to - at) }, (_, i) => event(app, at + i)));
  }
}

/** The same through faults: units that end are started again, as a supervisor would, until `work` is done and all is taken. */
export async function superviseWhile({ app }: Scene, work: () => Promise<void>): Promise<void> {
  bug = '';
  const stop = new AbortController();
  const stopped = once(stop.signal, 'abort');
  const supervised = (async () => {
    while (!stop.signal.aborted) {
      const running = await tryRun(app, units).catch(() => undefined);
      await Promise.race([running?.failed, stopped]).catch(() => undefined);
      await running?.stop();
      if (!stop.signal.aborted) await sleep(RESTART_MS);
    }
  })();
  try {
    await work();
    await caughtUp(app, new AbortController().signal, units);
  } finally {
    stop.abort();
    await supervised;
  }
}

function event(app: App, n: number): NewRecord {
  const data = {
    upload_id: `u${n}`,
    org_id: `org${n % 3}`,
    digest: 'd',
    code: 'X',
    message: 'm'.repeat(200),
  };
  const headers = { 'event-id': `e${n}`, 'event-type': 'UploadRefused', org: data.org_id };
  // As a unit would have derived them: one origin, growing.
  const place = { origin: 'maker/x/0', seq: `${n}.1.0` };
  const value = app.codec.encode('UploadRefused', data);
  return {
    topic: topics.intake,
    key: `k${n}`,
    value,
    headers: { ...headers, ...place },
    timestamp: Date.now(),
  };
}

/** One number of a query. */
export async function number({ app }: Scene, sql: string): Promise<number> {
  const { rows } = await app.pool.query<{ n: number }>(`SELECT (${sql})::int AS n`);
  return rows[0]!.n;
}

/** What a command that redrives prints. */
export interface Redriven {
  readonly counts: {
    readonly redriven: number;
    readonly repeated: number;
    readonly taken: number;
    readonly refused: number;
  };
  readonly seconds: number;
  readonly per_second: number;
}

/** How many redrives are stored, of all commands. */
export function redrives(scene: Scene): Promise<number> {
  return number(scene, `SELECT count(*) FROM log.idempotency_keys WHERE request_id LIKE 'redrive %'`);
}

/** What is wrong after `events` events were redriven, by so many attempts in all. */
export async function wrongAfter(scene: Scene, events: number, attempts: number): Promise<string[]> {
  const found: string[] = [];
  const is = async (what: string, sql: string, expected: number): Promise<void> => {
    const n = await number(scene, sql);
    if (n !== expected) found.push(`${what}: ${n}, not ${expected}`);
  };
  await is('took effect', 'SELECT count(*) FROM public.times', events);
  await is('not just once', 'SELECT count(*) FROM public.times WHERE times <> 1', 0);
  await is('still dead', `SELECT count(*) FROM public.dead_letters WHERE status <> 'redriven'`, 0);
  await is('attempts', 'SELECT sum(attempts) FROM public.dead_letters', attempts);
  await is('recorded', `SELECT count(*) FROM public.dead_letter_history WHERE step = 'redriven'`, attempts);
  const { pipeline, generations } = scene.app;
  for (const projection of units.projections) {
    const { equal } = await rebuild(projection, { ...pipeline, generations }, { verify: true });
    if (!equal) found.push(`${projection.id} is not what a replay gives`);
  }
  return found;
}

/** The tests of a deployment. */
export function redrivingTests(scene: () => Scene, events = 10_000): void {
  test(`${events} dead letters are redriven once each, through kill -9 and by two commands at once`, async () => {
    const at = scene();
    await appendEvents(at, 0, events);
    await runWith(at, 'BUG');
    expect(await number(at, `SELECT count(*) FROM public.dead_letters WHERE code = 'BUG'`)).toBe(events);

    // One is redriven too early and dies again: what came before it must not pass for a repeat of it.
    const early = await command(at, ['redrive', '--all', '--key', `k${events - 2}`]).done;
    expect(early).toMatchObject({ code: 0 });
    await runWith(at, 'BUG');

    const asked = ['redrive', '--all', '--unit', 'counting', '--code', 'BUG', '--reason', 'mended'];
    await runWith(at, '', async () => {
      const killed = command(at, asked);
      while ((await redrives(at)) < events / 4) await sleep(2);
      killed.kill();
      expect((await killed.done).code).toBeNull();
      const before = await redrives(at);
      expect(before).toBeLessThan(events);
      const ended = await Promise.all([command(at, asked), command(at, asked)].map(({ done }) => done));
      const counts = ended.map(({ out, err, code }) => {
        expect(code, err).toBe(0);
        return (JSON.parse(out) as Redriven).counts;
      });
      // What was committed by the process that died is not redriven again.
      expect(counts.reduce((sum, { redriven }) => sum + redriven, 0)).toBe(events + 1 - before);
      expect(counts).toMatchObject([
        { taken: 0, refused: 0 },
        { taken: 0, refused: 0 },
      ]);
    });
    expect(await wrongAfter(at, events, events + 1)).toEqual([]);
    const marks = `SELECT count(*) FROM log.owners, jsonb_object_keys(marks) WHERE unit IN ('counting', 'dead-letters')`;
    // One per origin and topic, not one per record.
    expect(await number(at, marks)).toBeLessThan(100);
  }, 600_000);

  test('a fix that is none is refused, one that dies again keeps both reasons, the next takes effect once', async () => {
    const at = scene();
    const { app } = at;
    const ids = { 'event-id': 'broken', 'event-type': 'UploadRefused', org: 'org0' };
    const junk = { topic: topics.intake, key: 'org0', value: Buffer.from('no event'), headers: ids };
    const [place] = await app.log.append([{ ...junk, timestamp: Date.now() }]);
    const record = `${topics.intake}/${place!.partition}/${place!.offset}`;
    await runWith(at, '');

    const file = join(at.env['RIGHTSTREAM_DATA_DIR']!, 'mended.json');
    const { out } = await command(at, ['edit', record]).done;
    const line = JSON.parse(out) as { data: unknown };
    expect(line).toEqual({ key: 'org0', type: 'UploadRefused', headers: { org: 'org0' }, data: null });
    const fix = (data: object): Promise<Ended> => {
      writeFileSync(file, JSON.stringify({ ...line, data }));
      return command(at, ['redrive', record, '--with', file]).done;
    };
    const good = { upload_id: 'broken', org_id: 'org0', digest: 'd', code: 'X', message: 'm' };
    const before = await app.log.ends('counting.retry');
    expect(await fix({ ...good, digest: 7 })).toMatchObject({ code: 2 });
    expect(await app.log.ends('counting.retry')).toEqual(before);

    expect(await fix(good)).toMatchObject({ code: 0 });
    await runWith(at, 'AGAIN');
    const shown = JSON.parse((await command(at, ['show', record]).done).out) as {
      dead_letters: { status: string; reasons: { code: string }[] }[];
    };
    expect(shown.dead_letters).toMatchObject([
      { status: 'dead', reasons: [{ code: 'RECORD_MAGIC_BYTE' }, { code: 'AGAIN' }] },
    ]);
    expect(await fix(good)).toMatchObject({ code: 0 });
    await runWith(at, '');
    expect(await number(at, `SELECT times FROM public.times WHERE upload_id = 'broken'`)).toBe(1);
    const { history } = JSON.parse((await command(at, ['history', record]).done).out) as {
      history: { step: string; edited: boolean; event_id: string }[];
    };
    expect(history.map(({ step, edited }) => `${step}${edited ? ' edited' : ''}`)).toEqual([
      ...['died', 'redriven edited', 'died', 'redriven edited'],
    ]);
    expect(history.at(-1)!.event_id).toBe(`edited/counting/${record}@2`);
  }, 300_000);
}
