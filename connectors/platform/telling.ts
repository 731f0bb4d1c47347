/** Tells the platform, on its own topics, what became of uploads and results: each topic its own setting, none unless set. */
import { topics } from '../../schemas/topics.ts';
import type { Said, Sink, TypedEvent } from '../../streams/runtime/ports.ts';
import { confirmation } from './confirming.ts';
import { linkedAnnouncement, reportAnnouncements } from './handing-on.ts';
import type { HandingOnDeps } from './handing-on.ts';
import { saidIn } from './request-ids.ts';
import type { KnownUpload } from './request-ids.ts';
import type { PlatformSettings } from './settings.ts';
import { wishFor } from './wishing.ts';

/** Id of the unit. */
export const PLATFORM_OUT = 'platform-out';

/** What it needs. */
export interface TellingDeps extends HandingOnDeps {
  /** Id of the projection that stores usage: experiments are named once their results are in. */
  readonly usageStore: string;
}

/** Has it something to say? */
export function tells(settings: PlatformSettings): boolean {
  return ofUploads(settings) || settings.wishesOut !== undefined;
}

function ofUploads({ validationOut, eventsOut, uploadsOut }: PlatformSettings): boolean {
  return validationOut !== undefined || eventsOut !== undefined || uploadsOut !== undefined;
}

/** The unit. */
export function platformSink(deps: TellingDeps): Sink {
  const { wishesOut, uploadsOut } = deps.settings;
  return {
    id: PLATFORM_OUT,
    version: 1,
    about: 'Tells the platform what became of uploads and results.',
    from: [
      ...(ofUploads(deps.settings) ? [topics.intake] : []),
      ...(wishesOut === undefined ? [] : [topics.usage]),
    ],
    after: { [topics.usage]: deps.usageStore },
    types: new Set([
      'UploadReceived',
      'UploadOpened',
      'UploadRefused',
      'ContainerUsageReported',
      'NamespaceUsageReported',
    ] as const),
    async *take(event, meta, cause): AsyncGenerator<Said> {
      switch (event.type) {
        case 'UploadReceived':
          if (uploadsOut !== undefined && event.data.channel === 'http') {
            yield { record: await linkedAnnouncement(uploadsOut, event.data, deps) };
          }
          return;
        case 'UploadOpened':
        case 'UploadRefused': {
          const upload = knownUpload(deps.settings, event.data.upload_id, await cause());
          if (upload !== undefined) yield* ofUpload(deps, event, upload, meta.timestamp);
          return;
        }
        case 'ContainerUsageReported':
        case 'NamespaceUsageReported': {
          const wish = wishesOut === undefined ? undefined : wishFor(wishesOut, event, meta);
          if (wish !== undefined) yield wish;
        }
      }
    },
  };
}

/** What is said of an upload that was opened or refused. */
async function* ofUpload(
  deps: TellingDeps,
  event: TypedEvent & { readonly type: 'UploadOpened' | 'UploadRefused' },
  upload: KnownUpload,
  at: number,
): AsyncGenerator<Said> {
  const { validationOut, eventsOut } = deps.settings;
  // First, for it does not depend on the store of the blobs.
  if (validationOut !== undefined && upload.via !== 'cli') {
    yield { record: confirmation(validationOut, event, upload, at) };
  }
  if (eventsOut !== undefined && event.type === 'UploadOpened') {
    for await (const record of reportAnnouncements(eventsOut, event.data, upload, at, deps)) yield { record };
  }
}

/** An upload and how it came; undefined: a report that the platform announced already, or nothing that is known. */
function knownUpload(
  { uploadsTopic }: PlatformSettings,
  uploadId: string,
  cause: TypedEvent | undefined,
): KnownUpload | undefined {
  if (cause?.type !== 'UploadReceived' || cause.data.upload_id !== uploadId) return undefined;
  const received = cause.data;
  const { channel, request_id: requestId } = received;
  if (channel === 'http' || channel === 'cli') return { received, requestId, via: channel };
  const { said, topic } = saidIn(requestId);
  return topic === uploadsTopic ? { received, requestId: said, via: 'announced' } : undefined;
}
