/**
 * Names of Kubernetes from names of people. A name that Kubernetes takes is kept; another becomes a readable part and ten
 * digits of its hash. Nothing else goes into a name, so that a second service never renames the first. Which name was
 * meant is told by annotations.
 */
import { createHash } from 'node:crypto';

/** Labels and annotations that the product writes. */
export const marks = {
  managedBy: 'app.kubernetes.io/managed-by',
  name: 'app.kubernetes.io/name',
  partOf: 'app.kubernetes.io/part-of',
  org: 'rightstream.io/org',
  cluster: 'rightstream.io/cluster',
  serviceId: 'rightstream.io/service-id',
  nodeId: 'rightstream.io/node-id',
  binding: 'rightstream.io/binding',
  service: 'rightstream.io/service',
  node: 'rightstream.io/node',
  decision: 'rightstream.io/decision',
  position: 'rightstream.io/position',
  spec: 'rightstream.io/spec',
  config: 'rightstream.io/config',
  restartedAt: 'rightstream.io/restarted-at',
  accelerators: 'rightstream.io/accelerators',
} as const;

/** Who writes: the value of the label managed-by. */
export const MANAGER = 'rightstream';

/** Where Kubernetes says on which host a node runs. */
export const HOSTNAME = 'kubernetes.io/hostname';

/** Longest name of most objects and longest value of a label. */
const LONGEST = 63;
/** Longest suffix that a kind of object adds to the name of a service: `-service`. */
const SUFFIX = 8;
const DIGITS = 10;

/** RFC 1035, which names of Services must keep: begins with a letter. */
const objectName = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
/** RFC 1123. */
const hostName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const safeValue = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
/** How derived names end; such a name is not kept, for it could be that of another. */
const derived = /-x[0-9a-f]{10}$/;

/** What objects of a service are named by, and the value of its label `rightstream.io/service-id`: at most 55 characters. */
export function serviceId(service: string): string {
  return named(service, objectName, LONGEST - SUFFIX, 's');
}

/** What a node is named by within names of objects and as a label: at most 63 characters. */
export function nodeId(node: string): string {
  return named(node, /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, LONGEST, 'n');
}

/** The Service of a service. */
export function serviceName(service: string): string {
  return `${serviceId(service)}-service`;
}

/** The ConfigMap of a service: where the next stages are. */
export function configMapName(service: string): string {
  return `${serviceId(service)}-next`;
}

/** The Deployment of a service on a node: `service--node`, two hyphens, which no name of a service or node has. */
export function deploymentName(service: string, node: string): string {
  const name = `${serviceId(service)}--${nodeId(node)}`;
  if (name.length <= LONGEST) return name;
  const room = Math.floor((LONGEST - DIGITS - 3) / 2);
  const both = `${cut(slug(service, 's'), room)}-${cut(slug(node, 'n'), room)}`;
  return `${both}-x${hash([service, node])}`;
}

/**
 * The value of the label kubernetes.io/hostname that pods for a node are pinned to: what the node declares, where that can
 * be a host; else the declared name in RFC 1123, as a machine of that name is called in a cluster. Two declared nodes may
 * mean one host; `manifestsOf` refuses them.
 */
export function hostnameOf(node: {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}): string {
  const declared = node.labels[HOSTNAME] ?? node.name;
  if (declared.length <= LONGEST && hostName.test(declared)) return declared;
  return cut(slug(declared, 'n'), LONGEST);
}

/** A value of a label that stands for this text. */
export function labelValue(text: string): string {
  return named(text, safeValue, LONGEST, 'v');
}

/** The start of the name of an environment variable, without a promise to be unique: capitals, digits and `_`. */
export function variableName(text: string): string {
  return slug(text, 's').toUpperCase().replaceAll('-', '_');
}

/** Ten digits that stand for these texts. */
export function hash(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, DIGITS);
}

function named(text: string, kept: RegExp, longest: number, first: string): string {
  const keep = text.length <= longest && kept.test(text) && !text.includes('--') && !derived.test(text);
  return keep ? text : `${cut(slug(text, first), longest - DIGITS - 2)}-x${hash([text])}`;
}

/** Small letters, digits and single hyphens; begins with a letter, `first` before it where there is none. */
function slug(text: string, first: string): string {
  const plain = text
    .slice(0, 1_000)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return /^[a-z]/.test(plain) ? plain : [first, plain].filter((part) => part !== '').join('-');
}

function cut(name: string, longest: number): string {
  return name.slice(0, longest).replace(/-+$/, '');
}
