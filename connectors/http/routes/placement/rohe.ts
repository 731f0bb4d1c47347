/** The management API of ROHE, both generations: commands in the body of POST /management, or as POST /management/<command>. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { grouped } from '../../../../projections/placement/placer/grouped.ts';
import { readNodes, readServices } from '../../../../projections/placement/rohe/bodies.ts';
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { HttpDeps } from '../../deps.ts';
import { answers } from '../paging.ts';
import { placingNow } from './clusters.ts';
import { progressOf } from './shown.ts';
import { nodeStates, rowsOf, serviceOf, shownOf } from './state.ts';
import type { Fields, NodeState } from './state.ts';
import { MAX_BODY, wish } from './wish.ts';
import type { Outcome } from './wish.ts';

/** Cluster of clients that name none. */
const cluster_id = 'default';

type Answer = (request: FastifyRequest, reply: FastifyReply, old: boolean) => Promise<unknown>;

/** Adds the routes. */
export function roheRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const commands = commandsOf(deps);
  const answer = (name: string, request: FastifyRequest, reply: FastifyReply, old: boolean) => {
    const found = commands.get(name);
    if (found !== undefined) return found(request, reply, old);
    const known = [...commands.keys()].map((it) => (old ? it.replaceAll('-', ' ').toUpperCase() : it));
    throw new BadInput({
      code: 'UNKNOWN_COMMAND',
      message: `there is no such command; use one of ${known.join(', ')}`,
    });
  };
  const schema = { tags: ['placement'], response: answers };
  app.post(
    '/management',
    { bodyLimit: MAX_BODY, schema: { ...schema, summary: 'ROHE: a command in the body' } },
    (request, reply) => {
      const { command } = fields(request.body, 'the body');
      // ADD NODE of the older clients is add-node of the newer ones.
      const name = typeof command === 'string' ? command.toLowerCase().replaceAll(' ', '-') : '';
      return answer(
        name === 'remove-all-node' || name === 'remove-all-service' ? `${name}s` : name,
        request,
        reply,
        true,
      );
    },
  );
  app.post<{ Params: { command: string } }>(
    '/management/:command',
    {
      bodyLimit: MAX_BODY,
      schema: {
        ...{ ...schema, summary: 'ROHE: a command in the path' },
        params: { type: 'object', properties: { command: { type: 'string', maxLength: 100 } } },
      },
    },
    (request, reply) => answer(request.params.command, request, reply, false),
  );
}

function commandsOf(deps: HttpDeps): ReadonlyMap<string, Answer> {
  const placing =
    (running: boolean): Answer =>
    async (request, reply) => {
      const now = await placingNow(deps, request.caller.org, cluster_id);
      const data = { ...now, cluster_id, running };
      return wish(deps, request, reply, 'PlacingRequested', data, () => ({
        result: running ? 'Agent started' : 'Agent stopped',
      }));
    };
  return new Map<string, Answer>([
    [
      'add-node',
      (request, reply) => {
        const nodes = readNodes(request.body);
        const data = { cluster_id, nodes: [...nodes.values()] };
        return wish(deps, request, reply, 'NodesRequested', data, byLabel([...nodes.keys()], labelOf));
      },
    ],
    ['remove-node', (request, reply) => removeNodes(deps, request, reply)],
    [
      'remove-all-nodes',
      (request, reply) => {
        const data = { cluster_id, nodes: null };
        return wish(deps, request, reply, 'NodesRemovalRequested', data, () => ({ result: 'Removed' }));
      },
    ],
    [
      'add-service',
      (request, reply) => {
        const services = readServices(request.body);
        const data = { cluster_id, services: [...services.values()] };
        return wish(deps, request, reply, 'ServicesRequested', data, byLabel([...services.keys()], labelOf));
      },
    ],
    ['remove-service', (request, reply) => removeServices(deps, request, reply)],
    [
      'remove-all-services',
      (request, reply) => {
        const data = { cluster_id, services: null };
        return wish(deps, request, reply, 'ServicesRemovalRequested', data, () => ({ result: 'Removed' }));
      },
    ],
    ['get-all-nodes', ({ caller: { org } }, _reply, old) => allNodes(deps, org, old)],
    ['get-all-services', ({ caller: { org } }, _reply, old) => allServices(deps, org, old)],
    ['start-agent', placing(true)],
    ['stop-agent', placing(false)],
  ]);
}

const labelOf = ({ outcome }: Outcome) => (outcome === 'added' ? 'Added' : 'Updated');
const removedOf = ({ outcome }: Outcome) => (outcome === 'removed' ? 'Removed' : 'Not found');

/** Outcomes in the order of the wish, under the labels that the client gave. */
function byLabel(labels: readonly string[], textOf: (outcome: Outcome) => string) {
  return (outcomes: readonly Outcome[]) => ({
    result: Object.fromEntries(
      outcomes.map((outcome, i) => [labels[i]!.split('/').at(-1)!, textOf(outcome)]),
    ),
  });
}

async function removeNodes(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const entries = Object.entries(fields(fields(request.body, 'the body')['data'], 'data'));
  const known = await rowsOf(deps, 'nodes', request.caller.org, cluster_id);
  const names = entries.map(([label, sent]) => {
    const node = fields(sent, `data.${label}`);
    const mac = node['mac_address'] ?? node['MAC'];
    const found = known.find((row) => row['mac'] === mac && mac !== undefined);
    return String(found?.['name'] ?? node['node_name'] ?? mac ?? label).slice(0, 253);
  });
  const data = { cluster_id, nodes: [...new Set(names)] };
  return wish(deps, request, reply, 'NodesRemovalRequested', data, (outcomes) => ({
    result: Object.fromEntries(
      entries.map(([label], i) => [label, removedOf(outcomes.find(({ name }) => name === names[i])!)]),
    ),
  }));
}

async function removeServices(
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const applications = Object.entries(fields(fields(request.body, 'the body')['data'], 'data'));
  const entries = applications.flatMap(([application, sent]) =>
    Object.entries(fields(sent, `data.${application}`)),
  );
  const known = await rowsOf(deps, 'services', request.caller.org, cluster_id);
  const names = entries.map(([label, sent]) => {
    const number = fields(sent, label)['service_id'];
    const found = known.find((row) => row['number'] === number && number !== undefined);
    return String(found?.['name'] ?? label).slice(0, 253);
  });
  const data = { cluster_id, services: [...new Set(names)] };
  return wish(deps, request, reply, 'ServicesRemovalRequested', data, (outcomes) => ({
    result: Object.fromEntries(
      entries.map(([label], i) => [label, removedOf(outcomes.find(({ name }) => name === names[i])!)]),
    ),
  }));
}

async function allNodes(deps: HttpDeps, org: string, old: boolean): Promise<unknown> {
  const nodes = await rowsOf(deps, 'nodes', org, cluster_id);
  const replicas = await rowsOf(deps, 'replicas', org, cluster_id);
  const states = nodeStates(nodes, replicas, await rowsOf(deps, 'observed_nodes', org, cluster_id));
  return { result: Object.fromEntries(states.map((it) => [it.mac ?? it.name, asNode(it, old)])) };
}

function asNode(state: NodeState, old: boolean): object {
  const { name, mac, cpu, memory, cores, accelerators, services, observed } = state;
  const devices = accelerators.map(({ id, type, ...rest }) => [
    id,
    { ...rest, [old ? 'type' : 'accelerator_type']: type },
  ]);
  return {
    node_name: name,
    [old ? 'MAC' : 'mac_address']: mac,
    status: observed === null || observed.state === 'ready' ? 'running' : observed.state,
    cpu,
    memory: { capacity: { rss: memory.capacity }, used: { rss: memory.used } },
    [old ? 'processor' : 'cores']: cores,
    accelerator: Object.fromEntries(devices) as object,
    [old ? 'service' : 'services']: services,
  };
}

async function allServices(deps: HttpDeps, org: string, old: boolean): Promise<unknown> {
  const services = await rowsOf(deps, 'services', org, cluster_id);
  const replicas = grouped(await rowsOf(deps, 'replicas', org, cluster_id), serviceOf);
  const progress = progressOf(await shownOf(deps, org, cluster_id));
  return {
    result: Object.fromEntries(
      services.map((service) => {
        const name = String(service['name']);
        const here = replicas.get(name) ?? [];
        const { running } = progress(name, here.length);
        return [String(service['number'] ?? name), asService(service, here, running, old)];
      }),
    ),
  };
}

function asService(service: Fields, here: readonly Fields[], running: number, old: boolean): object {
  const named = (name: string) => (old ? name : `${name}_required`);
  const node: Record<string, number> = {};
  for (const { node: on } of here) node[String(on)] = (node[String(on)] ?? 0) + 1;
  return {
    service_name: service['name'],
    service_id: service['number'],
    application: service['application'],
    image: service['image'],
    status: running === service['replicas'] ? 'running' : 'queueing',
    replicas: service['replicas'],
    running,
    node,
    sensitivity: service['sensitivity'],
    [named('cpu')]: service['cpu'],
    [named('memory')]: { rss: service['memory'] },
    [old ? 'processor' : 'cores_required']: service['cores'],
    [named('accelerator')]: service['accelerators'],
  };
}

function fields(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new BadInput({ code: 'BAD_BODY', message: `${where} has to be an object` });
}
