/** Rules of the API server that matter for our manifests, written down a second time. */
import type { ClusterObject } from '../../../connectors/kubernetes/cluster.ts';

const label1035 = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const labelName = /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

type Labels = Record<string, string>;
interface Container {
  name: string;
  image: string;
  ports?: { name: string; containerPort: number }[];
  env?: { name: string }[];
  resources?: { requests: Labels; limits: Labels };
}
interface DeploymentSpec {
  replicas: number;
  selector: { matchLabels: Labels };
  strategy: { rollingUpdate: { maxSurge: number; maxUnavailable: number } };
  template: { metadata: { labels: Labels }; spec: { containers: Container[] } };
}

/** What is wrong with manifests, one by one and beside each other. */
export function mistakes(manifests: readonly ClusterObject[]): string[] {
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  const overlaps = deployments.flatMap((one) =>
    deployments
      .filter((other) => other !== one && selects(specOf(one).selector.matchLabels, labelsOf(other)))
      .map((other) => `${one.metadata.name} selects pods of ${other.metadata.name}`),
  );
  return [
    ...manifests.flatMap((manifest) => ofOne(manifest).map((text) => `${manifest.metadata.name}: ${text}`)),
    ...(new Set(names).size < names.length ? ['two objects have one name'] : []),
    ...overlaps,
  ];
}

function ofOne(manifest: ClusterObject): string[] {
  const { kind, metadata } = manifest;
  const found = labelMistakes(metadata.labels ?? {});
  if (!label1035.test(metadata.name)) found.push('name');
  if (Object.values(metadata.annotations ?? {}).some((value) => typeof value !== 'string'))
    found.push('annotation');
  if (kind === 'Deployment') found.push(...deploymentMistakes(specOf(manifest)));
  if (kind === 'Service') found.push(...serviceMistakes(manifest['spec'] as never));
  if (kind === 'ConfigMap') {
    const keys = Object.entries(manifest['data'] as Record<string, unknown>);
    if (keys.some(([key, value]) => !/^[A-Za-z_][A-Za-z0-9_]{0,252}$/.test(key) || typeof value !== 'string'))
      found.push('data');
  }
  return found;
}

function deploymentMistakes(spec: DeploymentSpec): string[] {
  const { selector, template, strategy, replicas } = spec;
  const found = labelMistakes(template.metadata.labels);
  if (!selects(selector.matchLabels, template.metadata.labels))
    found.push('selector does not fit its template');
  const { maxSurge, maxUnavailable } = strategy.rollingUpdate;
  if (maxSurge === 0 && maxUnavailable === 0) found.push('a roll-out cannot begin');
  if (!Number.isInteger(replicas) || replicas < 1) found.push('replicas');
  for (const { name, image, ports = [], env = [], resources } of template.spec.containers) {
    if (!label1035.test(name)) found.push('container name');
    if (image === '') found.push('image');
    if (ports.some((port) => !/^[a-z0-9-]{1,15}$/.test(port.name))) found.push('port name');
    if (new Set(ports.map(({ name: it }) => it)).size < ports.length) found.push('port names');
    if (new Set(env.map(({ name: it }) => it)).size < env.length) found.push('env');
    if (JSON.stringify(resources?.requests) !== JSON.stringify(resources?.limits))
      found.push('not Guaranteed');
  }
  return found;
}

function serviceMistakes(spec: { ports: { name: string; port: number }[]; selector: Labels }): string[] {
  const found = labelMistakes(spec.selector);
  if (spec.ports.length === 0) found.push('no ports');
  if (new Set(spec.ports.map(({ port }) => port)).size < spec.ports.length) found.push('a port twice');
  if (new Set(spec.ports.map(({ name }) => name)).size < spec.ports.length) found.push('a port name twice');
  if (Object.keys(spec.selector).length === 0) found.push('selects nothing');
  return found;
}

function labelMistakes(labels: Labels): string[] {
  return Object.entries(labels)
    .filter(([name, value]) => !labelName.test(name) || !labelValue.test(value))
    .map(([name]) => `label ${name}`);
}

function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

function specOf(manifest: ClusterObject): DeploymentSpec {
  return manifest['spec'] as DeploymentSpec;
}

function labelsOf(manifest: ClusterObject): Labels {
  return specOf(manifest).template.metadata.labels;
}
