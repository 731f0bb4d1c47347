/** Settings, names and what becomes of failures. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { auditId, streamName } from '../../../connectors/eventstoredb/names.ts';
import { auditSettings } from '../../../connectors/eventstoredb/settings.ts';
import { eventStoreDb } from '../../../connectors/eventstoredb/store.ts';
import { readSettings } from '../../../connectors/define.ts';
import { codeOf, Fatal, messageOf, Retryable } from '../../../streams/runtime/errors.ts';
import { startEventStoreStub } from '../../support/eventstoredb-stub.ts';
import type { EventStoreStub } from '../../support/eventstoredb-stub.ts';
import { storeAt } from './harness.ts';

const SECRET = 'pa55word';

/** What a call throws. */
async function thrown(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a connection string', () => {
  it.each([
    `http://ada:${SECRET}@host:2113`,
    `ada:${SECRET}@host`,
    `esdb://ada:${SECRET}@host:2113?tsl=false`,
    `esdb://ada:${SECRET}@host:2113?tlsVerifyCert=false`,
    `esdb://ada:${SECRET}@host:port`,
    `esdb://ada:${SECRET}@host:2113?tlsCAFile=/no/such/file`,
    `esdb://ada:${SECRET}@host:2113?keepAliveInterval=-7`,
    `esdb://ada:${SECRET}@a b`,
    '',
  ])('that cannot be used is refused, and shown nowhere: %s', async (text) => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const error = await thrown(() => eventStoreDb(text, 1_000));
    expect(codeOf(error)).toBe('BAD_SETTINGS');
    expect(messageOf(error) + String((error as Error).stack) + String((error as Error).cause)).not.toContain(
      SECRET,
    );
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it.each([
    'esdb://localhost',
    'esdb://localhost:2113?tls=false',
    'esdb://ada:secret@a:2113,b:2113,c:2113?nodePreference=leader&keep_alive_interval=20000',
    'esdb+discover://ada:secret@cluster.example?connectionName=audit',
  ])('of these forms is taken: %s', async (text) => {
    await eventStoreDb(text, 1_000).close();
  });
});

it('settings that are wrong are named all at once', () => {
  expect(() => readSettings('eventstoredb', auditSettings, { prefix: 'A-b', tails: 0 })).toThrow(
    /eventstoredb\.prefix.*eventstoredb\.tails/s,
  );
});

describe('names', () => {
  it('are never those of two subjects', () => {
    const long = 'x'.repeat(500);
    const subjects = [
      ['a', ['b/c']],
      ['a/b', ['c']],
      ['a', ['b', 'c']],
      ['', ['a', 'b', 'c']],
      ['a%2Fb', ['c']],
      ['a', [long]],
      ['a', [`${long}y`]],
      ['a', [`${'x'.repeat(333)}+y`]],
    ] as const;
    const names = subjects.map(([org, id]) => streamName('p', { category: 'c', org, id }));
    expect(new Set(names).size).toBe(subjects.length);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(404);
  });

  it('of events are as they ever were', () => {
    expect(auditId('uploads/intake/0@1.1.0')).toBe('b412d0a2-d7d6-503b-b92c-09e5b979702a');
  });
});

describe('failures', () => {
  let stub: EventStoreStub;
  beforeAll(async () => {
    stub = await startEventStoreStub();
  });
  afterEach(() => {
    stub.fault = () => undefined;
  });
  afterAll(() => {
    stub.stop();
  });
  const event = { id: auditId('x'), type: 'X', data: {}, metadata: {} };

  it.each([
    ['unavailable', 'EVENTSTOREDB_AWAY', Retryable],
    ['lost', 'EVENTSTOREDB_AWAY', Retryable],
    ['denied', 'EVENTSTOREDB_DENIED', Retryable],
    ['too-large', 'AUDIT_EVENT_TOO_LARGE', Fatal],
    ['silent', 'EVENTSTOREDB_AWAY', Retryable],
  ] as const)('%s is %s, and the next call works', async (fault, code, kind) => {
    const store = storeAt(stub.url, 200);
    stub.fault = () => fault;
    for (const call of [() => store.append(fault, [event], 'no_stream'), () => store.readBack(fault, 1)]) {
      const error = await thrown(call);
      expect(error).toBeInstanceOf(kind);
      expect(codeOf(error)).toBe(code);
    }
    stub.fault = () => undefined;
    expect(await store.append(fault, [event], 'no_stream')).toEqual({ kind: 'appended', revision: 0n });
    expect(await store.readBack(fault, 2)).toHaveLength(1);
    await store.close();
  });

  it('of a server that nobody runs is Retryable', async () => {
    const gone = await startEventStoreStub();
    const store = storeAt(gone.url, 500);
    gone.stop();
    expect(codeOf(await thrown(() => store.readBack('x', 1)))).toBe('EVENTSTOREDB_AWAY');
    expect(codeOf(await thrown(() => store.append('x', [event], 'no_stream')))).toBe('EVENTSTOREDB_AWAY');
    await store.close();
  });

  it('a conflict is an answer also when the connection string says so', async () => {
    const store = storeAt(`${stub.url}&throwOnAppendFailure=false`);
    expect(await store.append('answer', [event], 3n)).toEqual({ kind: 'conflict', current: 'no_stream' });
    await store.append('answer', [event], 'no_stream');
    expect(await store.append('answer', [event], 3n)).toEqual({ kind: 'conflict', current: 0n });
    await store.close();
  });
});
