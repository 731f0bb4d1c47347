import { CreateBucketCommand, HeadBucketCommand, type BucketLocationConstraint } from '@aws-sdk/client-s3';
import { BadInput } from '../../streams/runtime/errors.ts';
import { StoreFault, bucketStep } from './s3-errors.ts';
import type { Store } from './s3-store.ts';

/** Resolves when the bucket is there and ours to use; a missing one is BadInput BUCKET_MISSING. */
export async function checkBucket(store: Store): Promise<void> {
  const command = new HeadBucketCommand({ Bucket: store.bucket });
  try {
    await store.ask((options) => store.client.send(command, options));
  } catch (error) {
    if (!(error instanceof StoreFault && error.kind === 'not-found')) throw error;
    throw new BadInput({
      code: 'BUCKET_MISSING',
      message: bucketStep(store.bucket),
      coordinates: { bucket: store.bucket },
    });
  }
}

/** Makes the bucket. @returns false when it is there already and ours to use. */
export async function makeBucket(store: Store): Promise<boolean> {
  const { region, endpoint } = store.settings;
  const abroad = endpoint === undefined && region !== 'us-east-1';
  const command = new CreateBucketCommand({
    Bucket: store.bucket,
    ...(abroad
      ? { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }
      : {}),
  });
  try {
    await store.ask((options) => store.client.send(command, options));
    return true;
  } catch (error) {
    if (!(error instanceof StoreFault && error.kind === 'taken')) throw error;
    await checkBucket(store); // taken by somebody else: denied
    return false;
  }
}
