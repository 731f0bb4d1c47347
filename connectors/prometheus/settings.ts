/** Settings of asking Prometheus for loads. */
import { z } from 'zod';

/** Schema of the settings. */
export const prometheusSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'not the http or https address of a server', abort: true })
    .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
      error: 'with a user or a password it is not asked; a proxy may add them',
    })
    .transform((url) => (url.endsWith('/') ? url : `${url}/`))
    .describe('Base of the server; no other host is asked.'),
  orgs: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(100)
    .describe(
      'Organisations whose queries are asked: whoever may set a policy reads the whole server by it.',
    ),
  everyMs: z.int().min(1_000).max(3_600_000).default(15_000).describe('Time between two rounds.'),
  timeoutMs: z.int().min(1).max(60_000).default(5_000).describe('Longest time for one query.'),
  maxBytes: z.int().min(1).default(65_536).describe('Largest answer.'),
  maxQueries: z
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .describe('Most queries of an organisation and round.'),
  atOnce: z.int().min(1).max(64).default(4).describe('Queries at a time.'),
});

/** The settings with defaults filled in. */
export type PrometheusSettings = z.output<typeof prometheusSettings>;
