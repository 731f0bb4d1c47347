/** Accounts of an S3 server of a test, and what is done with them before a test starts. */
import { CreateBucketCommand, DeleteBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Access } from './servers.ts';

/** The account that may do everything. */
export const S3_KEYS = {
  region: 'us-east-1',
  accessKeyId: 'test-access',
  secretAccessKey: 'test-secret',
} as const;

/** SeaweedFS's file of accounts: one that may do everything, and anybody, who may read these buckets. */
export function identities(publicBuckets: readonly string[]): string {
  const { accessKeyId, secretAccessKey } = S3_KEYS;
  const owner = {
    name: 'test',
    credentials: [{ accessKey: accessKeyId, secretKey: secretAccessKey }],
    actions: ['Admin', 'Read', 'List', 'Tagging', 'Write'],
  };
  const anybody = { name: 'anonymous', actions: publicBuckets.map((bucket) => `Read:${bucket}`) };
  return JSON.stringify({ identities: publicBuckets.length === 0 ? [owner] : [owner, anybody] });
}

/** A client that fails at once instead of trying again. Destroy it. */
export function s3Client({ endpoint, region, accessKeyId, secretAccessKey }: S3Access): S3Client {
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
}

/** Makes an empty bucket. */
export async function createBucket(access: S3Access, name: string): Promise<void> {
  const client = s3Client(access);
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  } finally {
    client.destroy();
  }
}

/** Whether the server stores an object: it answers long before it can. */
export async function takesObjects(access: S3Access): Promise<boolean> {
  const client = s3Client(access);
  const Bucket = 'is-it-ready';
  try {
    await client.send(new CreateBucketCommand({ Bucket }));
    await client.send(new PutObjectCommand({ Bucket, Key: 'yes', Body: 'yes' }));
    await client.send(new DeleteBucketCommand({ Bucket }));
    return true;
  } finally {
    client.destroy();
  }
}

/** Stores an object. */
export async function putObject(
  access: S3Access,
  bucket: string,
  key: string,
  body: Buffer | string,
): Promise<void> {
  const client = s3Client(access);
  try {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  } finally {
    client.destroy();
  }
}
