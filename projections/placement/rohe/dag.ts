/** Applications as ROHE's profiling draws them: a graph in cytoscape's JSON, whose nodes are services. */
import { z } from 'zod';
import type { RequestedService } from '../../../schemas/generated/events.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';

/** Where a service listens, and is reached, when its graph says nothing else. */
export const DAG_PORT = 5_555;
/** Most nodes and edges of a graph. */
const MOST = 2_000;

const text = z.string().min(1).max(253);
const schema = z.looseObject({
  elements: z.looseObject({
    nodes: z
      .array(z.looseObject({ data: z.looseObject({ value: text, image: z.string().max(1_000) }) }))
      .min(1)
      .max(MOST),
    edges: z
      .array(z.looseObject({ data: z.looseObject({ source: text, target: text }) }))
      .max(MOST)
      .default([]),
  }),
});

/**
 * Services of a graph, one replica each, each with its next ones. The graph says nothing of needs: they are none until they are
 * declared or measured. BadInput BAD_DAG with the path of what is wrong.
 */
export function readDag(body: unknown, application: string): RequestedService[] {
  const found = schema.safeParse(body);
  if (!found.success) {
    const [first, ...more] = found.error.issues;
    const place = first!.path.join('.') || 'the graph';
    throw bad(`${place}: ${first!.message}${more.length > 0 ? `; ${more.length} more` : ''}`);
  }
  const { nodes, edges } = found.data.elements;
  const names = nodes.map(({ data }) => data.value);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw bad(`there are two nodes of value ${twice}; name each once`);
  const known = new Set(names);
  const loose = edges
    .flatMap(({ data: { source, target } }) => [source, target])
    .find((it) => !known.has(it));
  if (loose !== undefined) throw bad(`an edge names ${loose}, which is the value of no node`);
  return nodes.map(({ data: { value, image } }) => ({
    ...{ name: value, application, number: null, image, cpu: 0, memory: 0, cores: [], accelerators: {} },
    ...{ sensitivity: 0, replicas: 1, node_selector: {}, tolerations: [], spread: [], apart: [] },
    ports: [{ container_port: DAG_PORT, service_port: DAG_PORT }],
    next: [...new Set(edges.filter(({ data }) => data.source === value).map(({ data }) => data.target))],
  }));
}

function bad(message: string): BadInput {
  return new BadInput({ code: 'BAD_DAG', message });
}
