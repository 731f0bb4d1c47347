import { S3Client } from '@aws-sdk/client-s3';
import { inTime, patience, type Patience, type RetryBounds } from './s3-patience.ts';
import type { S3Settings } from './s3-settings.ts';
import { slots } from './slots.ts';

/** Where one object is. */
export interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** What a call hands to the SDK, beside its command. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

/** A bucket, and how it is asked: bounded, and again after passing faults. */
export interface Store {
  readonly client: S3Client;
  readonly settings: S3Settings;
  readonly bucket: string;
  /** `<prefix><org>/<aa>/<sha256>`, where `<aa>` is how the digest begins. `org` is encoded already. */
  place(org: string, digest: string): Place;
  /** Counts failures within the bounds of the settings. */
  patience(): Patience;
  /** One request, tried again within the bounds; throws {@link StoreFault}. */
  ask<T>(call: (options: SendOptions) => Promise<T>, options?: AskOptions): Promise<T>;
  /** One try; throws what the SDK throws, or a fault when no answer comes in time. */
  once<T>(call: (options: SendOptions) => Promise<T>): Promise<T>;
  /** Runs work that holds one part in memory when there is room for it. */
  withPart<T>(work: () => Promise<T>): Promise<T>;
  /** Fires when the store is closed. */
  readonly closing: AbortSignal;
  close(): void;
}

/** What one request may have of its own. */
export interface AskOptions {
  readonly bounds?: Partial<RetryBounds>;
  /** Ends trying before the bounds do. */
  readonly stop?: AbortSignal;
}

/** Opens a client for the bucket of the settings; nothing is asked yet. */
export function openStore(settings: S3Settings): Store {
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = settings;
  const closing = new AbortController();
  const agent = { keepAlive: true, maxSockets: 256 };
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
    forcePathStyle: settings.forcePathStyle ?? endpoint !== undefined,
    maxAttempts: 1, // patience() is the one place that tries again
    requestHandler: {
      connectionTimeout: settings.connectMs,
      socketTimeout: 0, // a reader may take its time between two chunks; waiting for bytes has its own bound
      httpAgent: agent,
      httpsAgent: agent,
    },
    // Bodies carry a sha256 that we give; other stores trip over the SDK's default checksums, above all in signed addresses.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

  return {
    client,
    settings,
    bucket,
    place: (org, digest) => ({
      Bucket: bucket,
      Key: `${settings.prefix}${org}/${digest.slice(0, 2)}/${digest}`,
    }),
    patience: () => patience(settings, closing.signal),
    async ask(call, { bounds, stop = closing.signal } = {}) {
      const tries = patience({ ...settings, ...bounds }, stop);
      for (;;) {
        try {
          return await inTime(settings.requestMs, stop, (abortSignal) => call({ abortSignal }));
        } catch (error) {
          await tries.failed(error);
        }
      }
    },
    once: (call) => inTime(settings.requestMs, closing.signal, (abortSignal) => call({ abortSignal })),
    withPart: slots(settings.partsInFlight),
    closing: closing.signal,
    close() {
      closing.abort();
      client.destroy();
    },
  };
}
