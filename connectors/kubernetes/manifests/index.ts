/** All objects that a cluster shall have, from its desired state: pure, the same for any order of what is declared. */
import type { RegisteredNode, RegisteredService } from '../../../schemas/generated/events.ts';
import type { ClusterObject, ObjectRef } from '../cluster.ts';
import type { DesiredCluster, DesiredReplica } from '../desired.ts';
import { grouped, sorted } from '../lists.ts';
import { hostnameOf } from '../names.ts';
import { configMapOf, nextStages } from './config-map.ts';
import { deploymentOf } from './deployment.ts';
import type { Replicas } from './deployment.ts';
import { digest, stamped } from './labels.ts';
import { reachedPorts, serviceOf } from './service.ts';
import type { ManifestSettings } from './settings.ts';

/** What is wrong with a service or node so that it cannot be written as it is declared. */
export interface ManifestProblem {
  readonly code: 'IMAGE_MISSING' | 'HOST_TWICE' | 'NEXT_UNKNOWN' | 'NEXT_UNREACHABLE' | 'PORT_TWICE';
  readonly service: string;
  readonly message: string;
}

/** An object that shall be there; with a problem it cannot be written, and what is there stays as it is. */
export interface DesiredObject {
  readonly ref: ObjectRef;
  readonly manifest: ClusterObject;
  readonly service: string;
  readonly node: string | null;
  /** Why it must not be applied; null: it may. */
  readonly problem: ManifestProblem | null;
}

/** Objects by kind and name, and everything that could not be written as declared. */
export interface DesiredObjects {
  readonly objects: readonly DesiredObject[];
  readonly problems: readonly ManifestProblem[];
}

/** The objects. `fenced` false leaves out position and decision, which mean nothing outside a cluster. */
export function manifestsOf(
  desired: DesiredCluster,
  settings: ManifestSettings,
  { fenced = true }: { readonly fenced?: boolean } = {},
): DesiredObjects {
  const services = new Map(desired.services.map((service) => [service.name, service]));
  const hosts = hostsOf(desired.nodes);
  const placed = grouped(desired.replicas, ({ service }) => service);
  const problems: ManifestProblem[] = [];
  const objects = sorted(services.values(), ({ name }) => name).flatMap((service) => {
    const found = problemsOf(service, services);
    problems.push(...found);
    const config = configMapOf(
      desired,
      settings.namespace,
      service,
      nextStages(service, services, settings.namespace),
    );
    const imageless = found.find(({ code }) => code === 'IMAGE_MISSING') ?? null;
    const deployments = replicasOf(desired, service, placed.get(service.name) ?? [], hosts, config).map(
      (wanted): DesiredObject => {
        const problem = imageless ?? hostProblem(wanted, hosts);
        if (problem !== null && problem !== imageless) problems.push(problem);
        const manifest = deploymentOf(desired, wanted, settings);
        return described(manifest, service.name, wanted.at?.node ?? null, problem);
      },
    );
    const shared = [config, serviceOf(desired, settings.namespace, service)]
      .filter((manifest) => manifest !== undefined)
      .map((manifest) => described(manifest, service.name, null, null));
    return [...shared, ...deployments];
  });
  const state = fenced ? desired : null;
  return {
    objects: sorted(
      objects.map((object) => ({ ...object, manifest: stamped(object.manifest, state) })),
      ({ ref }) => `${ref.kind}/${ref.name}`,
    ),
    problems,
  };
}

function described(
  manifest: ClusterObject,
  service: string,
  node: string | null,
  problem: ManifestProblem | null,
): DesiredObject {
  const { kind, metadata } = manifest;
  const ref = { kind, namespace: metadata.namespace!, name: metadata.name };
  return { ref, manifest, service, node, problem };
}

/** Deployments of a service: one per node with replicas, or one alone. */
function replicasOf(
  desired: DesiredCluster,
  service: RegisteredService,
  placed: readonly DesiredReplica[],
  hosts: ReadonlyMap<string, Host>,
  configMap: ClusterObject | undefined,
): Replicas[] {
  const config = configMap === undefined ? null : digest(configMap['data']);
  const common = { service, config };
  if (desired.placing.binding === 'scheduler') {
    const share = { cpu: service.cpu, memory: service.memory };
    return service.replicas === 0 ? [] : [{ ...common, at: null, count: service.replicas, share }];
  }
  const byNode = grouped(
    placed.filter(({ node }) => hosts.has(node)),
    ({ node }) => node,
  );
  return sorted(byNode, ([node]) => node).map(([node, here]) => ({
    ...common,
    at: { node, host: hosts.get(node)!.host },
    count: here.length,
    // All have the same; while placing stands still, what was given counts and not what is declared meanwhile.
    share: {
      cpu: Math.max(...here.map(({ cpu }) => cpu)),
      memory: Math.max(...here.map(({ memory }) => memory)),
    },
  }));
}

interface Host {
  readonly host: string;
  /** Declared nodes that mean the same host. */
  readonly nodes: readonly string[];
}

function hostsOf(nodes: readonly RegisteredNode[]): ReadonlyMap<string, Host> {
  const byHost = grouped(
    sorted(nodes, ({ name }) => name),
    hostnameOf,
  );
  return new Map(
    [...byHost].flatMap(([host, here]) =>
      here.map(({ name }) => [name, { host, nodes: here.map((it) => it.name) }]),
    ),
  );
}

function hostProblem({ service, at }: Replicas, hosts: ReadonlyMap<string, Host>): ManifestProblem | null {
  if (at === null) return null;
  const { host, nodes } = hosts.get(at.node)!;
  if (nodes.length === 1) return null;
  const message = `nodes ${nodes.join(' and ')} are both the host ${host}; give each its own label kubernetes.io/hostname`;
  return { code: 'HOST_TWICE', service: service.name, message };
}

function problemsOf(
  service: RegisteredService,
  known: ReadonlyMap<string, RegisteredService>,
): ManifestProblem[] {
  const found: ManifestProblem[] = [];
  const add = (code: ManifestProblem['code'], message: string) =>
    found.push({ code, service: service.name, message });
  if (service.image === '') add('IMAGE_MISSING', `service ${service.name} has no image; declare it with one`);
  const reached = service.ports.filter(({ service_port }) => service_port !== null).length;
  if (reached > reachedPorts(service).length)
    add('PORT_TWICE', `service ${service.name} is reached under one port twice; the first counts`);
  for (const next of service.next) {
    const stage = known.get(next);
    if (stage === undefined)
      add('NEXT_UNKNOWN', `service ${service.name} sends to ${next}, which is not declared`);
    else if (reachedPorts(stage).length === 0)
      add('NEXT_UNREACHABLE', `service ${service.name} sends to ${next}, which has no service_port`);
  }
  return found;
}
