/** One process at a time keeps a cluster: whoever holds its Lease. */
import { Retryable } from '../../streams/runtime/errors.ts';
import type { Cluster, Leadership } from './cluster.ts';
import { Refused } from './errors.ts';
import { serviceId } from './names.ts';
import { backOff, pause } from './pace.ts';
import type { ActuatorSettings } from './settings.ts';

/** What the leader does until the signal is aborted; what is under way then is finished. */
export type Duty = (signal: AbortSignal) => Promise<void>;

/** What leading needs. */
export interface KeeperDeps {
  readonly cluster: Cluster;
  readonly settings: Pick<ActuatorSettings, 'retryFirstMs' | 'retryLastMs' | 'refusedMs'>;
  readonly org: string;
  readonly name: string;
  readonly namespace: string;
  /** Resolves when what is known of the cluster is up to date: nothing is done before. */
  readonly caughtUp: Duty;
  readonly duties: readonly Duty[];
  /** Told of what keeps it from working, for people. */
  readonly trouble: (error: unknown, inMs: number) => void;
}

/** Name of the Lease. */
export function leaseName(org: string, cluster: string): string {
  // a dot is in none of the parts, so that two clusters never share one
  return `rightstream-${serviceId(org)}.${serviceId(cluster)}`;
}

/** Leads when it may, until the signal is aborted. Whatever the cluster answers, it goes on trying; other errors end it. */
export async function keepCluster(deps: KeeperDeps, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      await ensureNamespace(deps);
      const lease = { namespace: deps.namespace, name: leaseName(deps.org, deps.name) };
      const leadership = await deps.cluster.lead(lease, signal);
      failures = 0;
      await whileLeading(deps, leadership, signal);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Retryable)) {
        if (signal.aborted && error === signal.reason) return;
        throw error;
      }
      const waitMs =
        error instanceof Refused ? deps.settings.refusedMs : backOff(deps.settings, ++failures, error);
      deps.trouble(error, waitMs);
      await pause(waitMs, signal).catch(() => undefined);
    }
  }
}

async function ensureNamespace({ cluster, namespace: name }: KeeperDeps): Promise<void> {
  if ((await cluster.read({ kind: 'Namespace', name })) !== null) return;
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { expect: 'absent' });
}

/** All duties, until one fails, the lease is lost or it is over; the lease is given back when all have ended. */
async function whileLeading(deps: KeeperDeps, leadership: Leadership, signal: AbortSignal): Promise<void> {
  const ends = new AbortController();
  const end = (): void => {
    ends.abort();
  };
  signal.addEventListener('abort', end);
  leadership.signal.addEventListener('abort', end);
  if (signal.aborted || leadership.signal.aborted) end();
  try {
    await deps.caughtUp(ends.signal);
    const work = deps.duties.map((duty) => duty(ends.signal).finally(end));
    const all = await Promise.allSettled(work);
    for (const one of all) if (one.status === 'rejected') throw one.reason as Error;
    if (leadership.signal.aborted) throw leadership.signal.reason as Error;
  } finally {
    signal.removeEventListener('abort', end);
    leadership.signal.removeEventListener('abort', end);
    await leadership.release();
  }
}
