/**
 * Leading by a Lease. Whoever holds it renews it; whoever sees it unchanged for its whole duration, by its own clock, takes it. The
 * leader stops a third of the duration before that, so that clocks that run at slightly different speeds do no harm.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ClusterObject, Leadership } from './cluster.ts';
import { Postponed } from './errors.ts';
import { pause } from './pace.ts';
import { collectionPath, nameOf, objectPath } from './paths.ts';
import type { ClusterSettings } from './settings.ts';
import type { Transport } from './transport.ts';

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** What is known of a lease. */
interface Seen {
  readonly version: string;
  readonly spec: LeaseSpec;
}

/** Waits until the lease is ours, then keeps it. Rejects with the signal's reason, or when the server refuses. */
export async function lead(
  transport: Transport,
  { leaseSeconds }: Pick<ClusterSettings, 'leaseSeconds'>,
  place: Place,
  signal: AbortSignal,
): Promise<Leadership> {
  const identity = `${hostname()}_${process.pid}_${randomUUID().slice(0, 8)}`;
  const pollMs = (leaseSeconds * 1000) / 5;
  /** Its version, and since when it has been unchanged, by our clock. */
  let last: { version: string; since: number } | undefined;
  for (;;) {
    signal.throwIfAborted();
    let asked = 0;
    const taken = await tolerant(async () => {
      const lease = await readLease(transport, place, signal);
      if (lease !== undefined && last?.version !== lease.version) {
        last = { version: lease.version, since: performance.now() };
      }
      if (lease !== undefined && !free(lease, performance.now() - last!.since)) return undefined;
      asked = performance.now();
      return write(transport, place, lease, specOf(identity, leaseSeconds, lease?.spec), signal);
    });
    if (taken !== undefined) return keep(transport, place, taken, asked, leaseSeconds);
    await pause(pollMs, signal);
  }
}

function free({ spec }: Seen, unchangedMs: number): boolean {
  if ((spec.holderIdentity ?? '') === '') return true;
  return unchangedMs > (spec.leaseDurationSeconds ?? 0) * 1000;
}

function specOf(identity: string, leaseSeconds: number, before: LeaseSpec | undefined): LeaseSpec {
  const now = microTime();
  return {
    holderIdentity: identity,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: (before?.leaseTransitions ?? -1) + 1,
  };
}

/** RFC 3339 with microseconds, as Leases want it. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

/** Renews a lease that is ours until it is lost or released. `asked`: when it was, by our clock: others may see it from then on. */
function keep(
  transport: Transport,
  place: Place,
  taken: Seen,
  asked: number,
  leaseSeconds: number,
): Leadership {
  const lost = new AbortController();
  const released = new AbortController();
  let held = taken;
  const validMs = (leaseSeconds * 1000 * 2) / 3;
  let renewed = asked;
  let deadline: NodeJS.Timeout | undefined;
  validSince(asked);
  function validSince(time: number): void {
    renewed = time;
    clearTimeout(deadline);
    const leftMs = validMs - (performance.now() - renewed);
    if (leftMs <= 0) lose('was not renewed in time');
    else deadline = setTimeout(lose, leftMs, 'was not renewed in time');
  }
  function lose(why: string): void {
    clearTimeout(deadline);
    lost.abort(
      new Postponed({ code: 'LEASE_LOST', message: `the lease ${place.namespace}/${place.name} ${why}` }),
    );
    released.abort();
  }
  async function renewAll(): Promise<void> {
    for (;;) {
      await pause((leaseSeconds * 1000) / 5, released.signal);
      const now = performance.now();
      // the timer may be late, as when the process was stopped for a while
      if (now - renewed > validMs) {
        lose('was not renewed in time');
        return;
      }
      const spec = { ...held.spec, renewTime: microTime() };
      try {
        held = await write(transport, place, held, spec, released.signal);
        validSince(now);
      } catch (error) {
        if (!(error instanceof Postponed)) throw error;
        if (error.code === 'CLUSTER_CONFLICT') {
          const found = await tolerant(() => readLease(transport, place, released.signal));
          if (found?.spec.holderIdentity !== held.spec.holderIdentity) throw error;
          held = found!;
        }
      }
    }
  }
  const work = renewAll().catch((error: unknown) => {
    if (!released.signal.aborted) lose(`is lost: ${error instanceof Error ? error.message : String(error)}`);
  });
  return {
    signal: lost.signal,
    transitions: taken.spec.leaseTransitions ?? 0,
    async release() {
      const ours = !lost.signal.aborted;
      clearTimeout(deadline);
      released.abort();
      await work;
      if (!ours) return;
      lost.abort(new Postponed({ code: 'LEASE_LOST', message: 'the lease was given back' }));
      // who waits sees at once that nobody holds it
      const spec = { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime() };
      await tolerant(() => write(transport, place, held, spec, undefined)).catch(() => undefined);
    },
  };
}

/** Undefined when it may work later. */
async function tolerant<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Postponed) return undefined;
    throw error;
  }
}

async function readLease(
  transport: Transport,
  { namespace, name }: Place,
  signal: AbortSignal,
): Promise<Seen | undefined> {
  const ref = { kind: 'Lease', namespace, name } as const;
  const found = await transport.find({ what: `read ${nameOf(ref)}`, path: objectPath(ref), signal });
  return found === undefined ? undefined : seen(found as ClusterObject);
}

function seen(object: ClusterObject): Seen {
  return { version: object.metadata.resourceVersion ?? '', spec: (object['spec'] ?? {}) as LeaseSpec };
}

async function write(
  transport: Transport,
  { namespace, name }: Place,
  before: Seen | undefined,
  spec: LeaseSpec,
  signal: AbortSignal | undefined,
): Promise<Seen> {
  const ref = { kind: 'Lease', namespace, name } as const;
  const metadata = { name, namespace, ...(before && { resourceVersion: before.version }) };
  const written = await transport.json({
    what: `hold ${nameOf(ref)}`,
    method: before === undefined ? 'POST' : 'PUT',
    path: before === undefined ? collectionPath('Lease', namespace) : objectPath(ref),
    body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec },
    ...(signal && { signal }),
  });
  return seen(written as ClusterObject);
}
