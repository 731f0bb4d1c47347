import { describe, expect, it } from 'vitest';
import { readDag } from '../../../../projections/placement/rohe/dag.ts';

const node = (value: string, more: object = {}) => ({
  data: { id: 1, value, image: `registry/${value}:1`, ...more },
});
const edge = (source: string, target: string) => ({ data: { source, target } });
const graph = (nodes: object[], edges: object[] = []) => ({ directed: 'True', elements: { nodes, edges } });

describe('a graph of ROHE', () => {
  it('is a service per node, which sends along the edges', () => {
    const services = readDag(
      graph([node('a'), node('b', { downstream: 'None' })], [edge('a', 'b'), edge('a', 'b')]),
      'bts',
    );
    expect(services).toMatchObject([
      {
        ...{ name: 'a', application: 'bts', image: 'registry/a:1', replicas: 1, next: ['b'] },
        ports: [{ container_port: 5555, service_port: 5555 }],
      },
      { name: 'b', next: [] },
    ]);
  });

  it.each([
    ['nothing', {}, 'elements'],
    ['no nodes', graph([]), 'elements.nodes'],
    ['no image', graph([{ data: { value: 'a' } }]), 'elements.nodes.0.data.image'],
    ['a node twice', graph([node('a'), node('a')]), 'two nodes of value a'],
    ['an edge to nowhere', graph([node('a')], [edge('a', 'b')]), 'an edge names b'],
    ['too many edges', graph([node('a')], Array(2_001).fill(edge('a', 'a'))), 'elements.edges'],
  ])('is refused when it has %s', (_, body, message) => {
    expect(() => readDag(body, 'x')).toThrow(
      expect.objectContaining({ code: 'BAD_DAG', message: expect.stringContaining(message) as string }),
    );
  });
});
