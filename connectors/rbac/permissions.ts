/** From permissions of the access service to what a caller may read; what is not understood grants nothing. */
import { z } from 'zod';
import type { Reach } from '../../projections/runtime/ports.ts';

const APPLICATION = 'cost-management';
/** Resources that say which rows; a permission on nodes alone says nothing about any. */
const sides = { 'openshift.cluster': 'clusters', 'openshift.project': 'projects' } as const;

const text = z.string().max(1_000);
const permission = z.object({
  permission: text,
  resourceDefinitions: z
    .array(
      z.object({
        attributeFilter: z.object({
          operation: text.optional(),
          value: z.union([text, z.array(z.unknown()).max(10_000)]),
        }),
      }),
    )
    .max(1_000)
    .default([]),
});

/** A page of the service; permissions that are not understood are null. */
export const accessPage = z.object({
  data: z.array(permission.nullable().catch(null)).max(1_000),
  links: z.object({ next: z.string().max(8_000).nullish() }).nullish(),
});

/** A permission as the service tells it. */
export type Permission = z.output<typeof permission> | null;

type Granted = Record<(typeof sides)[keyof typeof sides], Set<string> | undefined>;

/** What these permissions together let read; null: nothing. */
export function reachOf(permissions: readonly Permission[]): Reach | null {
  const granted: Granted = { clusters: undefined, projects: undefined };
  for (const one of permissions) {
    if (one === null) continue;
    const [application, resource = '', verb, ...more] = one.permission.split(':');
    if (application !== APPLICATION || more.length > 0) continue;
    if (verb !== 'read' && verb !== '*') continue;
    if (resource === '*') return {};
    if (!Object.hasOwn(sides, resource)) continue;
    const side = sides[resource as keyof typeof sides];
    for (const value of valuesOf(one)) (granted[side] ??= new Set()).add(value);
  }
  const { clusters, projects } = granted;
  if (clusters === undefined && projects === undefined) return null;
  return {
    ...(clusters === undefined || clusters.has('*') ? {} : { clusters: [...clusters] }),
    ...(projects === undefined || projects.has('*') ? {} : { projects: [...projects] }),
  };
}

/** Without definitions all; of definitions those that name values. */
function valuesOf({ resourceDefinitions }: NonNullable<Permission>): string[] {
  if (resourceDefinitions.length === 0) return ['*'];
  return resourceDefinitions.flatMap(({ attributeFilter: { operation = 'equal', value } }) => {
    if (operation !== 'equal' && operation !== 'in') return [];
    const list = typeof value === 'string' && operation === 'in' ? value.split(',') : [value].flat();
    return list
      .filter((one): one is string => typeof one === 'string')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  });
}
