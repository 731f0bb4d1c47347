/** Objects that follow from ROHE's example inputs: its own generated ones are refused by Kubernetes, these are not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manifestsOf } from '../../../connectors/kubernetes/manifests/index.ts';
import { readDag } from '../../../projections/placement/rohe/dag.ts';
import { desired, node, placed, settings } from '../../connectors/kubernetes/clusters.ts';
import { mistakes } from '../../connectors/kubernetes/kubernetes-rules.ts';
import { placedCluster } from '../../connectors/kubernetes/placed.ts';

const data = process.env['CONFORMANCE_DATA'];
if (data === undefined)
  console.log('CONFORMANCE_DATA is not set: the tests of manifests of ROHE are skipped');
const json = (path: string): unknown => JSON.parse(readFileSync(join(data!, 'rohe', path), 'utf8'));

describe.skipIf(data === undefined)('objects of inputs of ROHE', () => {
  it.each([
    ['of 2023', 'orchestration/seed/node_command.json', 'orchestration/seed/service_command.json', 10],
    ['of today', 'orchestration/head/add_node.json', 'orchestration/head/add_service.json', 15],
  ])('%s are what Kubernetes takes, and as many pods as replicas', (_, nodes, services, replicas) => {
    const cluster = placedCluster(json(nodes), json(services));
    const { objects } = manifestsOf(cluster, settings);
    expect(mistakes(objects.map(({ manifest }) => manifest))).toEqual([]);
    expect(objects.some(({ problem }) => problem !== null)).toBe(false);
    const pods = objects.map(({ manifest }) => (manifest['spec'] as { replicas?: number }).replicas ?? 0);
    expect(pods.reduce((sum, n) => sum + n, 0)).toBe(replicas);
    // Every object leads back to what was declared.
    for (const { manifest, service } of objects)
      expect(manifest.metadata.annotations!['rightstream.io/service']).toBe(service);
  });

  it('of a graph are two Deployments and two Services, the first wired to the second', () => {
    const services = readDag(json('profiling/dag/user_dag.json'), 'bts');
    const cluster = desired({
      nodes: [node('pi-1')],
      services,
      replicas: services.flatMap((service) => placed(service, 'pi-1')),
    });
    const { objects, problems } = manifestsOf(cluster, settings);
    expect(problems).toEqual([]);
    expect(objects.map(({ ref }) => `${ref.kind} ${ref.name}`)).toEqual([
      'ConfigMap data-processing-next',
      'Deployment data-processing--pi-1',
      'Deployment ml-processing--pi-1',
      'Service data-processing-service',
      'Service ml-processing-service',
    ]);
    expect(objects[0]!.manifest['data']).toMatchObject({
      NEXT_ML_PROCESSING_ADDRESS: 'ml-processing-service.rightstream.svc:5555',
    });
  });
});
