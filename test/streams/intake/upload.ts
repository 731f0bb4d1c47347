import { archiveReader } from '../../../connectors/archive/reader.ts';
import type { ArchiveLimits } from '../../../connectors/archive/limits.ts';
import { memoryBlobs } from '../../../connectors/blobs/memory.ts';
import type { UploadOpened, UploadReceived, UploadRefused } from '../../../schemas/generated/events.ts';
import { containerColumns, namespaceColumns } from '../../../schemas/usage-columns.ts';
import openUploads from '../../../streams/intake/open-uploads.stream.ts';
import type { StreamTools } from '../../../streams/runtime/define.ts';
import type { Archives, Blobs, Emission, EventMeta } from '../../../streams/runtime/ports.ts';
import { tarGz, type TarMember } from '../../support/tar.ts';

/** Header line of a container report (37 columns). */
export const containerHeader = [
  'report_period_start,report_period_end,interval_start,interval_end,container_name,pod,owner_name',
  'owner_kind,workload,workload_type,namespace,image_name,node,resource_id',
  ...containerColumns.map((column) => column.name),
].join(',');

/** Header line of a namespace report (25 columns). */
export const namespaceHeader = [
  'report_period_start,report_period_end,interval_start,interval_end,namespace',
  ...namespaceColumns.map((column) => column.name),
].join(',');

/** Header line of a cost file. */
export const costHeader =
  'report_period_start,report_period_end,interval_start,interval_end,node,namespace,pod,pod_usage_cpu_core_seconds';

/** A manifest that is valid, with changes. */
export function manifest(changes: Readonly<Record<string, unknown>> = {}): TarMember {
  return {
    name: 'manifest.json',
    body: JSON.stringify({
      uuid: '795eb333-370a-4653-aa40-0f7fd911b61b',
      cluster_id: '023D9B0E-7ca6-481d-b04f-ea606becd54e',
      date: '2023-03-30T14:13:36.377076593Z',
      files: [],
      resource_optimization_files: ['ros.csv'],
      ...changes,
    }),
  };
}

/** A container report that the manifest lists. */
export const report: TarMember = { name: 'ros.csv', body: `${containerHeader}\n` };

/** The smallest archive that opens. */
export function goodArchive(): Buffer {
  return tarGz(report, manifest());
}

/** An upload of these bytes. */
export function received(digest: string, changes: Partial<UploadReceived> = {}): UploadReceived {
  return {
    upload_id: '11111111-1111-4111-8111-111111111111',
    org_id: '12345',
    request_id: 'r1',
    account: null,
    channel: 'http',
    filename: 'upload.bin',
    digest,
    size: 0,
    media_type: 'application/vnd.redhat.hccm.tar+tgz',
    source_id: null,
    cluster_id: null,
    cluster_alias: null,
    received_at: 0,
    ...changes,
  };
}

/** Bytes as a stream of one chunk, or of chunks of `size` bytes. */
export async function* streamed(bytes: Uint8Array, size = bytes.byteLength): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += size) {
    await Promise.resolve();
    yield bytes.subarray(start, start + size);
  }
}

const noReports = { open: () => Promise.reject(new Error('not needed')) };

/** Runs the stream over one event. */
export async function open(event: UploadReceived, archives: Archives): Promise<Emission[]> {
  const tools: StreamTools = { archives, reports: noReports, partitionKeys: () => Promise.resolve([]) };
  const emissions: Emission[] = [];
  const meta = {} as EventMeta; // the stream does not look at it
  for await (const emission of openUploads.on.UploadReceived!(event, tools, meta)) emissions.push(emission);
  return emissions;
}

/** What became of an upload. */
export type Outcome =
  | { readonly type: 'UploadOpened'; readonly data: UploadOpened }
  | { readonly type: 'UploadRefused'; readonly data: UploadRefused };

/** Stores bytes, opens them and returns the one answer. */
export async function openBytes(
  bytes: Uint8Array,
  options: {
    readonly blobs?: Blobs;
    readonly limits?: Partial<ArchiveLimits>;
    readonly event?: Partial<UploadReceived>;
  } = {},
): Promise<Outcome> {
  const blobs = options.blobs ?? memoryBlobs();
  const { digest } = await blobs.put('12345', streamed(bytes), 1e9);
  const archives = archiveReader({ blobs, limits: options.limits ?? {} });
  const emissions = await open(received(digest, options.event), archives);
  const [only] = emissions;
  if (emissions.length !== 1 || only === undefined) throw new Error(`${emissions.length} answers`);
  if (only.type !== 'UploadOpened' && only.type !== 'UploadRefused') throw new Error(only.type);
  if (only.topic !== 'intake' || only.key !== '12345') throw new Error('wrong place');
  return only;
}
