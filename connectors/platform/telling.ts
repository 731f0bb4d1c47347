/** Tells the platform, on its own topics, what became of uploads and results: each topic its own setting, none unless set. */
import { topics } from '../../schemas/topics.ts';
import type { Said, Sink, TypedEvent } from '../../streams/runtime/ports.ts';
import { confirmation } from './confirming.ts';
import { saidIn } from './request-ids.ts';
import type { KnownUpload } from './request-ids.ts';
import type { PlatformSettings } from './settings.ts';
import { wishFor } from './wishing.ts';

/** Id of the unit. */
export const PLATFORM_OUT = 'platform-out';

/** What it needs. */
export interface TellingDeps {
  readonly settings: PlatformSettings;
  /** Id of the projection that stores usage: experiments are named once their results are in. */
  readonly usageStore: string;
}

/** Has it something to say? */
export function tells({ validationOut, wishesOut }: PlatformSettings): boolean {
  return validationOut !== undefined || wishesOut !== undefined;
}

/** The unit. */
export function platformSink(deps: TellingDeps): Sink {
  const { validationOut, wishesOut } = deps.settings;
  const ofUploads = validationOut !== undefined;
  return {
    id: PLATFORM_OUT,
    version: 1,
    about: 'Tells the platform what became of uploads and results.',
    from: [...(ofUploads ? [topics.intake] : []), ...(wishesOut === undefined ? [] : [topics.usage])],
    after: { [topics.usage]: deps.usageStore },
    types: new Set([
      'UploadOpened',
      'UploadRefused',
      'ContainerUsageReported',
      'NamespaceUsageReported',
    ] as const),
    async *take(event, meta, cause): AsyncGenerator<Said> {
      switch (event.type) {
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
function* ofUpload(
  { settings }: TellingDeps,
  event: TypedEvent & { readonly type: 'UploadOpened' | 'UploadRefused' },
  upload: KnownUpload,
  at: number,
): Generator<Said> {
  const { validationOut } = settings;
  if (validationOut !== undefined) yield { record: confirmation(validationOut, event, upload, at) };
}

/** Uploads over HTTP, and payloads that the upload service announced: those of others are not ours to speak of. */
function knownUpload(
  { uploadsTopic }: PlatformSettings,
  uploadId: string,
  cause: TypedEvent | undefined,
): KnownUpload | undefined {
  if (cause?.type !== 'UploadReceived' || cause.data.upload_id !== uploadId) return undefined;
  const received = cause.data;
  if (received.channel === 'http') return { received, requestId: received.request_id };
  const { said, topic } = saidIn(received.request_id);
  return received.channel === 'kafka' && topic === uploadsTopic ? { received, requestId: said } : undefined;
}
