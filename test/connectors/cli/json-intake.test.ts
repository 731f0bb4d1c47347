import { beforeEach, describe, expect, it } from 'vitest';
import { jsonIntake, jsonTopics } from '../../../connectors/cli/json-intake.ts';
import { redriveRecords } from '../../../connectors/cli/dead-letters/records.ts';
import { topicsOfEvents } from '../../../connectors/cli/topology.ts';
import { createCodec, localRegistry } from '../../../schemas/codec/codec.ts';
import type { RecordDied } from '../../../schemas/generated/events.ts';
import { systemClock } from '../../../streams/runtime/clock.ts';
import { BadInput, Fatal } from '../../../streams/runtime/errors.ts';
import { noFaults } from '../../../streams/runtime/faults.ts';
import { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { MemoryUnits } from '../../../streams/runtime/memory/units.ts';
import type { EventLog, LogRecord } from '../../../streams/runtime/ports.ts';
import { sourceDeps, sourceWork } from '../../../streams/runtime/run/source-work.ts';
import { step } from '../../../streams/runtime/run/worker.ts';
import { Signals } from '../../../streams/runtime/signals.ts';

const codec = createCodec(localRegistry());
const refused = { upload_id: 'u', org_id: 'acme', digest: 'd', code: 'X', message: 'm' };
const line = { key: 'acme', type: 'UploadRefused', data: refused };
let log: MemoryLog;
let units: MemoryUnits;

beforeEach(async () => {
  log = new MemoryLog();
  units = new MemoryUnits(log);
  for (const json of jsonTopics) {
    await log.createTopic({ name: json.replace(/\.json$/, ''), partitions: 2 });
    await log.createTopic({ name: json, partitions: 2 });
  }
  await log.createTopic({ name: 'dead-letters', partitions: 1 });
  await log.createTopic({ name: 'json-intake.retry', partitions: 2 });
});

async function write(topic: string, text: unknown, headers: Record<string, string> = {}): Promise<void> {
  const value = text === null ? null : Buffer.from(typeof text === 'string' ? text : JSON.stringify(text));
  await log.append([{ topic, key: null, partition: 0, value, headers, timestamp: 1 }]);
}

/** Lets the unit take what is there. */
async function run(over: EventLog = log): Promise<void> {
  const source = jsonIntake(await topicsOfEvents());
  const limits = { maxRecords: 100, maxBytes: 1e6 };
  const base = { log: over, store: units, codec, limits, pollMs: 1, clock: systemClock, faults: noFaults };
  const deps = sourceDeps(source, { ...base, signals: new Signals() });
  const owner = await units.claim(source.id, 0);
  const from = (await units.positions(source.id)).get(0) ?? {};
  await step(sourceWork(source, 0, deps), deps, owner, from);
}

async function all(topic: string): Promise<LogRecord[]> {
  const ends = await log.ends(topic);
  const limits = { maxRecords: 1_000, maxBytes: 1e9 };
  const pages = await Promise.all(ends.map((_, partition) => log.read({ topic, partition }, 0, limits)));
  return pages.flatMap(({ records }) => [...records]);
}

async function died(): Promise<RecordDied[]> {
  return (await all('dead-letters')).map(({ value }) => codec.decode(value!).data as RecordDied);
}

describe('JSON on <topic>.json', () => {
  it('becomes an event of the topic, once', async () => {
    await write('intake.json', { ...line, headers: { 'request-id': 'r-1', seq: '9.9.9', mine: 'x' } });
    await run();
    await run();
    const [record, ...others] = await all('intake');
    expect(others).toEqual([]);
    expect(codec.decode(record!.value!)).toEqual({ type: 'UploadRefused', data: refused });
    expect(record).toMatchObject({
      key: 'acme',
      headers: {
        'event-id': 'json-intake/intake.json/0@0.1.0',
        'event-type': 'UploadRefused',
        origin: 'json-intake/intake.json/0',
        seq: '0.1.0',
        org: 'acme',
        'request-id': 'r-1',
      },
    });
    expect(record!.headers).not.toHaveProperty('mine');
  });

  it('does not let a writer say what counts as a repeat', async () => {
    const headers = { origin: 'someone', seq: '1.1.0' };
    await write('intake.json', line, headers);
    await write('intake.json', line, headers);
    await run();
    expect(await all('intake')).toHaveLength(2);
  });

  it.each([
    ['{"key":', 'BAD_JSON', ''],
    ['[1]', 'BAD_JSON', ''],
    [null, 'BAD_JSON', ''],
    [{ ...line, key: '' }, 'BAD_KEY', 'acme'],
    [{ ...line, type: 'Nonsense' }, 'EVENT_UNKNOWN', 'acme'],
    [{ ...line, type: 'RowsRejected' }, 'EVENT_INVALID', 'acme'],
    [{ ...line, data: { ...refused, digest: 7 } }, 'EVENT_INVALID', 'acme'],
    [{ ...line, data: { ...refused, extra: 7 } }, 'EVENT_INVALID', 'acme'],
    [{ ...line, data: { ...refused, org_id: '' } }, 'ORG_MISSING', ''],
    [{ ...line, headers: { a: 1 } }, 'BAD_HEADERS', 'acme'],
  ])('%j dies as %s', async (text, code, org) => {
    await write('intake.json', text);
    await write('intake.json', line);
    await run();
    expect(await died()).toMatchObject([
      { unit: 'json-intake', topic: 'intake.json', partition: 0, offset: 0, code, org_id: org },
    ]);
    expect(await all('intake')).toHaveLength(1);
  });

  it('takes an event on its own topic only', async () => {
    await write('usage.json', line);
    await run();
    const [letter] = await died();
    expect(letter).toMatchObject({
      code: 'EVENT_ELSEWHERE',
      message: expect.stringContaining('intake.json'),
    });
  });

  it('is redriven to the topic that it was written for', async () => {
    await write('intake.json', line);
    const [record] = await all('intake.json');
    const asked = { by: 'me', host: 'h', reason: '' };
    const redrive = { unit: 'json-intake', record: record!, attempt: 1, ...asked };
    const [, retry] = redriveRecords(codec, redrive, 5);
    const origin = { origin: 'redrive/submissions/0', seq: '0.1.0' };
    const submitted = { ...retry, headers: { ...retry.headers, ...origin } };
    await log.append([submitted]);
    await log.append([submitted]);
    await run();
    const origins = (await all('intake')).map(({ headers }) => headers['origin']);
    expect(origins).toEqual(['json-intake/intake.json/0', 'json-intake/json-intake.retry/0']);
  });
});

describe('topics of others', () => {
  /** A log whose intake.json was cut: `kept` records from offset 7 on are there. */
  function cut(read: EventLog['read']): EventLog {
    return Object.assign(Object.create(log) as EventLog, {
      ends: (topic: string) => log.ends(topic),
      append: (records: Parameters<EventLog['append']>[0]) => log.append(records),
      offsetsAt: () => Promise.resolve([7, 0]),
      read,
    });
  }

  it('are read on from what is still there', async () => {
    await run(
      cut((at, from, limits) => {
        if (at.topic !== 'intake.json') return log.read(at, from, limits);
        if (from < 7) throw new Fatal({ code: 'OFFSET_GONE', message: 'cut' });
        const value = Buffer.from(JSON.stringify(line));
        return Promise.resolve({
          records: [{ ...at, offset: 7, key: null, value, headers: {}, timestamp: 1 }],
          next: 8,
        });
      }),
    );
    expect(await all('intake')).toHaveLength(1);
    expect((await units.positions('json-intake')).get(0)).toMatchObject({ 'intake.json': 8 });
  });

  it('may have fewer partitions than others of the unit', async () => {
    await write('usage.json', '{');
    await run(
      cut((at, from, limits) => {
        if (at.topic === 'intake.json') throw new BadInput({ code: 'UNKNOWN_PARTITION', message: 'no' });
        return log.read(at, from, limits);
      }),
    );
    expect(await died()).toHaveLength(1);
  });

  it('that were made anew are not passed over', async () => {
    const gone = cut(() => Promise.reject(new Fatal({ code: 'OFFSET_GONE', message: 'beyond the end' })));
    gone.offsetsAt = () => Promise.resolve([0, 0]);
    await expect(run(gone)).rejects.toMatchObject({ code: 'OFFSET_GONE' });
  });
});
