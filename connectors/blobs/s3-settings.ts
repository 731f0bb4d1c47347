/** Settings of the S3 store: their names, defaults and what they are for. */
import { z } from 'zod';

/** An S3-compatible address: no path, no query, and above all no credentials in it. */
function isPlainAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === '' &&
    url.pathname === '/'
  );
}

/** Schema of the settings; the command line makes documentation from it. */
export const s3Settings = z
  .strictObject({
    endpoint: z
      .string()
      .refine(isPlainAddress, 'give an address like https://s3.example.org, without path or credentials')
      .optional()
      .describe('Address of an S3-compatible store; without it, AWS in `region`.'),
    region: z.string().min(1).default('us-east-1').describe('Region of the bucket.'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'give a bucket name: 3 to 63 of a-z, 0-9, "." and "-"')
      .describe('Bucket that the blobs are in.'),
    prefix: z
      .string()
      .max(200)
      .regex(/^([A-Za-z0-9!_.*'()-]+\/)*$/, 'give folders that each end with "/", or nothing')
      .default('')
      .describe('How all keys begin, when the bucket is shared.'),
    accessKeyId: z
      .string()
      .min(1)
      .optional()
      .describe('Name of the key; without it, the credentials that the AWS SDK finds.'),
    secretAccessKey: z.string().min(1).optional().describe('The key itself.'),
    forcePathStyle: z
      .boolean()
      .optional()
      .describe('Bucket in the path instead of the host name; by default when there is an endpoint.'),
    stagingDir: z.string().min(1).describe('Local folder for bytes whose digest is not known yet.'),
    staleAfterMs: z
      .int()
      .min(0)
      .default(3_600_000)
      .describe('Temporary files untouched for so long are removed before the first put.'),
    orphanHours: z
      .number()
      .min(1)
      .default(24)
      .describe('Multipart uploads begun so long ago and never completed are aborted.'),
    partsInFlight: z
      .int()
      .min(1)
      .max(64)
      .default(4)
      .describe('Most parts (8 MiB of memory each) on their way at a time, over all uploads.'),
    attempts: z.int().min(2).default(6).describe('Most tries of one request.'),
    totalMs: z.int().min(1).default(60_000).describe('No further try of a request after this time.'),
    requestMs: z.int().min(1).default(60_000).describe('Longest wait for the answer to one try.'),
    chunkMs: z.int().min(1).default(20_000).describe('Longest wait for the next 256 KiB of a blob.'),
    connectMs: z.int().min(1).default(5_000).describe('Longest wait for a connection.'),
    backoffMs: z.int().min(1).default(200).describe('Most that is waited before the second try; doubles.'),
    maxBackoffMs: z.int().min(1).default(10_000).describe('Most that is waited between two tries.'),
  })
  .refine((it) => (it.accessKeyId === undefined) === (it.secretAccessKey === undefined), {
    path: ['secretAccessKey'],
    message: 'give accessKeyId and secretAccessKey together, or neither',
  });

/** The settings with defaults filled in. */
export type S3Settings = z.output<typeof s3Settings>;
/** The settings as they are given. */
export type S3SettingsInput = z.input<typeof s3Settings>;
