/** The audit stays whole whatever dies, hangs, answers late or writes beside: compared with the log, stream by stream. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AuditSignal } from '../../../connectors/eventstoredb/sink.ts';
import type { AuditStore, NewEvent } from '../../../connectors/eventstoredb/store.ts';
import type { MemoryLog } from '../../../streams/runtime/memory/log.ts';
import { startEventStoreStub } from '../../support/eventstoredb-stub.ts';
import type { EventStoreStub } from '../../support/eventstoredb-stub.ts';
import {
  emptyLog,
  expectedTrails,
  fill,
  recommendation,
  runOnce,
  sinkOf,
  storeAt,
  storedTrails,
} from './harness.ts';

let stub: EventStoreStub;
let store: AuditStore;
let log: MemoryLog;
let made = 0;
const newPrefix = (): string => `c${(made += 1)}`;

beforeAll(async () => {
  stub = await startEventStoreStub();
  store = storeAt(stub.url);
  log = await emptyLog();
  await fill(log);
});
afterEach(() => {
  stub.fault = () => undefined;
});
afterAll(async () => {
  await store.close();
  stub.stop();
});

/** What differs between the log and the audit. */
async function differences(prefix: string): Promise<string[]> {
  const expected = await expectedTrails(log, prefix);
  const stored = await storedTrails(store, expected.keys());
  return [...expected]
    .filter(([stream, ids]) => JSON.stringify(ids) !== JSON.stringify(stored.get(stream)))
    .map(
      ([stream, ids]) =>
        `${stream}: ${ids.join(' ')} is stored as ${stored.get(stream)?.join(' ') ?? 'nothing'}`,
    );
}

class Killed extends Error {}

/** A store whose process dies at its nth write: before it is sent, or after it took effect. */
function dying(inner: AuditStore, nth: number, when: 'before' | 'after'): AuditStore & { died: boolean } {
  let writes = 0;
  const mortal = {
    ...inner,
    died: false,
    async append(...args: Parameters<AuditStore['append']>) {
      if (mortal.died) throw new Killed();
      writes += 1;
      if (writes < nth) return inner.append(...args);
      mortal.died = true;
      if (when === 'after') await inner.append(...args);
      throw new Killed();
    },
  };
  return mortal;
}

/** Kills a sink at every write in turn, lets another end its work, and says what is wrong then; it ends at the first. */
async function killedEverywhere(
  when: 'before' | 'after',
  plant: (store: AuditStore) => AuditStore = (inner) => inner,
): Promise<{ kills: number; wrong: string[] }> {
  const wrong: string[] = [];
  for (let nth = 1; ; nth++) {
    const prefix = newPrefix();
    const mortal = dying(store, nth, when);
    await runOnce({ log, store: plant(mortal), prefix, settings: { concurrency: 1 } }).catch(
      (error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      },
    );
    if (!mortal.died) return { kills: nth - 1, wrong };
    await runOnce({ log, store: plant(store), prefix });
    wrong.push(...(await differences(prefix)));
    if (wrong.length > 0) return { kills: nth, wrong };
  }
}

/** The mistake of storing the position first: appends are held back until the next checkpoint is written. */
function positionFirst(inner: AuditStore): AuditStore {
  let held: Parameters<AuditStore['append']>[] = [];
  return {
    ...inner,
    async append(stream, events, expected) {
      if (stream.startsWith('$$')) return inner.append(stream, events, expected);
      if (!stream.includes('audit_checkpoint')) {
        held.push([stream, events, expected]);
        const revision = (expected === 'no_stream' ? -1n : expected) + BigInt(events.length);
        return { kind: 'appended', revision };
      }
      const outcome = await inner.append(stream, events, expected);
      const now = held;
      held = [];
      for (const late of now) await inner.append(...late);
      return outcome;
    },
  };
}

/** The mistake of writing whatever comes: ids are new each time, the expected revision is what the stream has. */
function blind(inner: AuditStore): AuditStore {
  const append = async (
    stream: string,
    events: readonly NewEvent[],
  ): Promise<{ kind: 'appended'; revision: bigint }> => {
    const renamed = events.map((event) => ({ ...event, id: randomUUID() }));
    const end = await inner.readBack(stream, 1);
    const outcome = await inner.append(
      stream,
      renamed,
      (end !== 'closed' && end[0]?.revision) || 'no_stream',
    );
    if (outcome.kind === 'appended') return outcome;
    const again = await inner.append(
      stream,
      renamed,
      outcome.kind === 'conflict' ? outcome.current : 'no_stream',
    );
    if (again.kind !== 'appended') throw new Error('not appended');
    return again;
  };
  return {
    ...inner,
    append: (stream, events, expected) =>
      stream.includes('audit_checkpoint') ? inner.append(stream, events, expected) : append(stream, events),
    readBack: (stream, max, before) =>
      stream.includes('audit_checkpoint') ? inner.readBack(stream, max, before) : Promise.resolve([]),
  };
}

describe('a sink that dies', () => {
  it.each(['before', 'after'] as const)('%s any write leaves nothing out and nothing twice', async (when) => {
    const { kills, wrong } = await killedEverywhere(when);
    expect(kills).toBeGreaterThan(15);
    expect(wrong).toEqual([]);
  });

  it('is found out when it stores positions before decisions', async () => {
    const { wrong } = await killedEverywhere('after', positionFirst);
    expect(wrong.length).toBeGreaterThan(0);
  });

  it('is found out when it appends without looking', async () => {
    const { wrong } = await killedEverywhere('after', blind);
    expect(wrong.length).toBeGreaterThan(0);
  });

  it('has no effect when its last append arrives after its successor has gone on', async () => {
    const prefix = newPrefix();
    let deliver: () => Promise<unknown> = () => Promise.resolve();
    const slow: AuditStore = {
      ...store,
      append(stream, events, expected) {
        deliver = () => store.append(stream, events, expected);
        return Promise.reject(new Killed());
      },
    };
    await expect(runOnce({ log, store: slow, prefix, batch: 500 })).rejects.toThrow(Killed);
    await runOnce({ log, store, prefix });
    await deliver();
    expect(await differences(prefix)).toEqual([]);
  });
});

describe('a server that fails', () => {
  it.each(['unavailable', 'lost', 'denied'] as const)(
    'every third time (%s) changes nothing',
    async (kind) => {
      const prefix = newPrefix();
      let calls = 0;
      stub.fault = () => ((calls += 1) % 3 === 0 ? kind : undefined);
      const retries: string[] = [];
      await runOnce({
        log,
        store,
        prefix,
        settings: { onceTries: 100 },
        signal: (signal) => signal.kind === 'retry' && retries.push(signal.code),
      });
      stub.fault = () => undefined;
      expect(new Set(retries)).toEqual(
        new Set([kind === 'denied' ? 'EVENTSTOREDB_DENIED' : 'EVENTSTOREDB_AWAY']),
      );
      expect(await differences(prefix)).toEqual([]);
    },
  );

  it('by not answering is asked again', async () => {
    const prefix = newPrefix();
    const impatient = storeAt(stub.url, 200);
    let calls = 0;
    stub.fault = () => ([3, 9].includes((calls += 1)) ? 'silent' : undefined);
    await runOnce({ log, store: impatient, prefix, settings: { onceTries: 100 } });
    await impatient.close();
    expect(calls).toBeGreaterThan(9);
    expect(await differences(prefix)).toEqual([]);
  });

  it('is waited for while it restarts', async () => {
    const prefix = newPrefix();
    const other = await startEventStoreStub();
    const away = storeAt(other.url);
    let written = 0;
    other.fault = ({ method }) => {
      if (method === 'append') written += 1;
      if (written === 5) {
        written += 1;
        other.stop();
      }
      return undefined;
    };
    const retries: AuditSignal[] = [];
    await runOnce({
      log,
      store: away,
      prefix,
      settings: { onceTries: 1_000, retryLastMs: 50 },
      signal: (signal) => {
        if (signal.kind === 'retry' && retries.push(signal) === 2) void other.start();
      },
    });
    const expected = await expectedTrails(log, prefix);
    expect(await storedTrails(away, expected.keys())).toEqual(expected);
    expect(retries.length).toBeGreaterThan(1);
    await away.close();
    other.stop();
  });

  it('for good ends a run that is to end, with the reason', async () => {
    const prefix = newPrefix();
    stub.fault = () => 'unavailable';
    const run = runOnce({ log, store, prefix, settings: { onceTries: 3 } });
    await expect(run).rejects.toMatchObject({ code: 'EVENTSTOREDB_AWAY' });
  });
});

describe('others who write', () => {
  it('two sinks at once make one audit', async () => {
    const prefix = newPrefix();
    const second = storeAt(stub.url);
    const both = [store, second].map((one, i) => runOnce({ log, store: one, prefix, batch: 2 + i }));
    await Promise.all(both);
    await second.close();
    expect(await differences(prefix)).toEqual([]);
  });

  it('positions never go back when a slow sink stores its own late', async () => {
    const prefix = newPrefix();
    const log2 = await emptyLog();
    await log2.append([recommendation('web', 1)]);
    let store1: () => Promise<unknown> = () => Promise.resolve();
    const slow: AuditStore = {
      ...store,
      append(stream, events, expected) {
        if (!stream.includes('audit_checkpoint')) return store.append(stream, events, expected);
        store1 = () => store.append(stream, events, expected);
        return Promise.reject(new Killed());
      },
    };
    await expect(runOnce({ log: log2, store: slow, prefix })).rejects.toThrow(Killed);
    await log2.append([recommendation('web', 2)]);
    await runOnce({ log: log2, store, prefix });
    expect(await store1()).toMatchObject({ kind: 'conflict' });
    expect(await runOnce({ log: log2, store, prefix })).toMatchObject({ appended: 0, repeated: 0 });
  });

  it('a stranger in a stream is counted, and what was there is still known', async () => {
    const prefix = newPrefix();
    const log2 = await emptyLog();
    await log2.append([recommendation('web', 1)]);
    await runOnce({ log: log2, store, prefix });
    const stream = `${prefix}-recommendation-org1/id-of-web`;
    const strange = (): NewEvent => ({ id: randomUUID(), type: 'Note', data: {}, metadata: {} });
    await store.append(stream, Array.from({ length: 40 }, strange), 0n);
    let intrusions = 0;
    stub.fault = ({ method, stream: name }) => {
      if (method === 'append' && name === stream && (intrusions += 1) < 4) {
        const blank = new Uint8Array();
        const event = {
          id: randomUUID(),
          type: 'Note',
          contentType: 'application/json',
          data: blank,
          metadata: blank,
        };
        stub.streams.append(stream, [event], 'any');
      }
      return undefined;
    };
    await log2.append([recommendation('web', 1), recommendation('web', 2)]);
    const report = await runOnce({ log: log2, store, prefix });
    expect(report).toMatchObject({ appended: 1, repeated: 1 });
    expect(report.foreign).toBeGreaterThanOrEqual(40);
    const events = await store.readBack(stream, 100);
    const ours = events === 'closed' ? [] : events.filter(({ type }) => type === 'RecommendationMade');
    expect(ours).toHaveLength(2);
  });

  it('a stream that was deleted for good stays closed, and the others go on', async () => {
    const prefix = newPrefix();
    stub.streams.tombstone(`${prefix}-recommendation-org1/id-of-web`);
    const report = await runOnce({ log, store, prefix });
    expect(report).toMatchObject({ appended: 11 });
    expect(report.closed).toBe(5);
    expect(await differences(prefix)).toHaveLength(1);
  });

  it('positions that were deleted make it read the log again, without effect', async () => {
    const prefix = newPrefix();
    await runOnce({ log, store, prefix });
    for (const name of stub.streams.names().filter((one) => one.startsWith(`${prefix}-audit_checkpoint`))) {
      const hidden = Buffer.from(JSON.stringify({ $tb: 1_000 }));
      const event = { id: randomUUID(), type: '$metadata', contentType: '', data: hidden, metadata: hidden };
      stub.streams.append(`$$${name}`, [event], 'any');
    }
    expect(await runOnce({ log, store, prefix })).toMatchObject({ appended: 0, repeated: 19 });
    expect(await differences(prefix)).toEqual([]);
  });
});

describe('another log on the same streams', () => {
  it('is refused when it is shorter', async () => {
    const prefix = newPrefix();
    await runOnce({ log, store, prefix });
    await expect(runOnce({ log: await emptyLog(), store, prefix })).rejects.toMatchObject({
      code: 'AUDIT_LOG_DIFFERS',
    });
  });

  it('is refused when it has other events there', async () => {
    const [one, two] = [await emptyLog(), await emptyLog()];
    const prefix = newPrefix();
    await one.append([recommendation('web', 1)]);
    await runOnce({ log: one, store, prefix });
    await two.append([recommendation('web', 2), recommendation('web', 3)]);
    await expect(runOnce({ log: two, store, prefix })).rejects.toMatchObject({ code: 'AUDIT_LOG_DIFFERS' });
  });

  it('what people append twice under one id is one decision', async () => {
    const prefix = newPrefix();
    const own = await emptyLog();
    const byHand = { ...recommendation('web', 1), headers: { 'event-id': 'by-hand', org: 'org1' } };
    await own.append([byHand, byHand, recommendation('web', 2)]);
    await runOnce({ log: own, store, prefix });
    await own.append([byHand]);
    expect(await runOnce({ log: own, store, prefix })).toMatchObject({ appended: 0, repeated: 1 });
  });
});

describe('stopping', () => {
  it('while the server is away ends at once and loses nothing', async () => {
    const prefix = newPrefix();
    stub.fault = () => 'unavailable';
    const stop = new AbortController();
    const run = sinkOf({
      log,
      store,
      prefix,
      settings: { retryFirstMs: 60_000, retryLastMs: 60_000 },
      signal: (signal) => {
        if (signal.kind === 'retry') stop.abort();
      },
    }).follow(stop.signal);
    expect(await run).toMatchObject({ appended: 0 });
    stub.fault = () => undefined;
    await runOnce({ log, store, prefix });
    expect(await differences(prefix)).toEqual([]);
  });
});
