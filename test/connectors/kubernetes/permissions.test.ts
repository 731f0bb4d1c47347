import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkResizing } from '../../../connectors/cli/checkup-kubernetes.ts';
import { OBJECT_KINDS, type Permission } from '../../../connectors/kubernetes/cluster.ts';
import { neededPermissions, resizingPermissions } from '../../../connectors/kubernetes/permissions.ts';

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
  readonly roleRef?: { readonly name: string };
}

const folder = new URL('../../../connectors/kubernetes/manifests/', import.meta.url);
const rolesOf = (file: string) =>
  parseAllDocuments(readFileSync(new URL(file, folder), 'utf8')).map((document) => document.toJS() as Role);

/** Whether rules of these roles grant it. */
function granted(roles: readonly Role[], { verb, kind, subresource }: Permission): boolean {
  const { apiVersion, plural } = OBJECT_KINDS[kind];
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const rules = roles.flatMap(({ rules = [] }) => rules);
  return rules.some(
    (rule) =>
      rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb),
  );
}

it.each([
  ['install.yaml', neededPermissions('rightstream')],
  ['install-resizing.yaml', resizingPermissions()],
])('%s grants what is needed, and binds every role', (file, needed) => {
  const objects = rolesOf(file);
  expect(needed.filter((permission) => !granted(objects, permission))).toEqual([]);
  const bound = objects.flatMap(({ roleRef }) => roleRef?.name ?? []);
  for (const { kind, metadata } of objects) if (kind.endsWith('Role')) expect(bound).toContain(metadata.name);
});

it.each([
  ['all', () => true, true, /none is missing/],
  ['none', () => false, true, /none is granted.*install-resizing\.yaml/],
  ['some', ({ subresource }: Permission) => subresource === undefined, false, /missing: patch Pod\/resize$/],
])('with %s of the rights of right-sizing the check says so', async (_, allowed, ok, detail) => {
  const check = await checkResizing({ allowed: (permission) => Promise.resolve(allowed(permission)) });
  expect(check).toMatchObject({ ok, detail: expect.stringMatching(detail) as string });
  if (!ok) expect(check.next).toContain('install-resizing.yaml');
});
