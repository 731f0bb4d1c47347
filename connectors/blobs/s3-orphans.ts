import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { abortUpload } from './s3-multipart.ts';
import type { Store } from './s3-store.ts';

const maxPages = 10;

/**
 * Aborts multipart uploads under our prefix that were begun at least `olderThanMs` ago: what a killed process left behind, and is paid for.
 * Younger ones may be at work. Looks at 10,000 uploads at most.
 * @returns how many were aborted; throws {@link StoreFault} when they cannot be listed.
 */
export async function sweepOrphans(store: Store, olderThanMs: number, now: number): Promise<number> {
  let aborted = 0;
  let from: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (let page = 0; page < maxPages; page++) {
    const command = new ListMultipartUploadsCommand({
      Bucket: store.bucket,
      Prefix: store.settings.prefix,
      ...from,
    });
    const found = await store.ask((options) => store.client.send(command, options));
    for (const { Key, UploadId, Initiated } of found.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined || Initiated === undefined) continue;
      if (now - Initiated.getTime() < olderThanMs) continue;
      if (await abortUpload(store, { Bucket: store.bucket, Key, UploadId })) aborted++;
    }
    if (found.IsTruncated !== true || found.NextKeyMarker === undefined) break;
    from = {
      KeyMarker: found.NextKeyMarker,
      ...(found.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: found.NextUploadIdMarker }),
    };
  }
  return aborted;
}
