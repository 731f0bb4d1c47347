/** Right-sizing beside the placing of a cluster: begins once a policy allows something, under the same lease. */
import { tableSetOf } from '../../projections/runtime/projection-work.ts';
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { Retryable } from '../../streams/runtime/errors.ts';
import { partitionOf } from '../../streams/runtime/partitioner.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { Refused } from '../kubernetes/errors.ts';
import type { Duty } from '../kubernetes/keeper.ts';
import { isOurs } from '../kubernetes/manifests/labels.ts';
import { backOff, pause } from '../kubernetes/pace.ts';
import { resizeWorkloads } from '../kubernetes/resizing/resizer.ts';
import type { ActuatorSettings } from '../kubernetes/settings.ts';
import { Wake } from '../kubernetes/wake.ts';
import { atOneMoment } from '../postgres/moment.ts';
import type { App } from './app.ts';
import { desiredResizes, toldOf } from './resizing-desired.ts';

/** Unit whose tables say what is wanted. */
export const RESIZING = 'resizing';
/** Rows of a table that are read at a time. */
const PAGE = 1_000;
/** How often tables that are behind the log are looked at again, ms. */
const BEHIND_MS = 200;
/** A resize that the kubelet puts off for so long is taken back, ms. */
const PATIENCE_MS = 600_000;

type Rows = readonly Readonly<Record<string, unknown>>[];

/** What it shares with what keeps the cluster. */
export interface ResizingDuty {
  readonly app: App;
  readonly cluster: Cluster;
  readonly settings: ActuatorSettings;
  readonly org: string;
  readonly name: string;
  /** Why nothing may be written now; undefined: it may. */
  readonly held: () => Promise<string | undefined>;
  readonly trouble: (error: unknown, inMs: number) => void;
}

/** The duty. What the cluster refuses, and tables or a log that are away, keep from right-sizing alone: it is tried again, and placing goes on. */
export function resizingDuty(deps: ResizingDuty): Duty {
  const { app } = deps;
  return async (signal) => {
    const wake = new Wake();
    const offs = [
      app.log.onAppend((topic) => {
        if (topic === topics.resizing) wake.ring();
      }),
      app.signals.on((it) => {
        if (it.kind === 'batch' && it.unit === RESIZING) wake.ring();
      }),
    ];
    try {
      for (let failures = 0; !signal.aborted;) {
        failures = (await once(deps, wake, failures, signal)) ? 0 : failures + 1;
      }
    } finally {
      for (const off of offs) off();
    }
  };
}

/** Whether it worked. `failures`: how often in a row it did not. */
async function once(deps: ResizingDuty, wake: Wake, failures: number, signal: AbortSignal): Promise<boolean> {
  const { settings, trouble } = deps;
  try {
    if (await isWanted(deps)) await resize(deps, wake, signal);
    else await wake.wait(settings.resyncMs, signal);
    return true;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Retryable)) throw error;
    const waitMs = error instanceof Refused ? settings.refusedMs : backOff(settings, failures + 1, error);
    trouble(error, waitMs);
    await pause(waitMs, signal).catch(() => undefined);
    return false;
  }
}

async function isWanted(deps: ResizingDuty): Promise<boolean> {
  const { policies, workloads } = await readAll(deps);
  return policies.some(({ mode }) => mode !== 'off') || workloads.some((row) => row['in_flight'] !== null);
}

function resize(deps: ResizingDuty, wake: Wake, signal: AbortSignal): Promise<void> {
  const { app, cluster, settings, org, name, held, trouble } = deps;
  const key = recordKey(org, name);
  return resizeWorkloads(
    {
      cluster,
      settings: { ...settings, patienceMs: PATIENCE_MS },
      scope: { org_id: org, cluster_id: name },
      isOurs: (object) => isOurs(object, { org, cluster: name }),
      async desired() {
        if ((await held()) !== undefined) return null;
        const { policies, workloads, behind } = await readAll(deps);
        // What has ended may not be known as ended yet.
        if (behind) {
          setTimeout(wake.ring, BEHIND_MS).unref();
          return null;
        }
        return desiredResizes(workloads, policies);
      },
      async told() {
        const { workloads, namespaces } = await readAll(deps);
        return toldOf(workloads, namespaces);
      },
      async tell(facts) {
        const events = facts.map((fact) => ({ topic: topics.resizing, key, ...fact }));
        await app.wishes.accept({ org, requestId: null, digest: '', events });
      },
      ...{ wake, trouble, now: () => app.pipeline.clock.now() },
    },
    signal,
  );
}

/** The tables of the cluster at one moment, and whether the log has more. */
async function readAll({ app, org, name }: ResizingDuty) {
  const set = tableSetOf(app.units.projections.find(({ id }) => id === RESIZING)!);
  const ends = await app.log.ends(topics.resizing);
  const partition = partitionOf(recordKey(org, name), ends.length);
  return atOneMoment(
    app.pool,
    { set, projection: RESIZING, partition },
    async ({ readModels, positions }) => {
      const rows = async (table: string, tie: string): Promise<Rows> => {
        const found: Readonly<Record<string, unknown>>[] = [];
        for (;;) {
          const page = await readModels.select({
            ...{ table, org, where: [{ column: 'cluster_id', op: 'eq', value: name }] },
            ...{ limit: PAGE, offset: found.length, orderBy: [{ column: tie, descending: false }] },
          });
          found.push(...page);
          if (page.length < PAGE) return found;
        }
      };
      return {
        policies: await rows('resize_policies', 'namespace'),
        workloads: await rows('resize_workloads', 'workload_id'),
        namespaces: await rows('resize_namespaces', 'namespace'),
        behind: (positions[topics.resizing] ?? 0) < ends[partition]!,
      };
    },
  );
}
