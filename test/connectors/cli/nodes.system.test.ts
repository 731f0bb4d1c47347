import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-nodes-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const onPlace = commandLine(join(folder, 'data'));
const run = (...args: string[]) => onPlace(args);

function file(name: string, body: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof body === 'string' ? body : JSON.stringify(body));
  return path;
}
const node = (name: string, more: object = {}) => ({ name, cpu: 2000, memory: 2048, ...more });
const web = { name: 'web', cpu: 900, memory: 256, cores: [80], image: 'web:1', replicas: 3 };

describe('rightstream nodes and services', () => {
  it('an empty cluster says what to do', async () => {
    expect((await run('nodes')).out).toContain('rightstream nodes add -f FILE');
    expect((await run('services')).out).toContain('rightstream services add -f FILE');
    expect(await run('services', 'why')).toMatchObject({ code: 0, out: 'Every replica has a place.\n' });
  });

  it('declares, places, lists with bars, and says why a replica has no place', async () => {
    const added = await run('nodes', 'add', '-f', file('n.json', { nodes: [node('pi-1')] }));
    expect([added.code, added.err]).toEqual([0, '']);
    expect(added.out).toMatch(/pi-1\s+added/);
    expect((await run('services', 'add', '-f', file('s.json', { services: [web] }))).code).toBe(0);
    const nodes = await run('nodes');
    expect(nodes.out).toMatch(/pi-1\s+█{9}░ 1800 of 2000m\s+██░{8} 512 of 2048 MB\s+88\s+declared\s+web × 2/);
    expect((await run('services')).out).toMatch(/web\s+default\s+█{6}░{4} 2 of 3.*pi-1 × 2\s+CPU/);
    const why = await run('services', 'why', 'web');
    expect(why.code).toBe(3);
    expect(why.out).toContain('web: 1 replicas; CPU on 1; nearest is pi-1: 200 of 2000 millicores are left');
    expect(JSON.parse((await run('services', 'why', '--json')).out)).toMatchObject({
      unplaceable: [{ service: 'web', replicas: [2], nearest: { node: 'pi-1', code: 'CPU' } }],
    });
  });

  it('takes the bodies of ROHE', async () => {
    const machine = {
      node_name: 'nano-1',
      mac_address: '02:00:01',
      cpu: { capacity: 4000 },
      memory: { capacity: { rss: 4096 } },
      cores: { capacity: [100, 100, 100, 100] },
      accelerator: { gpu0: { accelerator_type: 'gpu', capacity: 100 } },
    };
    const rohe = file('rohe.json', { data: { node1: machine } });
    expect((await run('nodes', 'add', '--from-rohe', rohe)).out).toMatch(/nano-1\s+added/);
    expect((await run('nodes', 'list')).out).toMatch(/nano-1.*gpu 0 of 100 %/);
    expect((await run('services', 'why')).code).toBe(0);
  });

  it('scales and updates one field; the rest stays', async () => {
    expect((await run('services', 'scale', 'web', '2')).out).toMatch(/web\s+updated/);
    const smaller = file('u.json', { services: [{ name: 'web', cpu: 400 }] });
    expect((await run('services', 'update', '-f', smaller)).out).toMatch(/web\s+updated/);
    const listed = JSON.parse((await run('services', '--json')).out) as object;
    expect(listed).toMatchObject({
      services: [{ name: 'web', cpu: 400, memory: 256, cores: [80], image: 'web:1', replicas: 2, placed: 2 }],
    });
    expect((await run('services', 'update', '-f', smaller)).out).toMatch(/web\s+unchanged/);
  });

  it('removes; what is not there has exit code 3; other clusters and organisations are left alone', async () => {
    expect((await run('nodes', 'remove', 'pi-1', '--cluster', 'edge')).code).toBe(3);
    expect((await run('nodes', 'remove', 'pi-1', '--org', 'acme')).out).toMatch(/pi-1\s+missing/);
    expect(await run('nodes', 'remove', 'pi-1', 'pi-9')).toMatchObject({ code: 3 });
    expect((await run('nodes')).out).not.toContain('pi-1');
    expect(await run('services', 'remove', 'web')).toMatchObject({ code: 0 });
  });

  it.each<[string[], string, string]>([
    [['nodes', 'add'], 'BAD_OPTION', '-f FILE or --from-rohe FILE'],
    [['nodes', 'add', '-f', 'nowhere.json'], 'FILE_NOT_FOUND', 'nowhere.json'],
    [['nodes', 'add', '-f', folder], 'FILE_NOT_FOUND', 'is no file'],
    [['nodes', 'add', '-f', file('broken.json', '{')], 'BAD_JSON', 'broken.json'],
    [['nodes', 'add', '-f', file('bad.json', { nodes: [node('a', { cpu: 0 })] })], 'BAD_BODY', 'nodes.0.cpu'],
    [
      ['nodes', 'add', '-f', file('two.json', { nodes: [node('a'), node('a')] })],
      'DUPLICATE_NODE',
      'two of node a',
    ],
    [['nodes', 'remove', ''], 'BAD_NAME', '1 to 253'],
    [['services', 'scale', 'web', '-1'], 'BAD_OPTION', 'from 0 to 10000'],
    [['services', 'scale', 'web', '1000000'], 'BAD_OPTION', 'from 0 to 10000'],
    [['services', 'scale', 'nobody', '1'], 'UNKNOWN_SERVICE', 'nobody'],
    [['services', 'why', 'nobody'], 'UNKNOWN_SERVICE', 'nobody'],
    [
      ['services', 'add', '-f', file('cycle.json', { services: [{ ...web, next: ['web'] }] })],
      'CYCLIC_STAGES',
      'web → web',
    ],
  ])('%j is refused with %s', async (args, code, text) => {
    const ended = await run(...args);
    expect(ended.code).not.toBe(0);
    expect(ended.err).toContain(code);
    expect(ended.err).toContain(text);
  });
});
