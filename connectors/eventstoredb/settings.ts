/** Settings of the audit sink. The connection string is none of them: it may hold a password, so it is handed over apart. */
import { z } from 'zod';
import { BadInput } from '../../streams/runtime/errors.ts';

/** Schema of the settings. */
export const auditSettings = z.strictObject({
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9_.]{0,39}$/, 'must be lower case letters, digits, _ and ., at most 40')
    .default('rightstream')
    .describe('First word of all stream names; installations that share a server need one each.'),
  concurrency: z.int().min(1).max(64).default(8).describe('Streams that are appended to at a time.'),
  tails: z.int().min(1).default(10_000).describe('Streams whose end is remembered.'),
  maxEventBytes: z
    .int()
    .min(10_000)
    .default(900_000)
    .describe('A decision with more bytes of JSON is clipped; the server takes 1 MiB unless told otherwise.'),
  deadlineMs: z
    .int()
    .min(100)
    .default(10_000)
    .describe('A call that is not answered by then is tried again.'),
  pollMs: z.int().min(10).default(2_000).describe('How long to wait for a hint before looking again.'),
  retryFirstMs: z.int().min(1).default(100).describe('First wait after a failure; it doubles.'),
  retryLastMs: z.int().min(1).default(30_000).describe('Longest wait after a failure.'),
  onceTries: z.int().min(1).default(8).describe('Tries before a run that is to end gives up.'),
});

/** The settings with defaults filled in. */
export type AuditSettings = z.output<typeof auditSettings>;

/** Options of a connection string. The client prints what it does not know to the terminal, password included. */
const known = new Set(
  [
    ...['tls', 'tlsCAFile', 'userCertFile', 'userKeyFile', 'connectionName', 'defaultDeadline'],
    ...['nodePreference', 'maxDiscoverAttempts', 'discoveryInterval', 'gossipTimeout'],
    ...['keepAliveInterval', 'keepAliveTimeout', 'throwOnAppendFailure'],
  ].map(flat),
);

/** Checks the form of a connection string. What is wrong is said without a word of it: BadInput BAD_SETTINGS. */
export function checkConnectionString(text: string): void {
  const match = /^esdb(?:\+discover)?:\/\/[^?\s]+(?:\?([^\s]*))?$/.exec(text.trim());
  if (match === null) {
    throw wrong('it must look like esdb://host:2113?tls=false or esdb+discover://user:password@name:2113');
  }
  const options = (match[1] ?? '').split('&').filter((pair) => pair !== '');
  const strange = options.filter((pair) => !known.has(flat(pair.split('=')[0]!)));
  if (strange.length > 0) {
    throw wrong(`${strange.length} of its options are unknown; there are: ${[...known].join(', ')}`);
  }
}

/** The error for a connection string that cannot be used. */
export function wrong(why: string): BadInput {
  return new BadInput({
    code: 'BAD_SETTINGS',
    message: `the connection string of EventStoreDB is wrong: ${why}`,
  });
}

function flat(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}
