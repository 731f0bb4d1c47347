/** The rights that keeping a cluster needs, and which of them are missing. */
import type { Cluster, ObjectKind, Permission } from './cluster.ts';
import { WATCHED_KINDS, WORKLOAD_KINDS } from './resizing/objects.ts';

type Verb = Permission['verb'];

const reading: readonly Verb[] = ['list', 'watch'];
const writing: readonly Verb[] = [...reading, 'create', 'patch', 'delete'];
const inNamespace: Readonly<Partial<Record<ObjectKind, readonly Verb[]>>> = {
  Deployment: writing,
  Service: writing,
  ConfigMap: writing,
  Pod: reading,
  Lease: ['get', 'create', 'update'],
};

/** All of them. */
export function neededPermissions(namespace: string): Permission[] {
  return [
    ...reading.map((verb): Permission => ({ verb, kind: 'Node' })),
    { verb: 'get', kind: 'Namespace', namespace },
    ...Object.entries(inNamespace).flatMap(([kind, verbs]) =>
      verbs.map((verb): Permission => ({ verb, kind: kind as ObjectKind, namespace })),
    ),
  ];
}

/** Those that right-sizing needs beside, in all namespaces. */
export function resizingPermissions(): Permission[] {
  return [
    ...WATCHED_KINDS.flatMap((kind) => reading.map((verb): Permission => ({ verb, kind }))),
    ...WORKLOAD_KINDS.map((kind): Permission => ({ verb: 'patch', kind })),
    { verb: 'patch', kind: 'Pod', subresource: 'resize' },
  ];
}

/** Those of them that are missing, as `patch Deployment in shop`. */
export async function missingPermissions(
  cluster: Pick<Cluster, 'allowed'>,
  needed: readonly Permission[],
): Promise<string[]> {
  const missing: string[] = [];
  for (const permission of needed) {
    if (await cluster.allowed(permission)) continue;
    const { verb, kind, subresource, namespace } = permission;
    const what = subresource === undefined ? kind : `${kind}/${subresource}`;
    missing.push(`${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`);
  }
  return missing;
}
