import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-place-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, body: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof body === 'string' ? body : JSON.stringify(body));
  return path;
}

const machine = (name: string) => ({
  node_name: name,
  mac_address: `02:00:${name}`,
  cpu: { capacity: 2000, used: 0 },
  memory: { capacity: { rss: 2048, vms: 2048 }, used: { rss: 0, vms: 0 } },
  cores: { capacity: [100, 100], used: [0, 0] },
});
const web = (replicas: number) => ({
  shop: {
    web: {
      service_name: 'web',
      service_id: 'S:1',
      cpu: 900,
      memory: { rss: 512, vms: 0 },
      processor: [80],
      accelerator: { gpu: 0 },
      replicas,
    },
  },
});
const nodes = file('nodes.json', { data: { n1: machine('edge-1'), n2: machine('edge-2') } });
const services = file('services.json', { command: 'ADD SERVICE', data: web(2) });

const onPlace = commandLine(folder);
const run = (...args: string[]) => onPlace(['place', ...args]);
const asked = (...args: string[]) => run('--dry-run', '--nodes', nodes, '--services', services, ...args);

describe('rightstream place', () => {
  it('prints what each node carries', async () => {
    const { code, out } = await asked();
    expect(code).toBe(0);
    expect(out).toContain('dense: 2 of 2 replicas have a place');
    expect(out).toMatch(/edge-1\s+90 % of 2000\s+50 % of 2048\s+80 %\s+web × 2|edge-1\s+45 %/);
  });

  it('says what has no place, why, and where least is missing; exit code 3', async () => {
    const { code, out } = await asked('--times', '3');
    expect(code).toBe(3);
    expect(out).toContain('4 of 6 replicas have a place');
    expect(out).toMatch(
      /web: 2 replicas; CPU on 2; nearest is edge-\d: 200 of 2000 millicores are left, 900/,
    );
  });

  it('prints one value for scripts', async () => {
    const { code, out } = await asked('--strategy', 'spread', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      strategy: 'spread',
      placed: [
        { service: 'web', replica: 0, node: 'edge-2', cores: [[0, 80]] },
        { service: 'web', replica: 1, node: 'edge-1', cores: [[0, 80]] },
      ],
      unplaced: [],
      nodes: [
        { node: 'edge-1', cpu: { capacity: 2000, used: 900 }, services: { web: 1 } },
        { node: 'edge-2', cores: { capacity: [100, 100], used: [80, 0] } },
      ],
    });
  });

  it.each([
    [['--strategy', 'best'], 'UNKNOWN_STRATEGY', 'dense, first, spread, pack'],
    [['--priority', 'gpu'], 'BAD_OPTION', 'none, cpu, memory'],
    [['--times', '0'], 'BAD_OPTION', '--times'],
    [['--nodes', 'nowhere.json'], 'FILE_NOT_FOUND', 'nowhere.json'],
    [['--nodes', file('broken.json', '{')], 'BAD_JSON', 'broken.json'],
    [['--services', nodes], 'BAD_SERVICES', 'data.n1'],
    [['--services', file('many.json', { data: web(1_000_000) })], 'BAD_SERVICES', 'data.shop.web.replicas'],
    [['--services', file('negative.json', { data: web(-1) })], 'BAD_SERVICES', 'data.shop.web.replicas'],
    [
      ['--nodes', file('zero.json', { data: { n: { ...machine('n'), cpu: { capacity: 0 } } } })],
      'BAD_NODES',
      'data.n.cpu.capacity',
    ],
    [
      ['--nodes', file('twice.json', { data: { a: machine('n'), b: machine('n') } })],
      'DUPLICATE_NODE',
      'two of node n',
    ],
  ])('refuses %j', async (args, code, text) => {
    const ended = await asked(...args);
    expect(ended.code).toBe(2);
    expect(ended.err).toContain(code);
    expect(ended.err).toContain(text);
  });

  it('asks for --dry-run', async () => {
    const { code, err } = await run('--nodes', nodes, '--services', services);
    expect(code).not.toBe(0);
    expect(err).toContain('--dry-run');
  });
});
