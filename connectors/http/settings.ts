/** Settings of the HTTP server: their names, defaults and what they are for. */
import { z } from 'zod';

/** Schema of the settings; the command line makes options and documentation from it. */
export const httpSettings = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address to listen on.'),
  port: z.int().min(0).max(65535).default(3000).describe('Port to listen on; 0 takes a free one.'),
  morePorts: z
    .array(z.int().min(0).max(65535))
    .max(10)
    .default([])
    .describe('Further ports with the same paths, for clients that expect services of their own there.'),
  strict: z
    .boolean()
    .default(false)
    .describe('Uploads exactly as upstream: identity with a type required, vendor content types only.'),
  rosCompat: z
    .boolean()
    .default(false)
    .describe('The ROS API answers as upstream where clients may depend on a slip of it; README names each.'),
  trustIdentity: z
    .enum(['loopback', 'proxy'])
    .default('loopback')
    .describe('Who may say who a caller is (x-rh-identity): processes of this machine, or declared proxies.'),
  trustedProxies: z
    .array(z.string())
    .default([])
    .describe('Addresses or networks (10.0.0.0/8) of proxies that set x-rh-identity.'),
  defaultOrg: z
    .string()
    .min(1)
    .default('local')
    .describe('Organisation of a caller on this machine that sends no x-rh-identity.'),
  allowedHosts: z
    .array(z.string())
    .default([])
    .describe('Host names to answer to besides localhost, 127.0.0.1 and [::1]; * answers to all.'),
  corsOrigins: z
    .array(z.union([z.literal('*'), z.url({ protocol: /^https?$/ }).regex(/^https?:\/\/[^/]+$/)]))
    .max(100)
    .default([])
    .describe('Origins (https://ui.example.com) whose pages may read with GET; * is any, as upstream.'),
  maxUploadBytes: z.int().min(1).default(104_857_600).describe('Largest file of an upload, bytes.'),
  services: z
    .array(z.string())
    .default(['hccm'])
    .describe('Services whose uploads are taken (application/vnd.redhat.<service>…); others get 415.'),
  deniedOrgs: z.array(z.string()).default([]).describe('Organisations whose uploads are refused with 403.'),
  uploadTimeoutMs: z
    .int()
    .min(1000)
    .default(600_000)
    .describe('A request that is not complete after this time is cut off.'),
  idleTimeoutMs: z.int().min(1000).default(60_000).describe('A connection without traffic is closed.'),
  readyMaxLag: z
    .int()
    .min(0)
    .default(10_000)
    .describe('With more records than this waiting for a unit, /readyz says not ready.'),
  maxListeners: z.int().min(1).default(32).describe('Most clients of /signals at a time.'),
});

/** The settings with defaults filled in. */
export type HttpSettings = z.output<typeof httpSettings>;
