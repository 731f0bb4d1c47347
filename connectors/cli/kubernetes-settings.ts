/** Which cluster a process keeps, from the command line and the environment. */
import { readSettings } from '../define.ts';
import { acceleratorsFrom, readManifestSettings } from '../kubernetes/manifests/settings.ts';
import type { ManifestSettings } from '../kubernetes/manifests/settings.ts';
import { clusterSettings } from '../kubernetes/settings.ts';

/** Environment variables. */
export const kubernetesEnvironment = {
  KUBECONFIG_FILE:
    'Kubeconfig of a cluster that is to be kept as decided; `in-cluster` in a pod. Default: none is.',
  KUBERNETES_CLUSTER: 'Which declared cluster it is; default `default`.',
  KUBERNETES_ORG: 'Organisation that it belongs to; default: that of --org.',
  KUBERNETES_NAMESPACE: 'Namespace of everything that is written there; default `rightstream`.',
  KUBERNETES_ACCELERATORS:
    'Extended resource by type of accelerator, as `cluster manifests --accelerators` has them.',
  KUBERNETES_QPS: 'Requests a second to the API server in the long run; default 50.',
  KUBERNETES_BURST: 'Requests to the API server that may go out at once; default 100.',
  KUBERNETES_LEASE_SECONDS:
    'A leader that has not renewed its lease for so long is followed by another; default 15.',
} as const;

/** Which cluster is kept, and how. */
export interface KeptCluster {
  readonly kubeconfig: string;
  readonly org: string;
  /** As it is declared. */
  readonly cluster: string;
  readonly manifests: ManifestSettings;
  /** Of the client. */
  readonly client: Readonly<Record<string, unknown>>;
}

/** What may be said on the command line; it counts more than the environment. */
export interface KeepOptions {
  readonly kubeconfig?: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly org: string;
}

/** The cluster to keep; undefined: none. What is wrong: BadInput BAD_SETTINGS. */
export function keptFrom(
  env: Readonly<Record<string, string | undefined>>,
  options: KeepOptions,
): KeptCluster | undefined {
  const given = (name: keyof typeof kubernetesEnvironment): string | undefined => env[name] || undefined;
  const kubeconfig = options.kubeconfig ?? given('KUBECONFIG_FILE');
  if (kubeconfig === undefined) return undefined;
  const numbers = {
    qps: given('KUBERNETES_QPS'),
    burst: given('KUBERNETES_BURST'),
    leaseSeconds: given('KUBERNETES_LEASE_SECONDS'),
  };
  const set = Object.entries(numbers).filter(([, text]) => text !== undefined);
  const client = Object.fromEntries(set.map(([name, text]) => [name, Number(text)]));
  readSettings('kubernetes', clusterSettings, client);
  return {
    kubeconfig,
    org: given('KUBERNETES_ORG') ?? options.org,
    cluster: options.cluster ?? given('KUBERNETES_CLUSTER') ?? 'default',
    manifests: manifestSettingsFrom(env, options),
    client,
  };
}

/** What objects are written like; the command line counts more than the environment. What is wrong: BadInput BAD_SETTINGS. */
export function manifestSettingsFrom(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly namespace?: string; readonly accelerators?: string },
): ManifestSettings {
  const namespace = options.namespace ?? (env['KUBERNETES_NAMESPACE'] || undefined);
  return readManifestSettings({
    ...(namespace === undefined ? {} : { namespace }),
    accelerators: acceleratorsFrom(options.accelerators ?? env['KUBERNETES_ACCELERATORS'] ?? ''),
  });
}
