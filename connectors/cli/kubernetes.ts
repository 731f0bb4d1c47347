/** A cluster that this process keeps: settings, credentials, and what connects the cluster with the tables and the log. */
import { recordKey } from '../../schemas/keys.ts';
import { topics } from '../../schemas/topics.ts';
import { codeOf, messageOf } from '../../streams/runtime/errors.ts';
import { partitionOf } from '../../streams/runtime/partitioner.ts';
import type { Emission } from '../../streams/runtime/ports.ts';
import { readSettings } from '../define.ts';
import { actuate, type Desired } from '../kubernetes/actuator.ts';
import { openCluster } from '../kubernetes/client.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { Postponed } from '../kubernetes/errors.ts';
import { keepCluster, type Duty } from '../kubernetes/keeper.ts';
import { readKubeconfig } from '../kubernetes/kubeconfig.ts';
import { declaredNames } from '../kubernetes/observed.ts';
import { observe } from '../kubernetes/observer.ts';
import { actuatorSettings } from '../kubernetes/settings.ts';
import { tablesOf } from '../kubernetes/told.ts';
import { Wake } from '../kubernetes/wake.ts';
import type { App } from './app.ts';
import { readDesired } from './desired.ts';
import type { KeptCluster } from './kubernetes-settings.ts';
import { RESIZING, resizingDuty } from './kubernetes-resizing.ts';
import { heldFor } from './standing.ts';

/** A client of the cluster that is kept. */
export async function openKept({ kubeconfig, client }: KeptCluster): Promise<Cluster> {
  return openCluster(await readKubeconfig(kubeconfig), client);
}

/** A cluster that is being kept. */
export interface Keeping {
  /** Rejects when it cannot go on. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

const PROJECTION = 'placement';
/** Under this name what is wrong is told, beside units. */
const UNIT = 'kubernetes';
/** Rows of a table of one cluster that are read at a time. */
const PAGE = 1_000;
/** How often tables that are behind the log are looked at again, ms. */
const BEHIND_MS = 200;

/** For so long it leaves the lease to others while it may write nothing, ms. */
const HELD_MS = 2_000;

/** The same trouble is reported again after so long, ms. */
const REPORT_MS = 60_000;

/** Begins to keep a cluster; `report` gets a line for people about what keeps it from working. */
export async function keep(
  app: App,
  kept: KeptCluster,
  report: (line: string) => void = () => undefined,
): Promise<Keeping> {
  const { org, cluster: name, manifests } = kept;
  const settings = readSettings('kubernetes', actuatorSettings, {});
  const cluster = await openKept(kept);
  const now = (): number => app.pipeline.clock.now();
  const stop = new AbortController();
  const wake = new Wake();
  const offs = [
    app.log.onAppend((topic) => {
      if (topic === topics.placement) wake.ring();
    }),
    app.signals.on((signal) => {
      if (signal.kind === 'batch' && signal.unit === PROJECTION) wake.ring();
    }),
  ];
  const reported = new Map<string, number>();
  const trouble = (error: unknown, inMs: number): void => {
    const code = codeOf(error);
    if (now() - (reported.get(code) ?? -Infinity) >= REPORT_MS) {
      reported.set(code, now());
      report(`${UNIT}: ${code}: ${messageOf(error)}`);
    }
    app.signals.emit({
      ...{ kind: 'retry', unit: UNIT, partition: 0, inMs },
      ...{ code, message: messageOf(error) },
    });
  };
  const tell = async (events: readonly { readonly type: string; readonly data: object }[]): Promise<void> => {
    const key = recordKey(org, name);
    const emissions = events.map(
      ({ type, data }) => ({ topic: topics.placement, key, type, data }) as Emission,
    );
    await app.wishes.accept({ org, requestId: null, digest: '', events: emissions });
  };
  const known = (table: string) => rowsOf(app, table, org, name);
  let names: ReadonlyMap<string, string> = new Map();
  let namesText = '';
  const desired = async (): Promise<Desired> => {
    const held = await heldFor(app, PROJECTION);
    if (held !== undefined) return { held };
    const state = await readDesired(app, org, name);
    const declared = declaredNames(state.nodes);
    const text = JSON.stringify([...declared].sort());
    // the same map for the same names: who watches them sees by that whether they have changed
    if (text !== namesText) [names, namesText] = [declared, text];
    if (state.position < (await endOf(app, org, name))) setTimeout(wake.ring, BEHIND_MS).unref();
    return { state };
  };
  const caughtUp: Duty = async (signal) => {
    const end = await endOf(app, org, name);
    for (;;) {
      const { state, held } = await desired();
      if (signal.aborted) return;
      // who waits for the lease may have the tables that this process lacks
      if (held !== undefined) {
        throw new Postponed({ code: 'ACTUATOR_HELD', message: held, retryAfterMs: HELD_MS });
      }
      if (state.position >= end) return;
      await app.pipeline.clock.sleep(BEHIND_MS, signal);
    }
  };
  const shared = { cluster, settings, now, trouble, tell };
  const duties: Duty[] = [
    (signal) => actuate({ ...shared, manifests, desired, known: () => known('objects'), wake }, signal),
    (signal) =>
      observe(
        {
          ...{ ...shared, owner: { org, cluster: name }, namespace: manifests.namespace },
          names: () => names,
          known: (kind) => known(tablesOf[kind]),
        },
        signal,
      ),
    resizingDuty({ app, cluster, settings, org, name, trouble, held: () => heldFor(app, RESIZING) }),
  ];
  const work = keepCluster(
    { cluster, settings, org, name, namespace: manifests.namespace, caughtUp, duties, trouble },
    stop.signal,
  );
  const failed = work.then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      stop.abort();
      for (const off of offs) off();
      await work.catch(() => undefined);
      await cluster.close();
    },
  };
}

/** Where the log of the cluster ends now. */
async function endOf(app: App, org: string, cluster: string): Promise<number> {
  const ends = await app.log.ends(topics.placement);
  return ends[partitionOf(recordKey(org, cluster), ends.length)]!;
}

async function rowsOf(
  { readModels }: App,
  table: string,
  org: string,
  cluster: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  const rows: Readonly<Record<string, unknown>>[] = [];
  for (;;) {
    const page = await readModels.select({
      ...{ table, org, where: [{ column: 'cluster_id', op: 'eq', value: cluster }] },
      ...{ limit: PAGE, offset: rows.length },
      orderBy: [{ column: TIES[table]!, descending: false }],
    });
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

/** By what rows of a table are told apart within a cluster. */
const TIES: Readonly<Record<string, string>> = {
  objects: 'object_id',
  observed_nodes: 'name',
  deployments: 'uid',
  pods: 'uid',
};
