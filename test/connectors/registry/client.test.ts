import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../connectors/define.ts';
import { registryClient } from '../../../connectors/registry/client.ts';
import { registrySettings } from '../../../connectors/registry/settings.ts';
import type { RegistryStub } from './stub.ts';
import { notFound, startStub } from './stub.ts';

let stub: RegistryStub;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

function client() {
  return registryClient(readSettings('registry', registrySettings, { url: `${stub.url}/api/`, retries: 0 }));
}

describe('the calls of plan and apply', () => {
  it('register under the subject, as Avro, below the path of the URL', async () => {
    let sent = '';
    stub.answer = (_line, body) => {
      sent = body;
      return { status: 200, json: { id: 12 } };
    };
    expect(await client().register('usage-a.B', '"string"')).toBe(12);
    expect(stub.requests).toEqual(['POST /api/subjects/usage-a.B/versions']);
    expect(JSON.parse(sent)).toEqual({ schema: '"string"' });
    expect(stub.headers[0]!['content-type']).toBe('application/vnd.schemaregistry.v1+json');
  });

  it.each([
    [409, 409, 'SCHEMA_INCOMPATIBLE'],
    [422, 42201, 'REGISTRY_REFUSED'],
    [422, 42205, 'REGISTRY_REFUSED'],
  ])('a registration that is answered %i %i is %s', async (status, errorCode, code) => {
    stub.answer = () => ({ status, json: { error_code: errorCode, message: 'reader field x missing' } });
    const error: unknown = await client()
      .register('s', '"string"')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'BadInput', code });
    expect(String(error)).toContain('reader field x missing');
  });

  it('reads all versions, over gaps', async () => {
    stub.answer = (line) => {
      const version = /versions\/(latest|\d+)$/.exec(line)![1]!;
      if (version === '2') return { status: 404, json: { error_code: 40402, message: 'deleted' } };
      const number = version === 'latest' ? 3 : Number(version);
      return { status: 200, json: { id: number * 10, version: number, schema: '"string"' } };
    };
    expect((await client().versions('s')).map(({ id }) => id)).toEqual([10, 30]);
  });

  it('an absent subject has no versions and no compatibility, and everything fits it', async () => {
    stub.answer = (line) =>
      line.includes('/config/') ? { status: 404, json: { error_code: 40408, message: 'none' } } : notFound;
    const asked = client();
    expect(await asked.versions('s')).toEqual([]);
    expect(await asked.compatibility('s')).toBeUndefined();
    expect(await asked.compatible('s', '"string"')).toBe(true);
  });

  it('sets the compatibility of a subject', async () => {
    stub.answer = () => ({ status: 200, json: { compatibility: 'BACKWARD_TRANSITIVE' } });
    await client().setCompatibility('s', 'BACKWARD_TRANSITIVE');
    expect(stub.requests).toEqual(['PUT /api/config/s']);
  });
});
