/** What a policy is for: a whole organisation, or what a cluster, a namespace, a workload narrow it to. */
import { recordKey } from '../../../schemas/keys.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';

/** Names that must be equal; null: every one. */
export interface PolicyScope {
  readonly cluster_id: string | null;
  readonly namespace: string | null;
  /** Only beside a namespace. */
  readonly workload: string | null;
}

/** What advice is about. */
export interface PolicyObject {
  readonly cluster_id: string;
  readonly namespace: string;
  /** Null for a namespace as such. */
  readonly workload: string | null;
}

/** Longest name, characters. */
const MAX_NAME = 253;
const names = ['cluster_id', 'namespace', 'workload'] as const;

/** Checks names that somebody sent. Otherwise: BadInput BAD_SCOPE. */
export function checkScope(scope: PolicyScope): void {
  for (const name of names) {
    const value = scope[name];
    if (value === null) continue;
    if (value === '' || value.length > MAX_NAME)
      throw refused(`${name} has 1 to ${MAX_NAME} characters; left out, the policy is for all`);
    if (/[\u0000-\u001f\u007f*]/.test(value))
      throw refused(
        `${name} is one name as reports have it, without * and control characters; left out, the policy is for all`,
      );
  }
  if (scope.workload !== null && scope.namespace === null)
    throw refused('a workload is one of a namespace: say which');
}

/** A scope as text, for keys and people: all of `1b36…`'s namespace shop is `1b36…/shop/*`. No name can be a star. */
export function scopeText({ cluster_id, namespace, workload }: PolicyScope): string {
  return [cluster_id, namespace, workload].map((name) => (name === null ? '*' : recordKey(name))).join('/');
}

/** True when an object lies in it. */
export function isWithin(scope: PolicyScope, object: PolicyObject): boolean {
  return names.every((name) => scope[name] === null || scope[name] === object[name]);
}

/**
 * How narrow a scope is: a workload is narrower than any namespace, a namespace than any cluster, and of two the one that
 * also names the cluster. Two scopes that hold the same object are never equally narrow, unless they are the same.
 */
export function narrowness({ cluster_id, namespace, workload }: PolicyScope): number {
  return (workload === null ? 0 : 4) + (namespace === null ? 0 : 2) + (cluster_id === null ? 0 : 1);
}

function refused(message: string): BadInput {
  return new BadInput({ code: 'BAD_SCOPE', message });
}
