/** What `doctor` looks at of a cluster that is to be kept. */
import { missingPermissions } from '../kubernetes/permissions.ts';
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
      const missing = await missingPermissions(cluster, namespace);
      if (missing.length === 0) return [there, { name: 'rights', ok: true, detail: 'none is missing' }];
      const next =
        'grant them as connectors/kubernetes/manifests/install.yaml does, to the account of the kubeconfig';
      return [there, { name: 'rights', ok: false, detail: `missing: ${missing.join(', ')}`, next }];
    } finally {
      await cluster.close();
    }
  } catch (error) {
    const next = 'start the API server, or check KUBECONFIG_FILE';
    return [{ ...failedCheck(name, error), next }];
  }
}
