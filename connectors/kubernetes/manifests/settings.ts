/** What manifests depend on beside the cluster's desired state. */
import { z } from 'zod';
import { readSettings } from '../../define.ts';

const namespace = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'a namespace is small letters, digits and hyphens');
const resource = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/, {
    message: 'an extended resource is written domain/name',
  })
  .refine((name) => !/(^|\.)kubernetes\.io\//.test(name), { message: 'kubernetes.io is not for these' });

const schema = z.strictObject({
  /** Namespace of all objects. */
  namespace: namespace.default('rightstream'),
  /**
   * Extended resource by type of accelerator. `percent`: the node offers 100 for a device; `device`: it offers devices, and
   * a replica gets whole ones. A type that is not named is accounted for by the placer alone.
   */
  accelerators: z
    .record(z.string().max(253), z.strictObject({ resource, unit: z.enum(['percent', 'device']) }))
    .default({}),
});

/** The settings, read. */
export type ManifestSettings = z.output<typeof schema>;

/** BadInput BAD_SETTINGS names what is wrong. */
export function readManifestSettings(input: unknown): ManifestSettings {
  return readSettings('kubernetes', schema, input);
}

/** `gpu=nvidia.com/gpucores:percent,tpu=example.com/tpu:device` as the setting above. */
export function acceleratorsFrom(text: string): Record<string, { resource: string; unit: string }> {
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  return Object.fromEntries(
    entries.map((entry) => {
      const [type = '', rest = ''] = entry.trim().split('=', 2);
      const [name = '', unit = 'percent'] = rest.split(':', 2);
      return [type, { resource: name, unit }];
    }),
  );
}
