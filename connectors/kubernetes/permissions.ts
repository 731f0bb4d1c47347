/** The rights that keeping a cluster needs, and which of them are missing. */
import type { Cluster, ObjectKind, Permission } from './cluster.ts';

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

/** Those that are missing, as `patch Deployment in shop`. */
export async function missingPermissions(
  cluster: Pick<Cluster, 'allowed'>,
  namespace: string,
): Promise<string[]> {
  const missing: string[] = [];
  for (const permission of neededPermissions(namespace)) {
    if (await cluster.allowed(permission)) continue;
    const where = permission.kind === 'Node' ? '' : ` in ${namespace}`;
    missing.push(`${permission.verb} ${permission.kind}${where}`);
  }
  return missing;
}
