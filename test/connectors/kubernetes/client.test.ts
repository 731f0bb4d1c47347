import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCluster } from '../../../connectors/kubernetes/client.ts';
import { answerError } from '../../../connectors/kubernetes/errors.ts';
import { leaseName } from '../../../connectors/kubernetes/keeper.ts';
import { readKubeconfig } from '../../../connectors/kubernetes/kubeconfig.ts';
import { LiveObjects } from '../../../connectors/kubernetes/live.ts';
import { backOff, paceOf } from '../../../connectors/kubernetes/pace.ts';
import type { ClusterObject } from '../../../connectors/kubernetes/cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-client-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a kubeconfig', () => {
  const secret = 'secret-of-a-user';
  const good = {
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: secret } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  const plain = [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }];
  const strange = [{ name: 'c', cluster: { server: 'file:///etc/passwd' } }];

  const named = [{ name: 'c', cluster: { server: `https://user:${secret}@127.0.0.1:1` } }];

  it.each([
    ['no YAML', `a: [${secret}`, 'it is no YAML'],
    ['empty', '', 'it is no YAML'],
    ['of another kind', 'just text', 'names no cluster'],
    ['without context', JSON.stringify({ ...good, 'current-context': 'y' }), 'names no cluster'],
    ['without TLS', JSON.stringify({ ...good, clusters: plain }), 'not https'],
    ['of a strange server', JSON.stringify({ ...good, clusters: strange }), 'names no cluster'],
    ['of a server with a password', JSON.stringify({ ...good, clusters: named }), 'has a user or a password'],
    ['too large', `# ${'x'.repeat(1_100_000)}`, 'more than 1048576 bytes'],
  ])('that is %s is refused, and nothing of it printed', async (_, text, why) => {
    const file = join(folder, 'config');
    writeFileSync(file, text);
    const error: unknown = await readKubeconfig(file).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'BAD_KUBECONFIG', message: expect.stringContaining(why) as string });
    expect(String(error)).not.toContain(secret);
  });

  it('that is not there is refused', async () => {
    await expect(readKubeconfig(join(folder, 'absent'))).rejects.toMatchObject({
      code: 'BAD_KUBECONFIG',
      message: expect.stringContaining('ENOENT') as string,
    });
    await expect(readKubeconfig('in-cluster')).rejects.toMatchObject({ code: 'BAD_KUBECONFIG' });
  });
});

describe('requests', () => {
  const withCredentials = async (script: string, timeoutMs: number) => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] };
    const file = join(folder, 'exec');
    const config = {
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { exec } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(file, JSON.stringify(config));
    return openCluster(await readKubeconfig(file), { timeoutMs });
  };

  it.each([
    ['say nothing', 'sleep 3', 200, 'they did not come in time'],
    ['fail', 'echo secret-of-a-user >&2; exit 1', 10_000, 'they failed'],
    ['are no JSON', 'echo secret-of-a-user', 10_000, 'they failed'],
  ])(
    'whose credentials %s fail in time, and nothing of them is printed',
    async (_, script, timeoutMs, why) => {
      const cluster = await withCredentials(script, timeoutMs);
      const error: unknown = await cluster.version().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: 'Postponed',
        code: 'CLUSTER_UNAUTHORIZED',
        message: expect.stringContaining(why) as string,
      });
      expect(String(error)).not.toContain('secret');
      await cluster.close();
    },
  );

  it('go out in a burst, and then at their rate', async () => {
    const settings = { qps: 1_000, burst: 3, retryLastMs: 1_000 };
    let waited = 0;
    const pace = paceOf(settings, () => performance.now());
    const started = performance.now();
    for (let n = 0; n < 23; n++) {
      await pace.turn(new AbortController().signal);
      waited = performance.now() - started;
    }
    expect(waited).toBeGreaterThanOrEqual(19);
  });

  it('wait longer after each failure, and as long as the server asks for', () => {
    const settings = { retryFirstMs: 100, retryLastMs: 5_000 };
    for (const [tries, least, most] of [
      [1, 50, 100],
      [3, 200, 400],
      [99, 2_500, 5_000],
    ] as const) {
      const ms = backOff(settings, tries);
      expect(ms).toBeGreaterThanOrEqual(least);
      expect(ms).toBeLessThanOrEqual(most);
    }
    const busy = answerError('apply', 429, {}, '3');
    expect(backOff(settings, 1, busy)).toBe(3_000);
    expect(backOff(settings, 1, answerError('apply', 429, {}, '99'))).toBe(5_000);
  });
});

it.each([
  [403, { message: 'pods is forbidden: User "x" cannot list' }, 'Refused', 'CLUSTER_FORBIDDEN'],
  [403, { message: 'exceeded quota: q' }, 'Refused', 'CLUSTER_QUOTA_EXCEEDED'],
  [
    403,
    { details: { causes: [{ reason: 'NamespaceTerminating' }] } },
    'Postponed',
    'CLUSTER_NAMESPACE_TERMINATING',
  ],
  [400, { message: 'admission webhook "a.b" denied the request: no' }, 'Refused', 'CLUSTER_ADMISSION_DENIED'],
  [500, { message: 'failed calling webhook "a.b"' }, 'Postponed', 'CLUSTER_FAULT'],
  [422, { message: 'Deployment is invalid' }, 'Refused', 'CLUSTER_INVALID'],
  [409, { details: { causes: [{ reason: 'FieldManagerConflict' }] } }, 'Refused', 'CLUSTER_OWNED_BY_OTHER'],
  [404, undefined, 'Refused', 'CLUSTER_NOT_FOUND'],
])('%i is told apart', (status, body, name, code) => {
  expect(answerError('apply', status, body)).toMatchObject({ name, code, httpStatus: status });
});

it('a newer state of an object is not replaced by an older one, nor by what is said of another of its name', () => {
  const live = new LiveObjects(['ConfigMap'], () => undefined);
  const object = (uid: string, resourceVersion: string): ClusterObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', uid, resourceVersion },
  });
  expect(live.complete).toBe(false);
  const watched = live.handlers('ConfigMap');
  void watched.synced({ objects: [object('1', '9')], resourceVersion: '9' });
  expect(live.complete).toBe(true);
  live.put(object('1', '10'));
  void watched.changed(object('1', '9'));
  expect(live.all()).toEqual([object('1', '10')]);
  live.put(object('2', '12'));
  void watched.gone(object('1', '11'));
  expect(live.all()).toEqual([object('2', '12')]);
});

it('an object that is gone does not come back with the answer to a write before', () => {
  const live = new LiveObjects(['ConfigMap'], () => undefined);
  const object = (uid: string, resourceVersion: string): ClusterObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', uid, resourceVersion },
  });
  const watched = live.handlers('ConfigMap');
  void watched.synced({ objects: [object('1', '9')], resourceVersion: '9' });
  void watched.gone(object('1', '11'));
  expect(live.put(object('1', '10'))).toBe(false);
  expect(live.all()).toEqual([]);
  expect(live.put(object('2', '12'))).toBe(true);
  for (let n = 0; n < 1_000; n++) void watched.gone(object(`other-${n}`, '13'));
  void watched.gone(object('2', '13'));
  expect(live.put(object('1', '10'))).toBe(true); // no more than a thousand are remembered
});

it('two clusters never share a lease', () => {
  const names = [
    ['a-b', 'c'],
    ['a', 'b-c'],
    ['A', 'b'],
    ['a', 'b'],
    ['a.b', 'c'],
  ].map(([org, name]) => leaseName(org!, name!));
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
});
