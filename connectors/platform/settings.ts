/** Settings of what is exchanged with the platform: topics of others, and where files may be fetched from. */
import { z } from 'zod';

const topic = z.string().regex(/^[\w.-]{1,249}$/, 'a name of a topic');

/** Schema of the settings; the command line makes documentation from it. */
export const platformSettings = z
  .strictObject({
    consume: z.boolean().default(false).describe('Read announcements of reports from `eventsTopic`.'),
    eventsTopic: topic.default('hccm.ros.events').describe('Where reports are announced to us.'),
    takeUploads: z
      .boolean()
      .default(false)
      .describe('Fetch and read the payloads that the upload service announces on `uploadsTopic`.'),
    uploadsTopic: topic.default('platform.upload.announce').describe('Where it announces them.'),
    tellStatus: z.boolean().default(false).describe('Tell the status of uploads over HTTP on `statusTopic`.'),
    statusTopic: topic.default('platform.payload-status').describe('Where the payload tracker reads.'),
    announce: z.boolean().default(false).describe('Announce uploads over HTTP on `sourcesTopic`.'),
    sourcesTopic: topic
      .default('platform.sources.event-stream')
      .describe('Where we announce uploads, and where the platform speaks of sources.'),
    takeDestroyed: z
      .boolean()
      .default(false)
      .describe('Remove what clusters reported once `sourcesTopic` says that their application is gone.'),
    sourcesApiUrl: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional()
      .describe('Base of the Sources API, which says which applications are ours.'),
    sourcesApiPrefix: z
      .string()
      .regex(/^(\/[\w.~-]+)*$/, 'a path')
      .default('/api/sources/v3.1')
      .describe('Path of the Sources API.'),
    takeWishes: z
      .boolean()
      .default(false)
      .describe('Answer the recommendations that the processor of ROS asks for on `wishesTopic`.'),
    wishesTopic: topic.default('rosocp.kruize.recommendations').describe('Where it asks.'),
    validationOut: topic.optional().describe('Where uploads are confirmed; absent: nowhere.'),
    wishesOut: topic
      .optional()
      .describe('Where recommendations are asked for, per experiment and report; absent: nowhere.'),
    eventsOut: topic.optional().describe('Where reports in uploads are announced; absent: nowhere.'),
    uploadsOut: topic.optional().describe('Where uploads over HTTP are announced; absent: nowhere.'),
    linkSeconds: z
      .int()
      .min(1)
      .max(7 * 24 * 3_600)
      .default(48 * 3_600)
      .describe('How long links in what we announce are good.'),
    allowedHosts: z
      .array(
        z
          .string()
          .regex(/^(\*|(\*\.)?[^\s*/@?#]+)$/, 'host, host:port, *.domain or *')
          .transform((host) => host.toLowerCase()),
      )
      .default([])
      .describe('Hosts that files are fetched from; a name or an address itself may be a private one.'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a name of a bucket')
      .optional()
      .describe(
        'Where `object_keys` of announcements are: used when a link is refused with 403; absent: not used.',
      ),
    maxFileBytes: z
      .int()
      .min(1)
      .default(1024 ** 3)
      .describe('Largest file that is fetched.'),
    connectMs: z.int().min(1).default(10_000).describe('Longest wait for a connection.'),
    idleMs: z.int().min(1).default(30_000).describe('Longest wait for the next bytes.'),
    totalMs: z.int().min(1).default(600_000).describe('Longest time for one file.'),
    patienceMs: z
      .int()
      .min(0)
      .default(48 * 3_600_000)
      .describe(
        'A file that cannot be fetched for so long after its announcement is given up; links live as long.',
      ),
  })
  .refine((it) => !(it.takeUploads && it.announce && it.uploadsTopic === it.sourcesTopic), {
    path: ['sourcesTopic'],
    message: 'uploads cannot be announced where announced uploads are taken from: each would come back',
  })
  .refine((it) => !(it.takeWishes && it.wishesOut === it.wishesTopic), {
    path: ['wishesOut'],
    message: 'PLATFORM_WISHES_OUT is where PLATFORM_WISHES reads: we would answer ourselves',
  })
  .refine((it) => !(it.consume && it.eventsOut === it.eventsTopic), {
    path: ['eventsOut'],
    message: 'PLATFORM_EVENTS_OUT is where PLATFORM_EVENTS reads: we would read our own announcements',
  })
  .refine((it) => !(it.takeUploads && it.uploadsOut === it.uploadsTopic), {
    path: ['uploadsOut'],
    message: 'PLATFORM_UPLOADS_OUT is where PLATFORM_UPLOADS reads: each upload would come back',
  })
  .refine((it) => !it.takeDestroyed || it.sourcesApiUrl !== undefined, {
    path: ['sourcesApiUrl'],
    message: 'SOURCES_API_BASE_URL must say where the Sources API is',
  });

/** The settings with defaults filled in. */
export type PlatformSettings = z.output<typeof platformSettings>;
