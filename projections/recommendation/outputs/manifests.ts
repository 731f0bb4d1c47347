/** Proposals as manifests: patches for kubectl and kustomize, and VerticalPodAutoscalers; in an order that depends on the proposals alone. */
import { kinds } from './krr-csv.ts';
import { compareProposals } from './proposal.ts';
import type { Amounts, Proposal } from './proposal.ts';
import { cpuQuantity, memoryQuantity } from './quantity.ts';

/** A file, to be put into a folder per cluster: what applies to one must not apply to another. */
export interface ManifestFile {
  /** Name of the folder, safe as such whatever the cluster is called. */
  readonly cluster: string;
  /** Made of checked names only. */
  readonly name: string;
  readonly manifest: object;
}

/** A proposal that no manifest can carry, and why. */
export interface Skipped {
  readonly proposal: Proposal;
  readonly code: 'KIND_NOT_PATCHABLE' | 'NAME_NOT_KUBERNETES' | 'NAME_TOO_LONG' | 'NO_ADVICE';
  readonly why: string;
}

/** Files and what is left out. */
export interface Manifests {
  readonly files: readonly ManifestFile[];
  readonly skipped: readonly Skipped[];
}

/** How manifests are made. */
export interface ManifestOptions {
  /** Also CPU limits; true when absent. */
  readonly cpuLimits?: boolean;
}

/** DNS label or subdomain, as Kubernetes wants names. */
const kubernetesName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;
/** Characters of namespace and workload together, so that a file can be named for them. */
const MAX_NAMES = 220;
/** Longest file name on the file systems there are. */
const MAX_FOLDER = 255;

interface Workload {
  readonly cluster: string;
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly proposals: readonly Proposal[];
}

/** One strategic merge patch per workload: `kubectl patch --patch-file`, or for Helm values to be compared with. */
export function patches(proposals: readonly Proposal[], options: ManifestOptions = {}): Manifests {
  const { workloads, skipped } = byWorkload(proposals);
  return { files: workloads.map((workload) => fileOf(workload, patchOf(workload, options))), skipped };
}

/** The same patches, and per cluster a kustomize component that names their targets. */
export function kustomization(proposals: readonly Proposal[], options: ManifestOptions = {}): Manifests {
  const { workloads, skipped } = byWorkload(proposals);
  const files = workloads.map((workload) => fileOf(workload, patchOf(workload, options)));
  const components = [...new Set(files.map(({ cluster }) => cluster))].map((cluster): ManifestFile => {
    const targets = workloads
      .filter((workload) => folderName(workload.cluster) === cluster)
      .map(({ kind, name, namespace, ...rest }) => ({
        path: fileOf({ kind, name, namespace, ...rest }, {}).name,
        target: { kind, name, namespace },
      }));
    const head = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' };
    return { cluster, name: 'kustomization.yaml', manifest: { ...head, patches: targets } };
  });
  return { files: [...components, ...files], skipped };
}

/**
 * One VerticalPodAutoscaler per workload whose bounds are our advice, so that its admission gives new pods just that. Update mode
 * `Off` until somebody sets another.
 */
export function autoscalers(proposals: readonly Proposal[]): Manifests {
  const { workloads, skipped } = byWorkload(proposals);
  return { files: workloads.map((workload) => fileOf(workload, autoscaler(workload))), skipped };
}

function autoscaler({ name, namespace, kind, apiVersion, proposals }: Workload): object {
  return {
    apiVersion: 'autoscaling.k8s.io/v1',
    kind: 'VerticalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      targetRef: { apiVersion, kind, name },
      updatePolicy: { updateMode: 'Off' },
      resourcePolicy: {
        containerPolicies: proposals.map(({ container, advised }) => {
          const { requests } = resources({ ...advised, cpu_limit: null, memory_limit: null }, true);
          return {
            containerName: container,
            minAllowed: requests,
            maxAllowed: requests,
            controlledResources: Object.keys(requests ?? {}),
            controlledValues: 'RequestsOnly',
          };
        }),
      },
    },
  };
}

function patchOf(
  { name, namespace, kind, apiVersion, proposals }: Workload,
  options: ManifestOptions,
): object {
  const containers = proposals.map(({ container, advised }) => ({
    name: container,
    resources: resources(advised, options.cpuLimits ?? true),
  }));
  return { apiVersion, kind, metadata: { name, namespace }, spec: { template: { spec: { containers } } } };
}

type Quantities = Readonly<Record<string, string>>;

function resources(
  advised: Amounts,
  cpuLimits: boolean,
): { readonly requests?: Quantities; readonly limits?: Quantities } {
  const of = (cpu: number | null, memory: number | null): Quantities => ({
    ...(cpu === null ? {} : { cpu: cpuQuantity(cpu) }),
    ...(memory === null ? {} : { memory: memoryQuantity(memory) }),
  });
  const requests = of(advised.cpu_request, advised.memory_request);
  const limits = of(cpuLimits ? advised.cpu_limit : null, advised.memory_limit);
  return {
    ...(Object.keys(requests).length === 0 ? {} : { requests }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

function byWorkload(proposals: readonly Proposal[]): {
  readonly workloads: readonly Workload[];
  readonly skipped: readonly Skipped[];
} {
  const skipped: Skipped[] = [];
  const found = new Map<string, Proposal[]>();
  for (const proposal of [...proposals].sort(compareProposals)) {
    const why = obstacle(proposal);
    if (why !== undefined) skipped.push({ proposal, ...why });
    else {
      const { cluster_id, namespace, workload_type, workload } = proposal;
      const key = JSON.stringify([cluster_id, namespace, workload_type, workload]);
      found.set(key, [...(found.get(key) ?? []), proposal]);
    }
  }
  const workloads = [...found.values()].map((group): Workload => {
    const [{ cluster_id: cluster, workload: name, namespace, workload_type }] = group as [Proposal];
    return { cluster, name, namespace, ...kinds[workload_type.toLowerCase()]!, proposals: group };
  });
  return { workloads, skipped };
}

function obstacle({
  workload_type,
  namespace,
  workload,
  container,
  term,
}: Proposal): Omit<Skipped, 'proposal'> | undefined {
  if (term === null) return { code: 'NO_ADVICE', why: 'no term has enough data' };
  if (kinds[workload_type.toLowerCase()] === undefined)
    return {
      code: 'KIND_NOT_PATCHABLE',
      why: `${JSON.stringify(workload_type)} has no pod template to patch`,
    };
  const wrong = [namespace, workload, container].find((name) => !kubernetesName.test(name));
  if (wrong !== undefined)
    return { code: 'NAME_NOT_KUBERNETES', why: `${JSON.stringify(wrong)} is no name that Kubernetes takes` };
  return namespace.length + workload.length > MAX_NAMES
    ? { code: 'NAME_TOO_LONG', why: `namespace and name have more than ${MAX_NAMES} characters` }
    : undefined;
}

function fileOf({ cluster, namespace, kind, name }: Workload, manifest: object): ManifestFile {
  return {
    cluster: folderName(cluster),
    name: `${[namespace, kind.toLowerCase(), name].join('_')}.yaml`,
    manifest,
  };
}

/** A cluster's id may be any text. */
function folderName(cluster: string): string {
  return encodeURIComponent(cluster).replaceAll('.', '%2E').slice(0, MAX_FOLDER) || 'cluster';
}
