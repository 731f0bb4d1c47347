/** The Deployment of a service: on one node, or wherever the scheduler finds room. */
import type { RegisteredService } from '../../../schemas/generated/events.ts';
import type { ClusterObject } from '../cluster.ts';
import { deploymentName, labelValue, marks, serviceId } from '../names.ts';
import { origin, ownerLabels, podSelector } from './labels.ts';
import type { Owner } from './labels.ts';
import { containerOf, pinned, unpinned } from './pod.ts';
import type { Share } from './pod.ts';
import type { ManifestSettings } from './settings.ts';

/** Replicas of a service that are one Deployment. */
export interface Replicas {
  readonly service: RegisteredService;
  /** Node and the host that it is; null: the scheduler finds it. */
  readonly at: { readonly node: string; readonly host: string } | null;
  readonly count: number;
  readonly share: Share;
  /** Digest of its ConfigMap: another one makes new pods; null without one. */
  readonly config: string | null;
}

/** The object. */
export function deploymentOf(owner: Owner, wanted: Replicas, settings: ManifestSettings): ClusterObject {
  const { service, at, count, share, config } = wanted;
  const node = at === null ? null : at.node;
  const selector = podSelector(owner, service.name, node);
  const whence = origin(service.name, node);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: node === null ? serviceId(service.name) : deploymentName(service.name, node),
      namespace: settings.namespace,
      labels: { ...ownerLabels(owner), ...selector, [marks.partOf]: labelValue(service.application) },
      annotations: { ...whence, ...acceleratorNote(service) },
    },
    spec: {
      replicas: count,
      revisionHistoryLimit: 2,
      selector: { matchLabels: selector },
      strategy: { type: 'RollingUpdate', rollingUpdate: rollOut(node, count) },
      template: {
        metadata: {
          labels: { ...ownerLabels(owner), ...selector, [marks.name]: serviceId(service.name) },
          annotations: {
            ...whence,
            ...(config === null ? {} : { [marks.config]: config }),
          },
        },
        spec: {
          enableServiceLinks: false,
          ...(at === null ? unpinned(owner, service) : pinned(service, at.host)),
          containers: [containerOf(service, share, config !== null, settings)],
        },
      },
    },
  };
}

/** A node may be full: there, one old pod goes before one new comes. The scheduler may find room for one more elsewhere. */
function rollOut(node: string | null, count: number): object {
  if (node !== null) return { maxSurge: 0, maxUnavailable: 1 };
  return { maxSurge: 1, maxUnavailable: count > 1 ? 1 : 0 };
}

/** What the placer gave of devices, for people: Kubernetes knows it only where settings name an extended resource. */
function acceleratorNote({ accelerators }: RegisteredService): Record<string, string> {
  const needed = Object.entries(accelerators)
    .filter(([, percent]) => percent > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return needed.length === 0 ? {} : { [marks.accelerators]: JSON.stringify(Object.fromEntries(needed)) };
}
