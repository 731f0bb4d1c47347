import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../../connectors/define.ts';
import type { RegistryClient } from '../../../connectors/registry/client.ts';
import { registryClient } from '../../../connectors/registry/client.ts';
import { confluentRegistry } from '../../../connectors/registry/registry.ts';
import type { RegistrySettings } from '../../../connectors/registry/settings.ts';
import { registrySettings } from '../../../connectors/registry/settings.ts';
import { subjectOf } from '../../../connectors/registry/subjects.ts';
import { createCodec } from '../../../schemas/codec/codec.ts';
import { eventSchemas } from '../../../schemas/generated/events.ts';
import { startRegistry } from '../../support/real/registry.ts';
import type { RegistryServer } from '../../support/real/servers.ts';

const { fullName, avro } = eventSchemas.RecordRedriven;
const data = {
  ...{ unit: 'u', topic: 't', partition: 0, offset: 1, attempt: 1, by: 'me' },
  ...{ edited: false, event_id: 'e', value_sha256: '', host: 'h', reason: '' },
};
const record = (name: string, fields: readonly object[]) =>
  JSON.stringify({ type: 'record', name, namespace: 'rightstream.test', fields });
const x = { name: 'x', type: 'int' };

let server: RegistryServer;
let settings: RegistrySettings;
let client: RegistryClient;
beforeAll(async () => {
  server = await startRegistry();
  settings = readSettings('registry', registrySettings, { url: server.url, timeoutMs: 2_000, retries: 0 });
  client = registryClient(settings);
});
afterAll(() => server.stop());

/** A value in the wire format. */
function wire(id: number, rest: readonly number[] = [0]): { value: Buffer } {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(id, 1);
  return { value: Buffer.concat([prefix, Buffer.from(rest)]) };
}

function opened(topic: string) {
  return confluentRegistry(settings, [{ fullName, avro, subject: subjectOf(topic, fullName) }]);
}

describe('a real registry', () => {
  it('serves what was registered, over gaps in the ids', async () => {
    const subject = subjectOf('gaps', fullName);
    await expect(opened('gaps').open()).rejects.toMatchObject({ code: 'SCHEMA_NOT_REGISTERED' });
    expect(await client.subjects()).not.toContain(subject);
    const others = [];
    for (const n of [1, 2, 3]) others.push(await client.register(`other-${n}`, record(`Other${n}`, [x])));
    const id = await client.register(subject, avro);
    expect(id).toBeGreaterThan(Math.max(...others));
    expect(await client.register(subject, avro)).toBe(id);

    const registry = opened('gaps');
    await registry.open();
    const value = createCodec(registry).encode('RecordRedriven', data);
    expect([value[0], value.readUInt32BE(1)]).toEqual([0, id]);
    // what a console consumer for Avro does: the id of the prefix, then the schema behind it
    const answer = await fetch(`${server.url}/schemas/ids/${id}`);
    expect(JSON.parse(((await answer.json()) as { schema: string }).schema)).toEqual(JSON.parse(avro));

    const codec = createCodec(registry);
    const unknown = id + 10_000;
    await registry.learnFrom([wire(others[0]!), wire(unknown), wire(0), wire(0xffff_fff0), { value }]);
    expect(codec.decode(value)).toEqual({ type: 'RecordRedriven', data });
    const codes = [wire(others[0]!), wire(unknown), wire(0), wire(0xffff_fff0)].map(({ value: bytes }) => {
      try {
        return codec.decode(bytes).type;
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    expect(codes).toEqual(['EVENT_UNKNOWN', 'SCHEMA_UNKNOWN', 'SCHEMA_UNKNOWN', 'SCHEMA_UNKNOWN']);
  });

  it('refuses a schema that cannot read an older version, the one before the last included', async () => {
    const subject = 'rule-rightstream.test.Ruled';
    expect(await client.versions(subject)).toEqual([]);
    expect(await client.compatibility(subject)).toBeUndefined();
    await client.register(subject, record('Ruled', [x, { name: 'y', type: 'int', default: 0 }]));
    await client.setCompatibility(subject, 'BACKWARD_TRANSITIVE');
    await client.setCompatibility(subject, 'BACKWARD_TRANSITIVE');
    expect(await client.compatibility(subject)).toBe('BACKWARD_TRANSITIVE');
    await client.register(subject, record('Ruled', [x]));
    const bad = record('Ruled', [x, { name: 'y', type: 'string', default: '' }]);
    expect(await client.compatible(subject, record('Ruled', [{ name: 'z', type: 'int' }]))).toBe(false);
    await expect(client.register(subject, bad)).rejects.toMatchObject({
      name: 'BadInput',
      code: 'SCHEMA_INCOMPATIBLE',
    });
    expect((await client.versions(subject)).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('takes a schema whose docs alone have changed for the same', async () => {
    const doc = JSON.stringify({ ...(JSON.parse(avro) as object), doc: 'Said in other words.' });
    const id = await client.register(subjectOf('docs', fullName), doc);
    const registry = opened('docs');
    await registry.open();
    expect(registry.idOf(fullName, avro)).toBe(id);
  });

  it('that is killed for a while is waited for', async () => {
    const id = await client.register(subjectOf('away', fullName), avro);
    const registry = opened('away');
    await registry.open();
    const later = await client.register('later', record('Later', [x]));
    await server.kill();
    // what is known is known
    await registry.learnFrom([wire(id)]);
    await expect(registry.learnFrom([wire(later)])).rejects.toMatchObject({
      name: 'Retryable',
      code: 'REGISTRY_AWAY',
    });
    await server.restart();
    await registry.learnFrom([wire(later)]);
    expect(registry.schemaOf(later)?.fullName).toBe('rightstream.test.Later');
    expect(registry.schemaOf(id)?.fullName).toBe(fullName);
  });

  it('that hangs is REGISTRY_AWAY after the time-out', async () => {
    await server.pause();
    try {
      await expect(opened('hang').learn([4_000])).rejects.toMatchObject({ code: 'REGISTRY_AWAY' });
    } finally {
      await server.resume();
    }
  });
});
