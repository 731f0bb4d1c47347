/** A look at a cluster: what would have to change, without changing anything. */
import { messageOf } from '../../streams/runtime/errors.ts';
import type { Action, ObjectPlan } from './actions.ts';
import type { Cluster } from './cluster.ts';
import type { DesiredCluster } from './desired.ts';
import { Refused } from './errors.ts';
import { manifestsOf } from './manifests/index.ts';
import type { ManifestSettings } from './manifests/settings.ts';
import { plan, WRITTEN_KINDS } from './plan.ts';

/** The plan for a cluster as it is now. With `check` the API server looks at each manifest and says what it would refuse. */
export async function planCluster(
  cluster: Cluster,
  desired: DesiredCluster,
  settings: ManifestSettings,
  check: boolean,
): Promise<ObjectPlan> {
  const { namespace } = settings;
  const wanted = manifestsOf(desired, settings);
  const lists = await Promise.all(WRITTEN_KINDS.map((kind) => cluster.list({ kind, namespace })));
  const planned = plan(
    desired,
    wanted,
    lists.flatMap(({ objects }) => objects),
  );
  const actions: Action[] = [];
  for (const action of planned) actions.push(check ? await checked(cluster, action) : action);
  return { actions, problems: wanted.problems };
}

async function checked(cluster: Cluster, action: Action): Promise<Action> {
  const { manifest, force } = action;
  if (manifest === null) return action;
  try {
    await cluster.apply(manifest, { dryRun: true, force });
    return action;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const why = `the API server refuses it: ${messageOf(error)}`;
    return { ...action, kind: 'leave', code: 'REFUSED_BY_SERVER', why, manifest: null };
  }
}
