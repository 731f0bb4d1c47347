/** What `doctor` looks at of a cluster that is to be kept. */
import type { Cluster } from '../kubernetes/cluster.ts';
import { missingPermissions, neededPermissions, resizingPermissions } from '../kubernetes/permissions.ts';
import type { Check } from './checkup.ts';
import { failedCheck } from './checkup.ts';
import { openKept } from './kubernetes.ts';
import type { KeptCluster } from './kubernetes-settings.ts';

/** The API server, and what it lets us do; names each right that is missing. */
export async function checkKubernetes(kept: KeptCluster): Promise<Check[]> {
  const name = 'kubernetes';
  try {
    const cluster = await openKept(kept);
    try {
      const version = await cluster.version();
      const { namespace } = kept.manifests;
      const there: Check = { name, ok: true, detail: `${version}, namespace ${namespace}` };
      return [there, await checkRights(cluster, namespace), await checkResizing(cluster)];
    } finally {
      await cluster.close();
    }
  } catch (error) {
    const next = 'start the API server, or check KUBECONFIG_FILE';
    return [{ ...failedCheck(name, error), next }];
  }
}

/** What keeping a cluster needs. */
async function checkRights(cluster: Pick<Cluster, 'allowed'>, namespace: string): Promise<Check> {
  const name = 'rights';
  const missing = await missingPermissions(cluster, neededPermissions(namespace));
  if (missing.length === 0) return { name, ok: true, detail: 'none is missing' };
  const next =
    'grant them as connectors/kubernetes/manifests/install.yaml does, to the account of the kubeconfig';
  return { name, ok: false, detail: `missing: ${missing.join(', ')}`, next };
}

/** What right-sizing needs beside; to grant nothing of it says that it is not wanted. */
export async function checkResizing(cluster: Pick<Cluster, 'allowed'>): Promise<Check> {
  const name = 'rights of right-sizing';
  const file = 'connectors/kubernetes/manifests/install-resizing.yaml';
  const needed = resizingPermissions();
  const missing = await missingPermissions(cluster, needed);
  if (missing.length === 0) return { name, ok: true, detail: 'none is missing' };
  if (missing.length === needed.length) {
    return { name, ok: true, detail: `none is granted; where it is wanted, ${file} has them` };
  }
  const next = `grant them as ${file} does, to the account of the kubeconfig`;
  return { name, ok: false, detail: `missing: ${missing.join(', ')}`, next };
}
