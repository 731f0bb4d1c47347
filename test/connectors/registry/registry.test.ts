import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registryClient } from '../../../connectors/registry/client.ts';
import { confluentRegistry } from '../../../connectors/registry/registry.ts';
import { registrySettings } from '../../../connectors/registry/settings.ts';
import { eventSubjects, subjectOf } from '../../../connectors/registry/subjects.ts';
import { readSettings } from '../../../connectors/define.ts';
import { createCodec } from '../../../schemas/codec/codec.ts';
import { eventSchemas } from '../../../schemas/generated/events.ts';
import type { RegistryStub } from './stub.ts';
import { notFound, startStub } from './stub.ts';

const { fullName, avro } = eventSchemas.RecordRedriven;
const event = { fullName, avro, subject: subjectOf('dead-letters', fullName) };
const data = {
  ...{ unit: 'u', topic: 't', partition: 0, offset: 1, attempt: 1, by: 'me' },
  ...{ edited: false, event_id: 'e', value_sha256: '', host: 'h', reason: '' },
};
const found = { status: 200, json: { schema: avro } };

let stub: RegistryStub;
let now: number;
beforeEach(async () => {
  stub = await startStub();
  now = 0;
});
afterEach(() => stub.close());

function registry(settings: object = {}) {
  const all = readSettings('registry', registrySettings, {
    url: stub.url,
    timeoutMs: 10_000,
    retries: 0,
    retryMs: 1,
    ...settings,
  });
  return confluentRegistry(all, [event], { now: () => now });
}

function valueOf(id: number, rest = Buffer.alloc(0)): { value: Buffer } {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(id, 1);
  return { value: Buffer.concat([prefix, rest]) };
}

describe('at the start', () => {
  it('looks the ids up under <topic>-<full name> and registers nothing', async () => {
    stub.answer = (line) =>
      line.startsWith('POST /subjects/') ? { status: 200, json: { id: 1_000_001 } } : notFound;
    const opened = registry();
    await opened.open();
    expect(stub.requests).toEqual(['POST /subjects/dead-letters-rightstream.operations.RecordRedriven']);
    const codec = createCodec(opened);
    const value = codec.encode('RecordRedriven', data);
    expect([value[0], value.readUInt32BE(1)]).toEqual([0, 1_000_001]);
    expect(codec.decode(value)).toEqual({ type: 'RecordRedriven', data });
  });

  it('takes the version that differs in its docs alone', async () => {
    const other = JSON.stringify({ ...(JSON.parse(avro) as object), doc: 'Said in other words.' });
    stub.answer = (line) =>
      line.endsWith('/versions/latest')
        ? { status: 200, json: { id: 7, version: 3, schema: other } }
        : line.endsWith('/versions/1')
          ? { status: 200, json: { id: 4, version: 1, schema: '"string"' } }
          : notFound;
    const opened = registry();
    await opened.open();
    expect(opened.idOf(fullName, avro)).toBe(7);
  });

  it('names every schema that is not registered, and the command', async () => {
    const all = eventSubjects(
      new Map(Object.values(eventSchemas).map((schema) => [schema.fullName, 'topic'])),
    );
    const settings = readSettings('registry', registrySettings, { url: stub.url });
    const error = await confluentRegistry(settings, all)
      .open()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'BadInput', code: 'SCHEMA_NOT_REGISTERED' });
    for (const { subject } of all) expect(String(error)).toContain(subject);
    expect(String(error)).toContain('rightstream apply');
  });

  it('an event of no topic is refused', () => {
    expect(() => eventSubjects(new Map())).toThrow(expect.objectContaining({ code: 'EVENT_UNDECLARED' }));
  });

  it('gives no id for a schema that it did not look up', () => {
    expect(() => registry().idOf(fullName, avro)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_UNKNOWN' }),
    );
  });
});

describe('ids of records', () => {
  it('are fetched once, however many records and callers', async () => {
    stub.answer = () => found;
    const opened = registry();
    const records = [
      valueOf(5),
      valueOf(5),
      valueOf(900),
      { value: null },
      { value: Buffer.from('{"a":1}') },
    ];
    await Promise.all([opened.learnFrom(records), opened.learnFrom(records)]);
    await opened.learnFrom(records);
    expect(stub.requests.toSorted()).toEqual(['GET /schemas/ids/5', 'GET /schemas/ids/900']);
    expect(opened.schemaOf(5)).toEqual({ fullName, avro });
  });

  it('that are unknown are asked for again only after a while', async () => {
    const opened = registry({ unknownMs: 1_000 });
    await opened.learnFrom([valueOf(5)]);
    await opened.learnFrom([valueOf(5)]);
    expect(opened.schemaOf(5)).toBeUndefined();
    expect(stub.requests).toHaveLength(1);
    now = 1_001;
    // still the answer for the record in hand
    expect(opened.schemaOf(5)).toBeUndefined();
    stub.answer = () => found;
    await opened.learnFrom([valueOf(5)]);
    expect(opened.schemaOf(5)).toEqual({ fullName, avro });
  });

  it('beyond what an id can be are not asked for', async () => {
    const opened = registry();
    await opened.learnFrom([valueOf(0xffff_ffff)]);
    expect(opened.schemaOf(0xffff_ffff)).toBeUndefined();
    expect(stub.requests).toEqual([]);
  });

  it('that nobody learned are no dead letter: they are asked for, and the next attempt answers', async () => {
    stub.answer = () => found;
    const opened = registry();
    expect(() => opened.schemaOf(5)).toThrow(
      expect.objectContaining({ name: 'Retryable', code: 'SCHEMA_NOT_FETCHED' }),
    );
    await opened.learn([5]);
    expect(stub.requests).toHaveLength(1);
    expect(opened.schemaOf(5)).toEqual({ fullName, avro });
  });

  it('are kept in bounded number; one that was dropped is fetched again', async () => {
    const settings = readSettings('registry', registrySettings, { url: stub.url, cachedSchemas: 1_000 });
    let asked = 0;
    const client = {
      ...registryClient(settings),
      schemaOf: () => {
        asked += 1;
        return Promise.resolve({ schema: avro, type: 'AVRO' });
      },
    };
    const opened = confluentRegistry(settings, [event], { client });
    await opened.learn(Array.from({ length: 1_001 }, (_, id) => id));
    await opened.learn([0, 1_000]);
    expect(asked).toBe(1_002);
  });

  it.each([
    ['a schema of another language', { status: 200, json: { schema: '{}', schemaType: 'JSON' } }],
    ['Avro, but no record', { status: 200, json: { schema: '"string"' } }],
    [
      'Avro that refers to other subjects',
      {
        status: 200,
        json: { schema: '{"type":"record","name":"A","fields":[{"name":"b","type":"other.B"}]}' },
      },
    ],
    ['no schema at all', { status: 200, json: { schema: 'syntax = "proto3";' } }],
  ])('%s ends as SCHEMA_UNKNOWN', async (_name, answer) => {
    stub.answer = () => answer;
    const opened = registry();
    const record = valueOf(5, Buffer.from([0]));
    await opened.learnFrom([record]);
    expect(() => createCodec(opened).decode(record.value)).toThrow(
      expect.objectContaining({ name: 'CodecError', code: 'SCHEMA_UNKNOWN' }),
    );
  });

  it.each([
    [
      'of an event that we do not know',
      { type: 'record', name: 'Other', namespace: 'elsewhere', fields: [] },
      'EVENT_UNKNOWN',
    ],
    [
      'that ours cannot read',
      { ...(JSON.parse(avro) as object), fields: [{ name: 'x', type: 'int' }] },
      'SCHEMA_INCOMPATIBLE',
    ],
  ])('another schema behind an id, %s', async (_name, schema, code) => {
    stub.answer = () => ({ status: 200, json: { schema: JSON.stringify(schema) } });
    const opened = registry();
    const record = valueOf(5, Buffer.from([0]));
    await opened.learnFrom([record]);
    expect(() => createCodec(opened).decode(record.value)).toThrow(
      expect.objectContaining({ name: 'CodecError', code }),
    );
  });
});

describe('a registry that is away or odd', () => {
  it.each([
    ['silence', 'silence'],
    ['an answer without end', 'drip'],
    ['an answer that is cut off', 'cut'],
    ['a connection that ends', 'reset'],
    ['500', { status: 500, json: { error_code: 50001, message: 'store' } }],
    ['503 of a proxy', { status: 503, text: '<html>away</html>' }],
    ['429', { status: 429, json: { error_code: 429, message: 'slow down' } }],
    ['HTML with 200', { status: 200, text: '<html>log in</html>' }],
    ['400 with another code', { status: 400, json: { error_code: 400, message: 'what?' } }],
    ['404 with another code', { status: 404, json: { error_code: 404, message: 'no such path' } }],
    ['null with 404', { status: 404, json: null }],
    ['404 of a wrong path', { status: 404, text: '<html>no such page</html>' }],
    ['a redirect', { status: 302, text: '' }],
    ['JSON without a schema', { status: 200, json: { id: 5 } }],
    ['too many bytes', { status: 200, text: `"${'x'.repeat(5000)}"` }],
  ] as const)('%s is REGISTRY_AWAY, never a dead letter, and passes', async (_name, answer) => {
    stub.answer = () => answer;
    const opened = registry({ maxAnswerBytes: 4096, timeoutMs: 500 });
    await expect(opened.learnFrom([valueOf(5)])).rejects.toMatchObject({
      name: 'Retryable',
      code: 'REGISTRY_AWAY',
    });
    stub.answer = () => found;
    await opened.learnFrom([valueOf(5)]);
    expect(opened.schemaOf(5)).toEqual({ fullName, avro });
  });

  it('is asked a bounded number of times', async () => {
    stub.answer = () => ({ status: 500, text: '' });
    await expect(registry({ retries: 3 }).learn([5])).rejects.toMatchObject({ code: 'REGISTRY_AWAY' });
    expect(stub.requests).toHaveLength(4);
  });

  it('is waited for while it is gone', async () => {
    const { url } = stub;
    await stub.close();
    const settings = readSettings('registry', registrySettings, { url, retries: 1, retryMs: 1 });
    const gone = confluentRegistry(settings, [event]);
    await expect(gone.open()).rejects.toMatchObject({ name: 'Retryable', code: 'REGISTRY_AWAY' });
    stub = await startStub();
  });
});

describe('signing in', () => {
  it('sends user and password; neither stands in an error', async () => {
    stub.answer = () => ({ status: 401, json: { error_code: 401, message: 'who are you' } });
    const opened = registry({ user: 'ann', password: 'hunter2' });
    const atStart: unknown = await opened.open().catch((error: unknown) => error);
    expect(atStart).toMatchObject({ name: 'BadInput', code: 'REGISTRY_REFUSED' });
    const later: unknown = await opened.learn([5]).catch((error: unknown) => error);
    expect(later).toMatchObject({ name: 'Retryable', code: 'REGISTRY_REFUSED' });
    expect(stub.headers[0]!.authorization).toBe(`Basic ${Buffer.from('ann:hunter2').toString('base64')}`);
    for (const error of [atStart, later]) {
      expect(`${JSON.stringify(error)} ${(error as Error).stack!}`).not.toMatch(/hunter2|aHVudGVy|YW5u/);
    }
  });

  it.each([
    [{ url: 'http://ann:hunter2@registry' }],
    [{ url: 'ftp://registry' }],
    [{ url: 'http://registry', user: 'ann' }],
  ])('settings %o are refused', (settings) => {
    expect(() => readSettings('registry', registrySettings, settings)).toThrow(
      expect.objectContaining({ code: 'BAD_SETTINGS' }),
    );
    expect(() => readSettings('registry', registrySettings, settings)).not.toThrow(/hunter2/);
  });
});
