/** Settings of the access service. */
import { z } from 'zod';

/** Schema of the settings. */
export const rbacSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .describe('Base of the service that knows what callers may read; `/api/rbac/v1/access/` is asked.'),
  timeoutMs: z.int().min(1).default(5_000).describe('Longest time for all pages of one caller.'),
  cacheMs: z.int().min(0).default(30_000).describe('An answer counts for so long.'),
  cacheEntries: z.int().min(1).default(1_000).describe('Most callers whose answers are kept.'),
  maxPages: z.int().min(1).default(20).describe('A caller with more pages of permissions is refused.'),
  maxPageBytes: z.int().min(1).default(1_048_576).describe('Largest page.'),
});

/** The settings with defaults filled in. */
export type RbacSettings = z.output<typeof rbacSettings>;
