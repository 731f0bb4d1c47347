import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, expect, it } from 'vitest';
import { openCluster } from '../../../connectors/kubernetes/client.ts';
import type { Cluster } from '../../../connectors/kubernetes/cluster.ts';

let server: Server;
let cluster: Cluster;
afterEach(async () => {
  await cluster.close();
  server.close();
});

const absent = { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 };

/** A server that answers requests for pods/resize with 404 and this message, and has the pod or has it not. */
async function open(message: string, hasPod: boolean): Promise<void> {
  server = createServer((request, response) => {
    const found = hasPod && request.method === 'GET' && !request.url!.includes('/resize');
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ? { metadata: { name: 'web-1' } } : { ...absent, message }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  config.loadFromClusterAndUser({ name: 'c', server: url, skipTLSVerify: true }, { name: 'u' });
  cluster = openCluster(config);
}

it.each([
  [
    'of a server that does not know it',
    'the server could not find the requested resource',
    true,
    'CLUSTER_NOT_SERVED',
  ],
  ['of a pod that is gone', 'pods "web-1" not found', false, 'CLUSTER_NOT_FOUND'],
  ['of a pod that is followed by one of its name', 'pods "web-1" not found', true, 'CLUSTER_NOT_FOUND'],
  [
    'of a pod that is gone, on a server that does not know it',
    'no such resource',
    false,
    'CLUSTER_NOT_FOUND',
  ],
])('a resize %s is told apart', async (_, message, hasPod, code) => {
  await open(message, hasPod);
  const resized = cluster.resizePod({ namespace: 'shop', name: 'web-1' }, [], { expect: '1' });
  await expect(resized).rejects.toMatchObject({ name: 'Refused', code, httpStatus: 404 });
});
