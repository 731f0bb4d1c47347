/** Settings of the schema registry: their names, defaults and what they are for. */
import { z } from 'zod';

/** Schema of the settings. */
export const registrySettings = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'write an http or https URL' })
      .refine((url) => !URL.canParse(url) || new URL(url).username === '', {
        error: 'give user and password as settings of their own, not in the URL',
      })
      .describe('Base of the Confluent-compatible API; https for TLS.'),
    user: z.string().min(1).optional().describe('User of basic authentication.'),
    password: z.string().min(1).optional().describe('Password of basic authentication.'),
    timeoutMs: z.int().min(10).default(3_000).describe('A request without a whole answer after this fails.'),
    retries: z.int().min(0).max(10).default(2).describe('How often a failed request is sent again.'),
    retryMs: z.int().min(1).default(100).describe('Wait before the first retry; it doubles, with jitter.'),
    maxAnswerBytes: z.int().min(1024).default(4_194_304).describe('Largest answer that is read.'),
    cachedSchemas: z
      .int()
      .min(1_000)
      .default(2_000)
      .describe('Ids whose schemas are kept, the latest used; as many ids that are unknown.'),
    unknownMs: z
      .int()
      .min(0)
      .default(30_000)
      .describe('An id that the registry does not know is not asked for again for this long.'),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    error: 'user and password belong together',
  });

/** The settings with defaults filled in. */
export type RegistrySettings = z.output<typeof registrySettings>;
