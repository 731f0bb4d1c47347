import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-cluster-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const onPlace = commandLine(join(folder, 'data'));
const run = (...args: string[]) => onPlace(args);
const manifests = join(folder, 'manifests');
const diff = (...args: string[]) => run('cluster', 'diff', '--manifests', manifests, ...args);

function file(name: string, body: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(body));
  return path;
}
const port = { container_port: 8080, service_port: 80 };
const web = { name: 'web', cpu: 900, memory: 256, image: 'web:1', replicas: 2, ports: [port] };

describe('rightstream cluster', () => {
  it('says that nothing is to be done where nothing is declared, and wants something to compare with', async () => {
    expect(await diff()).toMatchObject({ code: 0, out: 'Nothing to do; 0 are as they shall be.\n' });
    expect(await run('cluster', 'diff')).toMatchObject({
      code: 2,
      err: expect.stringContaining('BAD_OPTION') as string,
    });
    expect((await diff('--namespace', 'No_Namespace')).err).toContain('BAD_SETTINGS');
    expect((await diff('--accelerators', 'gpu=half')).err).toContain('BAD_SETTINGS');
  });

  it('shows what was decided, writes it, and shows nothing then', async () => {
    const nodes = [{ name: 'Pi_1', cpu: 2000, memory: 2048 }];
    await run('nodes', 'add', '-f', file('n.json', { nodes }));
    await run('services', 'add', '-f', file('s.json', { services: [web] }));
    const shown = await diff();
    expect(shown.code).toBe(3);
    expect(shown.out).toMatch(
      /create {4}Deployment web--pi-1-x[0-9a-f]{10} {2}it is not there; 2 replicas of web/,
    );
    expect(shown.out).toContain('2 to create; 0 are as they shall be.');
    expect((await run('cluster', 'manifests', '--out', manifests)).code).toBe(0);
    expect(await diff()).toMatchObject({ code: 0, out: 'Nothing to do; 2 are as they shall be.\n' });
  });

  it('shows one decision as one change, and why', async () => {
    await run('services', 'scale', 'web', '1');
    const { code, out } = await diff('--json');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      changes: 1,
      equal: 1,
      actions: [
        {
          kind: 'configure',
          service: 'web',
          node: 'Pi_1',
          fields: [{ path: 'spec.replicas', live: 2, wanted: 1 }],
        },
      ],
    });
    expect((await diff()).out).toContain('spec.replicas: 2 → 1');
  });

  it('refuses what is not ours and does the rest', async () => {
    const place = join(manifests, 'local', 'default');
    const service = join(place, 'service-web-service.yaml');
    writeFileSync(service, 'kind: Service\nmetadata: {name: web-service}\n');
    const { code, out } = await run('cluster', 'manifests', '--out', manifests);
    expect(code).toBe(2);
    expect(out).toMatch(/refuse {4}Service web-service {2}OBJECT_NOT_OURS/);
    expect(readFileSync(service, 'utf8')).toContain('{name: web-service}');
    expect(readdirSync(place)).toHaveLength(2);
    expect((await diff()).code).toBe(2);
  });
});
