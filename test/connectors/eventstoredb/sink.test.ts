/** What the audit sink writes, and where. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditStore } from '../../../connectors/eventstoredb/store.ts';
import { startEventStoreStub } from '../../support/eventstoredb-stub.ts';
import type { EventStoreStub } from '../../support/eventstoredb-stub.ts';
import type { AuditSignal } from '../../../connectors/eventstoredb/sink.ts';
import {
  died,
  emptyLog,
  expectedTrails,
  fill,
  recommendation,
  redriven,
  runOnce,
  sinkOf,
  storeAt,
  storedTrails,
} from './harness.ts';

let stub: EventStoreStub;
let store: AuditStore;
let made = 0;
const newPrefix = (): string => `t${(made += 1)}`;

beforeAll(async () => {
  stub = await startEventStoreStub();
  store = storeAt(stub.url);
});
afterAll(async () => {
  await store.close();
  stub.stop();
});

interface Shown {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The events of a stream, oldest first. */
async function eventsOf(stream: string): Promise<Shown[]> {
  const events = await store.readBack(stream, 1_000);
  return events === 'closed' ? [] : ([...events].reverse() as unknown as Shown[]);
}

describe('the audit sink', () => {
  it('writes every decision once, in order, into the stream of its entity', async () => {
    const log = await emptyLog();
    await fill(log);
    const prefix = newPrefix();
    const report = await runOnce({ log, store, prefix });
    const expected = await expectedTrails(log, prefix);
    expect(await storedTrails(store, expected.keys())).toEqual(expected);
    expect([...expected.keys()].sort()).toEqual([
      `${prefix}-dead_record-org1/uploads/intake/0/7`,
      `${prefix}-dead_record-org1/uploads/intake/0/9`,
      `${prefix}-recommendation-org1/id-of-api`,
      `${prefix}-recommendation-org1/id-of-web`,
      `${prefix}-recommendation-org2/id-of-web`,
      `${prefix}-report-org1/c1/d1`,
      `${prefix}-report-org1/c1/d2`,
    ]);
    expect(report).toMatchObject({ appended: 14, repeated: 5, unreadable: 0, foreign: 0, closed: 0 });
    const written = stub.streams.names().filter((name) => name.startsWith(`${prefix}-`));
    expect(written.filter((name) => !expected.has(name))).toHaveLength(4);
  });

  it('keeps the event as JSON, and says where it came from', async () => {
    const log = await emptyLog();
    const prefix = newPrefix();
    const document = 'x'.repeat(5_000);
    const [{ partition, offset } = { partition: -1, offset: -1 }] = await log.append([
      recommendation('web', 4, 'org 2', document),
    ]);
    await runOnce({ log, store, prefix });
    const [event] = await eventsOf(`${prefix}-recommendation-org%202/id-of-web`);
    expect(event!.type).toBe('RecommendationMade');
    expect(event!.data).toMatchObject({
      org_id: 'org 2',
      intervals: 4,
      document,
      memory_request_current: null,
    });
    expect(event!.metadata).toMatchObject({
      org: 'org 2',
      topic: 'recommendations',
      partition,
      offset,
      key: 'org%202/c1/shop/deployment/web',
      headers: { 'event-id': 'tests/usage/0@4.1.0', origin: 'tests/usage/0', seq: '4.1.0', org: 'org 2' },
    });
  });

  it('clips a decision that is too large, and says so', async () => {
    const log = await emptyLog();
    const prefix = newPrefix();
    await log.append([recommendation('web', 1, 'org1', 'x'.repeat(50_000))]);
    await runOnce({ log, store, prefix, settings: { maxEventBytes: 20_000 } });
    const [event] = await eventsOf(`${prefix}-recommendation-org1/id-of-web`);
    expect(event!.metadata).toMatchObject({ clipped: true, offset: 0 });
    expect(JSON.stringify(event!.data).length).toBeLessThan(20_000);
  });

  it('keeps organisations apart that have the same entity, and the same words in other places', async () => {
    const log = await emptyLog();
    const prefix = newPrefix();
    await log.append([
      recommendation('web', 1, 'a'),
      recommendation('web', 2, 'a/id-of-web'),
      recommendation('web', 3, 'a%2Fid-of-web'),
      died(1, 'a'),
      died(2, ''),
      redriven(1, 'a'),
    ]);
    await runOnce({ log, store, prefix });
    const expected = await expectedTrails(log, prefix);
    expect(expected.size).toBe(5);
    expect(await storedTrails(store, expected.keys())).toEqual(expected);
    for (const stream of expected.keys()) {
      const orgs = new Set((await eventsOf(stream)).map(({ metadata }) => metadata['org']));
      expect(orgs.size).toBe(1);
    }
  });

  it('goes on where it was, and reads nothing twice', async () => {
    const log = await emptyLog();
    await fill(log);
    const prefix = newPrefix();
    await runOnce({ log, store, prefix });
    expect(await runOnce({ log, store, prefix })).toMatchObject({ appended: 0, repeated: 0 });
    await log.append([recommendation('web', 9)]);
    expect(await runOnce({ log, store, prefix })).toMatchObject({ appended: 1, repeated: 0 });
  });

  it('follows what is appended until it is stopped, and stores where it is', async () => {
    const log = await emptyLog();
    const prefix = newPrefix();
    const stop = new AbortController();
    const batches: AuditSignal[] = [];
    let arrived: () => void = () => undefined;
    const running = sinkOf({
      log,
      store,
      prefix,
      settings: { pollMs: 60_000 },
      signal: (signal) => {
        batches.push(signal);
        arrived();
      },
    }).follow(stop.signal);
    for (let n = 1; n <= 3; n++) {
      const seen = new Promise<void>((resolve) => (arrived = resolve));
      await log.append([recommendation('web', n)]);
      await seen;
    }
    stop.abort();
    expect(await running).toMatchObject({ appended: 3 });
    expect(await runOnce({ log, store, prefix })).toMatchObject({ appended: 0, repeated: 0 });
  });

  it('keeps the bytes of what it cannot read, and goes on', async () => {
    const log = await emptyLog();
    const prefix = newPrefix();
    const [first, second] = [recommendation('web', 1), recommendation('web', 2)];
    const places = await log.append([
      first,
      { ...first, value: Buffer.from([1, 2, 3, 4, 5, 6]) },
      { ...first, value: null },
      second,
    ]);
    const report = await runOnce({ log, store, prefix });
    expect(report).toMatchObject({ appended: 4, unreadable: 2 });
    const events = await eventsOf(`${prefix}-unreadable-org1/recommendations/${places[1]!.partition}`);
    expect(events.map(({ data }) => [data['code'], data['value']])).toEqual([
      ['RECORD_MAGIC_BYTE', 'AQIDBAUG'],
      ['TOMBSTONE', null],
    ]);
    expect(await eventsOf(`${prefix}-recommendation-org1/id-of-web`)).toHaveLength(2);
  });

  it('stores positions in streams that the server may shorten', async () => {
    const log = await emptyLog();
    const prefix = newPrefix();
    for (let n = 1; n <= 15; n++) {
      await log.append([recommendation('web', n)]);
      await runOnce({ log, store, prefix });
    }
    const [stream, other] = stub.streams
      .names()
      .filter((name) => name.startsWith(`${prefix}-audit_checkpoint`));
    expect(other).toBeUndefined();
    expect(stub.streams.all(stream!)).toHaveLength(15);
    expect(stub.streams.visible(stream!)).toHaveLength(10);
  });
});
