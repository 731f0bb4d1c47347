/** Bodies of both generations of ROHE's management API, sent to a running system. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKruize } from '../../support/program.ts';
import type { Answer, KruizeServer } from '../../support/program.ts';

const data = process.env['CONFORMANCE_DATA'];
if (data === undefined)
  console.log('CONFORMANCE_DATA is not set: the management conformance tests are skipped');

type Body = Record<string, unknown>;
const json = (path: string) =>
  JSON.parse(readFileSync(join(data!, 'rohe/orchestration', path), 'utf8')) as Body & {
    data: Record<string, Body>;
  };

describe.skipIf(data === undefined)('clients of ROHE', () => {
  let server: KruizeServer;
  beforeAll(async () => {
    server = await startKruize();
  });
  afterAll(() => server.stop());

  const ask = (org: string, path: string, body: object): Promise<Answer> =>
    server.ask(org, 'POST', path, body, { 'content-type': 'application/json' });
  const result = async (org: string, path: string, body: object): Promise<Record<string, Body>> => {
    const { status, body: answer } = await ask(org, path, body);
    expect({ status, answer }).toMatchObject({ status: 200 });
    return (answer as { result: Record<string, Body> }).result;
  };

  it('of 2023: 10 nodes, 5 services, 10 replicas; again nothing new', async () => {
    const nodes = json('seed/node_command.json');
    const services = json('seed/service_command.json');
    expect(Object.values(await result('seed', '/management', nodes))).toEqual(Array(10).fill('Added'));
    expect(Object.values(await result('seed', '/management', services))).toEqual(Array(5).fill('Added'));
    const list = () => result('seed', '/management', { command: 'GET ALL NODES' });
    const before = await list();
    expect(Object.keys(before)).toHaveLength(10);
    const carried = Object.values(before).flatMap((node) => Object.values(node['service'] as Body));
    expect(carried.reduce((sum: number, n) => sum + Number(n), 0)).toBe(10);
    expect(Object.values(await result('seed', '/management', nodes))).toEqual(Array(10).fill('Updated'));
    expect(await list()).toEqual(before);
    const running = Object.values(await result('seed', '/management', { command: 'GET ALL SERVICES' }));
    expect(running.every((service) => service['status'] === 'running' && 'cpu' in service)).toBe(true);
  });

  it('of today: 9 nodes, 9 services, 15 replicas; a service is removed and frees what it had', async () => {
    const nodes = json('head/add_node.json');
    const services = json('head/add_service.json');
    expect(Object.keys(await result('head', '/management/add-node', nodes))).toHaveLength(9);
    expect(Object.keys(await result('head', '/management/add-service', services))).toHaveLength(9);
    const used = async () => {
      const found = Object.values(await result('head', '/management/get-all-nodes', {}));
      return found.reduce((sum, node) => sum + (node['cpu'] as { used: number }).used, 0);
    };
    const declared = Object.values(services.data).flatMap((application) => Object.values(application)) as {
      service_id: string;
      cpu_required: number;
      replicas: number;
    }[];
    const needed = declared.reduce((sum, { cpu_required, replicas }) => sum + cpu_required * replicas, 0);
    expect(await used()).toBe(needed);
    const [gone] = declared;
    const removal = { data: { any: { one: { service_id: gone!.service_id } } } };
    expect(await result('head', '/management/remove-service', removal)).toEqual({ one: 'Removed' });
    expect(await used()).toBe(needed - gone!.cpu_required * gone!.replicas);
    expect(await result('head', '/management/remove-service', removal)).toEqual({ one: 'Not found' });
  });

  it('a node is removed by its hardware address, once', async () => {
    const [[label, node]] = Object.entries(json('head/add_node.json').data) as [[string, Body]];
    const removal = { data: { [label]: { mac_address: node['mac_address'] } } };
    expect(await result('head', '/management/remove-node', removal)).toEqual({ [label]: 'Removed' });
    expect(await result('head', '/management/remove-node', removal)).toEqual({ [label]: 'Not found' });
    expect(Object.keys(await result('head', '/management/get-all-nodes', {}))).toHaveLength(8);
  });

  it('bodies without what is needed, and unknown commands, are refused', async () => {
    const config = json('seed/node_config.json');
    for (const [path, body, code] of [
      ['/management/add-node', config, 'BAD_NODES'],
      ['/management/add-node', { data: {}, more: 1 }, null],
      ['/management/scale', {}, 'UNKNOWN_COMMAND'],
      ['/management', { command: 'SCALE' }, 'UNKNOWN_COMMAND'],
      ['/management', { command: 7 }, 'UNKNOWN_COMMAND'],
    ] as const) {
      const { status, body: answer } = await ask('bad', path, body);
      expect([path, status, (answer as Body)['code'] ?? null]).toEqual([
        path,
        code === null ? 200 : 400,
        code,
      ]);
    }
  });

  it('a replay makes the same tables', async () => {
    expect(await server.replay('placement')).toMatchObject({ equal: true });
  });
});
