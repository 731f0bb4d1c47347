/**
 * Keeps a cluster as it shall be. Woken by news of either side, it takes the latest desired state, compares it with what is there and
 * acts; every act ends in an outcome. It remembers nothing that it could not read again, so it may die at every moment.
 */
import { Retryable } from '../../streams/runtime/errors.ts';
import type { Action } from './actions.ts';
import { isChange } from './actions.ts';
import type { Cluster, ClusterObject } from './cluster.ts';
import type { DesiredCluster } from './desired.ts';
import { Postponed, Refused } from './errors.ts';
import { LiveObjects } from './live.ts';
import { manifestsOf } from './manifests/index.ts';
import type { ManifestSettings } from './manifests/settings.ts';
import { marks } from './names.ts';
import { Outcomes, type Outcome } from './outcomes.ts';
import { backOff, pause } from './pace.ts';
import { PutBacks } from './put-backs.ts';
import { idOf, plan, WRITTEN_KINDS } from './plan.ts';
import type { ActuatorSettings } from './settings.ts';
import type { Wake } from './wake.ts';

/** The desired state, or why nothing may be written now. */
export type Desired =
  | { readonly state: DesiredCluster; readonly held?: undefined }
  | { readonly state?: undefined; readonly held: string };

/** What the actuator needs. */
export interface ActuatorDeps {
  readonly cluster: Cluster;
  readonly settings: ActuatorSettings;
  readonly manifests: ManifestSettings;
  readonly desired: () => Promise<Desired>;
  /** All rows of the table `objects` of this cluster. */
  readonly known: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Appends outcomes; resolves when the log has them. */
  readonly tell: (outcomes: readonly Outcome[]) => Promise<void>;
  readonly wake: Wake;
  readonly now: () => number;
  /** Told of what keeps it from working, for people. */
  readonly trouble: (error: unknown, inMs: number) => void;
}

/** What did not work, and when it is tried again. */
interface Waiting {
  readonly attempts: number;
  /** ms since 1970. */
  readonly retryAt: number;
  /** What was to be written, over what: another one is tried at once. */
  readonly attempt: string;
  /** Others of its service wait for it. */
  readonly blocks: boolean;
}

/** Works until the signal is aborted; what is being written then is finished, and its outcome told. */
export async function actuate(deps: ActuatorDeps, signal: AbortSignal): Promise<void> {
  const { cluster, manifests, wake, trouble } = deps;
  const live = new LiveObjects(WRITTEN_KINDS, wake.ring);
  const ended = new AbortController();
  const end = (): void => {
    ended.abort(signal.reason);
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const watches = WRITTEN_KINDS.map((kind) =>
    cluster
      .watch(
        { kind, namespace: manifests.namespace },
        {
          ...live.handlers(kind),
          interrupted: (error) => {
            trouble(error, 0);
          },
        },
        ended.signal,
      )
      .catch((error: unknown) => {
        ended.abort(error);
        throw error;
      }),
  );
  const work = new Actuator(deps, live).run(ended.signal).finally(() => {
    ended.abort();
  });
  const ends = await Promise.allSettled([work, ...watches]);
  signal.removeEventListener('abort', end);
  for (const one of ends) if (one.status === 'rejected') throw one.reason as Error;
}

class Actuator {
  readonly #deps: ActuatorDeps;
  readonly #live: LiveObjects;
  readonly #waiting = new Map<string, Waiting>();
  readonly #putBacks: PutBacks;
  #outcomes: Outcomes | undefined;

  constructor(deps: ActuatorDeps, live: LiveObjects) {
    this.#deps = deps;
    this.#live = live;
    this.#putBacks = new PutBacks(deps.settings);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { wake, settings, trouble } = this.#deps;
    for (let failures = 0; !signal.aborted;) {
      let nextMs: number;
      try {
        nextMs = await this.#pass(signal);
        failures = 0;
      } catch (error) {
        if (!(error instanceof Retryable)) throw error;
        nextMs = backOff(settings, ++failures, error);
        trouble(error, nextMs);
      }
      if (nextMs > settings.gatherMs) await wake.wait(nextMs, signal);
      // more news that comes with the first is looked at together
      await pause(settings.gatherMs, signal).catch(() => undefined);
    }
  }

  /** Looks at everything once and does what is to be done; how long to wait for news then, ms. */
  async #pass(signal: AbortSignal): Promise<number> {
    const { desired, settings, manifests, known, now } = this.#deps;
    if (!this.#live.complete) return settings.resyncMs;
    const { state, held } = await desired();
    if (held !== undefined) {
      this.#deps.trouble(new Postponed({ code: 'ACTUATOR_HELD', message: held }), settings.heldMs);
      return settings.heldMs;
    }
    this.#outcomes ??= new Outcomes(await known());
    const actions = plan(state, manifestsOf(state, manifests), this.#live.all());
    const moment = { desired: state, at: now() };
    const outcomes = this.#outcomes;
    await this.#tell([
      ...actions.filter((action) => !isChange(action)).flatMap((action) => outcomes.left(action, moment)),
      ...outcomes.vanished(actions, manifests.namespace, moment),
    ]);
    this.#forget(actions);
    await this.#act(actions.filter(isChange), state, signal);
    // what was due already waits for another of its service, whose own time counts
    const due = [...[...this.#waiting.values()].map(({ retryAt }) => retryAt), ...this.#putBacks.due()];
    const next = due.filter((time) => time > moment.at).map((time) => time - now());
    return Math.max(0, Math.min(settings.resyncMs, ...next));
  }

  /** Phase by phase; what waits, or fails, holds back what comes later of its service. */
  async #act(actions: readonly Action[], state: DesiredCluster, signal: AbortSignal): Promise<void> {
    const blocked = new Set<string | null>();
    const phases = [...new Set(actions.map(({ phase }) => phase))].sort((a, b) => a - b);
    for (const phase of phases) {
      const turn = actions.filter(
        (action) => action.phase === phase && !(action.service !== null && blocked.has(action.service)),
      );
      const told: Outcome[] = [];
      let away: unknown;
      const rest = turn.values();
      const lane = async (): Promise<void> => {
        for (const action of rest) {
          if (signal.aborted || away !== undefined) return;
          const end = await this.#one(action, state);
          told.push(...end.outcomes);
          if (end.blocks) blocked.add(action.service);
          away ??= end.away;
        }
      };
      await Promise.all(Array.from({ length: Math.min(this.#deps.settings.writes, turn.length) }, lane));
      await this.#tell(told);
      if (away !== undefined) throw away as Error;
      if (signal.aborted) return;
    }
  }

  async #one(
    action: Action,
    state: DesiredCluster,
  ): Promise<{ outcomes: Outcome[]; blocks: boolean; away?: unknown }> {
    const { settings, now } = this.#deps;
    const id = idOf(action.ref);
    const attempt = `${action.kind} ${action.manifest?.metadata.annotations?.[marks.spec] ?? ''} ${action.uid ?? ''}`;
    const before = this.#waiting.get(id);
    const same = before?.attempt === attempt ? before : undefined;
    if (same !== undefined && same.retryAt > now()) return { outcomes: [], blocks: same.blocks };
    const again = action.kind === 'put-back';
    if (again && this.#putBacks.rests(id, now())) return { outcomes: [], blocks: false };
    try {
      const changed = await this.#write(action);
      this.#waiting.delete(id);
      if (again) this.#putBacks.count(id, now());
      const moment = { desired: state, at: now() };
      return { outcomes: changed ? this.#outcomes!.done(action, moment) : [], blocks: false };
    } catch (error) {
      if (!(error instanceof Postponed || error instanceof Refused)) throw error;
      // nothing of the object: the next pass begins with the server
      if (error.code === 'CLUSTER_AWAY' || error.code === 'CLUSTER_UNAUTHORIZED') {
        return { outcomes: [], blocks: true, away: error };
      }
      const attempts = (same?.attempts ?? 0) + 1;
      const waitMs = error instanceof Refused ? settings.refusedMs : backOff(settings, attempts, error);
      const blocks = error.code !== 'CLUSTER_QUOTA_EXCEEDED';
      this.#waiting.set(id, { attempts, attempt, retryAt: now() + waitMs, blocks });
      const moment = { desired: state, at: now() };
      return { outcomes: this.#outcomes!.undone(action, error, attempts, moment), blocks };
    }
  }

  /** Whether the cluster was changed. */
  async #write({ kind, ref, manifest, uid, resourceVersion, force }: Action): Promise<boolean> {
    const { cluster } = this.#deps;
    if (kind === 'remove') {
      const gone = await cluster.remove(ref, { uid: uid!, resourceVersion: resourceVersion! });
      this.#live.drop({ kind: ref.kind, metadata: { name: ref.name, uid: uid! } });
      return gone;
    }
    const expect = resourceVersion ?? 'absent';
    const after: ClusterObject = await cluster.apply(manifest!, { expect, force });
    this.#live.put(after);
    return after.metadata.resourceVersion !== resourceVersion;
  }

  async #tell(outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    await this.#deps.tell(outcomes);
    this.#outcomes!.keep(outcomes);
  }

  /** What is no longer to be done does not wait. */
  #forget(actions: readonly Action[]): void {
    const wanted = new Set(actions.filter(isChange).map(({ ref }) => idOf(ref)));
    for (const id of this.#waiting.keys()) if (!wanted.has(id)) this.#waiting.delete(id);
  }
}
