/** New pods for a service without a change: by an annotation of the pod template, one Deployment after the other. */
import { BadInput, Retryable } from '../../streams/runtime/errors.ts';
import type { Cluster, ClusterObject } from './cluster.ts';
import { sorted } from './lists.ts';
import { ownerLabels, selectorText, serviceSelector } from './manifests/labels.ts';
import type { Owner } from './manifests/labels.ts';
import { marks } from './names.ts';
import { pause } from './pace.ts';
import { available } from './roll-out.ts';

/** Who holds the annotation: what is decided neither sets it nor takes it away. */
const MANAGER = 'rightstream-restart';
const ATTEMPTS = 10;
const POLL_MS = 250;

/** What is to be restarted, and how long one Deployment may take. */
export interface Restart {
  readonly owner: Owner;
  readonly namespace: string;
  readonly service: string;
  /** RFC 3339; another time than the last makes new pods. */
  readonly at: string;
  readonly patienceMs: number;
}

/**
 * Names of the Deployments that have new pods now. Nothing of the service there: BadInput NOTHING_RUNS. One that does not get its
 * pods in time: Retryable RESTART_WAITS, and the ones after it keep theirs.
 */
export async function restartService(
  cluster: Cluster,
  restart: Restart,
  signal: AbortSignal,
): Promise<string[]> {
  const { owner, namespace, service } = restart;
  const labelSelector = selectorText({ ...ownerLabels(owner), ...serviceSelector(owner, service) });
  const { objects } = await cluster.list({ kind: 'Deployment', namespace, labelSelector });
  if (objects.length === 0) {
    const message = `nothing of service ${service} runs in namespace ${namespace}; \`rightstream services\` lists what is declared`;
    throw new BadInput({ code: 'NOTHING_RUNS', message });
  }
  const names = sorted(objects, ({ metadata }) => metadata.name).map(({ metadata }) => metadata.name);
  for (const name of names) await one(cluster, name, restart, signal);
  return names;
}

async function one(cluster: Cluster, name: string, restart: Restart, signal: AbortSignal): Promise<void> {
  const read = () => cluster.read({ kind: 'Deployment', namespace: restart.namespace, name });
  let there = await annotate(cluster, read, name, restart);
  for (let waited = 0; there !== null && !available(there); waited += POLL_MS) {
    if (waited >= restart.patienceMs) {
      const message = `Deployment ${name} has not all of its new pods after ${restart.patienceMs / 1_000} s; what comes after it is left as it is`;
      throw new Retryable({ code: 'RESTART_WAITS', message });
    }
    await pause(POLL_MS, signal);
    there = await read();
  }
}

/** Sets the annotation on the object as it is; null when it is gone. Controllers write beside us, so it may take several tries. */
async function annotate(
  cluster: Cluster,
  read: () => Promise<ClusterObject | null>,
  name: string,
  { namespace, at }: Restart,
): Promise<ClusterObject | null> {
  const manifest: ClusterObject = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace } },
    spec: { template: { metadata: { annotations: { [marks.restartedAt]: at } } } },
  };
  for (let attempt = 1; ; attempt++) {
    const there = await read();
    if (there === null) return null;
    try {
      const expect = there.metadata.resourceVersion!;
      return await cluster.apply(manifest, { expect, fieldManager: MANAGER, force: true });
    } catch (error) {
      if (!(error instanceof Retryable) || attempt === ATTEMPTS) throw error;
    }
  }
}
