/** Settings of the client of a cluster. The kubeconfig is none of them: it may hold a token, so it is handed over apart. */
import { z } from 'zod';

/** Schema of the settings. */
export const clusterSettings = z.strictObject({
  qps: z.number().min(0.1).max(10_000).default(50).describe('Requests a second, in the long run.'),
  burst: z.int().min(1).max(10_000).default(100).describe('Requests that may go out at once after a pause.'),
  connections: z.int().min(1).max(256).default(16).describe('Connections at a time, watches not counted.'),
  timeoutMs: z.int().min(100).default(10_000).describe('A request that is not answered by then has failed.'),
  pageSize: z.int().min(1).max(5_000).default(500).describe('Objects in a page of a list.'),
  maxObjects: z.int().min(1).default(100_000).describe('A list with more is refused.'),
  maxAnswerBytes: z
    .int()
    .min(1_000)
    .default(67_108_864)
    .describe('Largest answer, and largest event of a watch.'),
  watchSeconds: z.int().min(1).default(300).describe('The server ends a watch after so long; it is resumed.'),
  silenceMs: z
    .int()
    .min(100)
    .default(90_000)
    .describe('A watch that says nothing for so long, not even that nothing changed, is resumed.'),
  retryFirstMs: z.int().min(1).default(200).describe('First wait after a failure; it doubles.'),
  retryLastMs: z.int().min(1).default(30_000).describe('Longest wait after a failure, Retry-After included.'),
  leaseSeconds: z
    .int()
    .min(2)
    .default(15)
    .describe('A leader that has not renewed its lease for so long is followed by another.'),
});

/** The settings with defaults filled in. */
export type ClusterSettings = z.output<typeof clusterSettings>;

/** Schema of the settings of what keeps a cluster as it shall be. */
export const actuatorSettings = z.strictObject({
  writes: z.int().min(1).max(256).default(8).describe('Objects that are written at a time.'),
  gatherMs: z.int().min(1).default(100).describe('News that comes so close together is looked at once.'),
  resyncMs: z.int().min(100).default(60_000).describe('Everything is looked at so often, without news.'),
  heldMs: z.int().min(10).default(500).describe('While nothing may be written, that is asked so often.'),
  refusedMs: z
    .int()
    .min(100)
    .default(60_000)
    .describe('What the cluster refused is tried again after so long, or when something else is wanted.'),
  retryFirstMs: clusterSettings.shape.retryFirstMs,
  retryLastMs: clusterSettings.shape.retryLastMs,
});

/** The settings with defaults filled in. */
export type ActuatorSettings = z.output<typeof actuatorSettings>;
