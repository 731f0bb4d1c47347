/**
 * Tells what really runs: nodes of the cluster, Deployments and pods of ours, as observations. Of each object the latest state is
 * told, when it is news; states that follow one another quickly are told once.
 */
import { Retryable } from '../../streams/runtime/errors.ts';
import type { Cluster, ClusterObject, Listed, ObjectQuery, WatchHandlers } from './cluster.ts';
import { ownerSelector, type Owner } from './manifests/labels.ts';
import type { Observation, ObservedKind, View } from './observed.ts';
import { backOff, pause } from './pace.ts';
import type { ActuatorSettings } from './settings.ts';
import { Told } from './told.ts';
import { Wake } from './wake.ts';

/** What the observer needs. */
export interface ObserverDeps {
  readonly cluster: Cluster;
  readonly settings: Pick<ActuatorSettings, 'gatherMs' | 'resyncMs' | 'retryFirstMs' | 'retryLastMs'>;
  readonly owner: Owner;
  readonly namespace: string;
  /** Declared names of nodes by what the cluster calls them, as they are now. */
  readonly names: () => ReadonlyMap<string, string>;
  /** All rows of the table of a kind of this cluster. */
  readonly known: (kind: ObservedKind) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Appends observations; resolves when the log has them. */
  readonly tell: (observations: readonly Observation[]) => Promise<void>;
  readonly now: () => number;
  /** Told of what keeps it from working, for people. */
  readonly trouble: (error: unknown, inMs: number) => void;
}

const KINDS = ['Node', 'Deployment', 'Pod'] as const;
/** Observations that are appended at once. */
const CHUNK = 500;

/** Works until the signal is aborted. */
export async function observe(deps: ObserverDeps, signal: AbortSignal): Promise<void> {
  const wake = new Wake();
  const ends = new AbortController();
  const end = (): void => {
    ends.abort();
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const kinds = await Promise.all(
    KINDS.map(async (kind) => new ObservedObjects(kind, new Told(kind, await deps.known(kind)), wake.ring)),
  );
  const work = [
    ...kinds.map((kind) => deps.cluster.watch(kind.query(deps), kind.handlers(deps), ends.signal)),
    telling(deps, kinds, wake, ends.signal),
  ];
  const all = await Promise.allSettled(work.map((one) => one.finally(end)));
  signal.removeEventListener('abort', end);
  for (const one of all) if (one.status === 'rejected') throw one.reason as Error;
}

async function telling(
  deps: ObserverDeps,
  kinds: readonly ObservedObjects[],
  wake: Wake,
  signal: AbortSignal,
): Promise<void> {
  const { settings } = deps;
  for (let failures = 0; !signal.aborted;) {
    let nextMs = settings.resyncMs;
    try {
      for (const kind of kinds) await kind.tellNews(deps);
      failures = 0;
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
      nextMs = backOff(settings, ++failures, error);
      deps.trouble(error, nextMs);
    }
    await wake.wait(nextMs, signal);
    // states that follow one another quickly are told once
    await pause(settings.gatherMs, signal).catch(() => undefined);
  }
}

/** The objects of one kind that have not been told of yet. */
class ObservedObjects {
  readonly #kind: ObservedKind;
  readonly #told: Told;
  readonly #news: () => void;
  /** Everything that was there when it was last listed; undefined: that has been told. */
  #listed: Listed | undefined;
  /** What has happened since, the latest of each object. */
  readonly #latest = new Map<string, { readonly object: ClusterObject; readonly gone: boolean }>();
  /** Nodes alone: all that are there, to be told anew when they are declared otherwise. */
  readonly #nodes = new Map<string, ClusterObject>();
  #names: ReadonlyMap<string, string> | undefined;

  constructor(kind: ObservedKind, told: Told, news: () => void) {
    this.#kind = kind;
    this.#told = told;
    this.#news = news;
  }

  query({ owner, namespace }: ObserverDeps): ObjectQuery {
    if (this.#kind === 'Node') return { kind: 'Node' };
    return { kind: this.#kind, namespace, labelSelector: ownerSelector(owner) };
  }

  handlers({ trouble }: ObserverDeps): WatchHandlers {
    const happened = (object: ClusterObject, gone: boolean): void => {
      this.#latest.set(object.metadata.uid ?? object.metadata.name, { object, gone });
      if (this.#kind === 'Node' && gone) this.#nodes.delete(object.metadata.name);
      else if (this.#kind === 'Node') this.#nodes.set(object.metadata.name, object);
      this.#news();
    };
    return {
      synced: (listed) => {
        this.#latest.clear();
        this.#list(listed);
        if (this.#kind === 'Node') {
          this.#nodes.clear();
          for (const object of listed.objects) this.#nodes.set(object.metadata.name, object);
        }
        this.#news();
      },
      changed: (object) => {
        happened(object, false);
      },
      gone: (object) => {
        happened(object, true);
      },
      interrupted: (error) => {
        trouble(error, 0);
      },
    };
  }

  #list(listed: Listed): void {
    this.#listed = listed;
    this.#names = undefined;
  }

  /** Appends what is news. What comes meanwhile waits for the next time. */
  async tellNews(deps: ObserverDeps): Promise<void> {
    const view = viewOf(deps);
    const listed = this.#listed ?? this.#renamed(view);
    if (listed !== undefined) {
      await this.#append(deps, this.#told.synced(listed, view));
      if (this.#listed === listed) this.#listed = undefined;
      this.#names = view.names;
    }
    const latest = [...this.#latest];
    const news = latest.flatMap(([, { object, gone }]) =>
      gone ? this.#told.gone(object, view) : this.#told.changed(object, view),
    );
    await this.#append(deps, news);
    for (const [id, entry] of latest) if (this.#latest.get(id) === entry) this.#latest.delete(id);
  }

  /** Nodes are called as they are declared: when that changes, all are looked at again. */
  #renamed({ names }: View): Listed | undefined {
    if (this.#kind !== 'Node' || this.#names === undefined || this.#names === names) return undefined;
    const objects = [...this.#nodes.values()];
    const versions = objects.map(({ metadata }) => Number(metadata.resourceVersion ?? 0));
    return { objects, resourceVersion: String(versions.reduce((a, b) => Math.max(a, b), 0)) };
  }

  async #append({ tell }: ObserverDeps, observations: readonly Observation[]): Promise<void> {
    for (let at = 0; at < observations.length; at += CHUNK) {
      const chunk = observations.slice(at, at + CHUNK);
      await tell(chunk);
      this.#told.keep(chunk);
    }
  }
}

function viewOf({ owner: { org, cluster }, names, now }: ObserverDeps): View {
  return { org, cluster, at: now(), names: names() };
}
