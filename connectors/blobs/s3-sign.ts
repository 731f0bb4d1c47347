/** Links to objects of a bucket that is not ours. */
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { readSettings } from '../define.ts';
import { faultOf, storeError } from './s3-errors.ts';
import { s3Settings, type S3SettingsInput } from './s3-settings.ts';
import { openStore } from './s3-store.ts';

/** A link has to live only until it is followed. */
const SECONDS = 300;

/**
 * Makes links from which anybody can GET an object of `bucket` for five minutes: do not store them. Nothing is asked of the store.
 * Credentials that cannot be had: Retryable.
 */
export function objectSigner(
  input: Omit<S3SettingsInput, 'bucket' | 'stagingDir'>,
  bucket: string,
): (key: string) => Promise<string> {
  const { client } = openStore(readSettings('s3', s3Settings, { ...input, bucket, stagingDir: '-' }));
  return (Key) =>
    getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key }), { expiresIn: SECONDS }).catch(
      (error: unknown) => {
        throw storeError(faultOf(error), 'signing an address', bucket);
      },
    );
}
