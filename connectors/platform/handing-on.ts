/** Announces uploads, and the reports in them, with links from which others fetch them. */
import type { UploadedFile, UploadOpened, UploadReceived } from '../../schemas/generated/events.ts';
import { recordKey } from '../../schemas/keys.ts';
import { Terminal } from '../../streams/runtime/errors.ts';
import type { Archives, Blobs, NewRecord } from '../../streams/runtime/ports.ts';
import { identityText, uploadAnnouncement } from './announcing.ts';
import type { KnownUpload } from './request-ids.ts';
import type { PlatformSettings } from './settings.ts';

/** Links to blobs. */
export interface BlobLinks {
  /** Anybody can GET the blob there for so many seconds; as a download of that name. */
  presignedGet(org: string, digest: string, seconds: number, filename?: string): Promise<string>;
  /** The key of its object. */
  keyOf(org: string, digest: string): string;
}

/** What it needs. */
export interface HandingOnDeps {
  readonly settings: PlatformSettings;
  readonly blobs: Blobs;
  readonly archives: Archives;
  readonly links: BlobLinks;
}

/** Reports of one message: with their links it is some 200 kB. */
const MAX_FILES = 200;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What the upload service says of a payload, with its link, as a record of `topic`. */
export async function linkedAnnouncement(
  topic: string,
  received: UploadReceived,
  { links, settings }: HandingOnDeps,
): Promise<NewRecord> {
  const { upload_id, request_id, org_id, account, media_type, size, digest, received_at } = received;
  const url = await links.presignedGet(org_id, digest, settings.linkSeconds);
  const upload = { uploadId: upload_id, requestId: request_id, org: org_id, account, size, at: received_at };
  return uploadAnnouncement(topic, { ...upload, mediaType: media_type }, url);
}

/**
 * What the listener of cost management says of the reports in an upload, as records of `topic`: none when it has no report, several
 * when it has very many. Each report is an object of its own first. A cluster without UUID, which the processor of ROS passes over:
 * Terminal CLUSTER_WITHOUT_UUID.
 */
export async function* reportAnnouncements(
  topic: string,
  opened: UploadOpened,
  { received, requestId }: KnownUpload,
  at: number,
  deps: HandingOnDeps,
): AsyncGenerator<NewRecord> {
  const reports = opened.files.filter(({ code, kind }) => code === null && kind !== 'other');
  if (reports.length === 0) return;
  const { org_id: org, cluster_id: cluster, manifest } = opened;
  if (!uuid.test(cluster)) {
    throw new Terminal({
      code: 'CLUSTER_WITHOUT_UUID',
      message: `the reports of upload ${opened.upload_id} are not announced: the processor of ROS knows clusters by UUID, and this one is ${JSON.stringify(cluster.slice(0, 100))}`,
    });
  }
  await storeReports(opened, reports, deps);
  const source = opened.source_id ?? '';
  const said = {
    request_id: requestId,
    b64_identity: identityText(org, received.account),
    metadata: {
      ...{ account: received.account ?? 'no_account', org_id: org, source_id: source, provider_uuid: source },
      ...{ cluster_uuid: cluster, operator_version: manifest?.version ?? '' },
      cluster_alias: opened.cluster_alias ?? cluster,
    },
  };
  for (let n = 0; n < reports.length; n += MAX_FILES) {
    const part = reports.slice(n, n + MAX_FILES);
    const files = await Promise.all(part.map((file) => linkTo(org, file, deps)));
    const message = { ...said, files, object_keys: part.map(({ digest }) => deps.links.keyOf(org, digest)) };
    yield {
      topic,
      key: recordKey(org),
      value: Buffer.from(JSON.stringify(message)),
      headers: { 'event-id': `${opened.upload_id}/reports/${n}` },
      timestamp: at,
    };
  }
}

/** The processor tells the kind of a report by the word `namespace` anywhere in its link. */
function linkTo(
  org: string,
  { digest, kind }: UploadedFile,
  { links, settings }: HandingOnDeps,
): Promise<string> {
  const name = kind === 'namespace' ? 'ros-openshift-namespace.csv' : 'ros-openshift-container.csv';
  return links.presignedGet(org, digest, settings.linkSeconds, name);
}

/** Under their own digests; a bare CSV is one already. The archive is read through once more, whatever is in it. */
async function storeReports(
  { org_id: org, digest: blob, format }: UploadOpened,
  reports: readonly UploadedFile[],
  { archives, blobs }: HandingOnDeps,
): Promise<void> {
  if (format === 'csv') return;
  if (format === 'gzip') {
    await blobs.put(org, archives.file({ org, blob, format, member: null }), reports[0]!.size);
    return;
  }
  const sizes = new Map(reports.map(({ member, size }) => [member, size]));
  for await (const { position, bytes } of archives.members(org, blob)) {
    const size = sizes.get(position);
    if (size !== undefined) await blobs.put(org, bytes, size);
    // The next member comes only when this one is through.
    else for await (const part of bytes) void part;
  }
}
