/** Labels and annotations: whose an object is, what it is of, and at which state of the cluster it was written. */
import { createHash } from 'node:crypto';
import type { ClusterObject } from '../cluster.ts';
import type { DesiredCluster } from '../desired.ts';
import { labelValue, MANAGER, marks, nodeId, serviceId } from '../names.ts';

/** Whose cluster. */
export type Owner = Pick<DesiredCluster, 'org' | 'cluster'>;
type Texts = Readonly<Record<string, string>>;

/** What every object of this cluster carries, and nothing else does. */
export function ownerLabels({ org, cluster }: Owner): Texts {
  return {
    [marks.managedBy]: MANAGER,
    [marks.org]: labelValue(org),
    [marks.cluster]: labelValue(cluster),
  };
}

/** The same for a query of the API. */
export function ownerSelector(owner: Owner): string {
  return selectorText(ownerLabels(owner));
}

/** Labels as a query of the API. */
export function selectorText(labels: Texts): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** Whether an object belongs to this cluster of this organisation. */
export function isOurs(object: Pick<ClusterObject, 'metadata'>, owner: Owner): boolean {
  const labels = object.metadata.labels ?? {};
  return Object.entries(ownerLabels(owner)).every(([name, value]) => labels[name] === value);
}

/** What selects the pods of a service. */
export function serviceSelector({ org, cluster }: Owner, service: string): Texts {
  return {
    [marks.org]: labelValue(org),
    [marks.cluster]: labelValue(cluster),
    [marks.serviceId]: serviceId(service),
  };
}

/** What selects the pods of one Deployment: of a service on a node, or of a service whose nodes the scheduler finds. */
export function podSelector(owner: Owner, service: string, node: string | null): Texts {
  return {
    ...serviceSelector(owner, service),
    [marks.binding]: node === null ? 'scheduler' : 'placer',
    ...(node === null ? {} : { [marks.nodeId]: nodeId(node) }),
  };
}

/** What leads back from derived names to those that were declared. */
export function origin(service: string, node: string | null): Texts {
  return { [marks.service]: service, ...(node === null ? {} : { [marks.node]: node }) };
}

/** The service and node that an object is of, as they were declared; null where it does not say. */
export function originOf(object: Pick<ClusterObject, 'metadata'>): {
  readonly service: string | null;
  readonly node: string | null;
} {
  const { annotations = {} } = object.metadata;
  return { service: annotations[marks.service] ?? null, node: annotations[marks.node] ?? null };
}

/** The manifest with the hash of what it says, and with the state that it follows from; `null` leaves the state out. */
export function stamped(
  manifest: ClusterObject,
  state: Pick<DesiredCluster, 'position' | 'decisions'> | null,
): ClusterObject {
  const annotations = {
    ...manifest.metadata.annotations,
    [marks.spec]: digest(manifest),
    ...(state === null
      ? {}
      : { [marks.decision]: String(state.decisions), [marks.position]: String(state.position) }),
  };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

/** The position that an object was written at; -1 where it does not say. */
export function positionOf(object: Pick<ClusterObject, 'metadata'>): number {
  const text = object.metadata.annotations?.[marks.position] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

/** sha256 of a value whose keys are in order. */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** JSON with the keys of every object in order; written out, for a replacer takes three times as long and objects are many. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields).sort();
  const parts = names.filter((name) => fields[name] !== undefined);
  return `{${parts.map((name) => `${JSON.stringify(name)}:${canonical(fields[name])}`).join(',')}}`;
}
