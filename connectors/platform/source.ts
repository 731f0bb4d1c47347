/** Takes reports that the platform announces: each link is fetched and becomes an upload, once. */
import { BadInput, codeOf, messageOf, Retryable, Terminal } from '../../streams/runtime/errors.ts';
import type { Emission, FirstSeen, LogRecord, Source, UploadIntake } from '../../streams/runtime/ports.ts';
import { readAnnouncement } from './announcement.ts';
import type { Announcement } from './announcement.ts';
import { fetchFile } from './fetching.ts';
import { allowedHosts } from './hosts.ts';
import type { AllowedHosts } from './hosts.ts';
import type { PlatformSettings } from './settings.ts';

/** Id of the unit. */
export const PLATFORM = 'platform';

/** What it needs. */
export interface PlatformDeps {
  readonly settings: PlatformSettings;
  readonly uploads: UploadIntake;
  readonly now: () => number;
}

/** A batch is taken again as a whole when a file cannot be fetched now. */
const BATCH = 10;

/** The unit. It emits nothing itself: an accepted upload is an event already. */
export function platformSource(deps: PlatformDeps): Source {
  const hosts = allowedHosts(deps.settings.allowedHosts);
  return {
    id: PLATFORM,
    version: 1,
    about: 'Fetches the reports that the platform announces.',
    from: [deps.settings.eventsTopic],
    maxRecords: BATCH,
    headers: saidOf,
    take: (record, first) => take(deps, hosts, record, first),
  };
}

/** All files are tried; what fails for good is told together, after the others are in. */
async function* take(
  deps: PlatformDeps,
  hosts: AllowedHosts,
  record: LogRecord,
  first: FirstSeen,
): AsyncGenerator<Emission> {
  const announced = readAnnouncement(record.value);
  const failed: { n: number; code: string; message: string }[] = [];
  for (const [n, link] of announced.files.entries()) {
    try {
      await accept(deps, hosts, announced, link, requestIdOf(announced, first, n));
    } catch (error) {
      if (error instanceof Retryable && !givenUp(deps, record, error)) throw error;
      if (!(error instanceof Retryable || error instanceof Terminal || error instanceof BadInput))
        throw error;
      failed.push({ n, code: codeOf(error), message: messageOf(error) });
    }
  }
  if (failed.length === 0) return;
  const files = failed.map(({ n, code, message }) => `file ${n}: ${code}: ${message}`);
  throw new Terminal({
    code: failed[0]!.code,
    message: `${failed.length} of ${announced.files.length} files could not be taken: ${files.slice(0, 10).join('; ')}`,
    coordinates: { ...first, file: failed[0]!.n },
  });
}

/** Only the link's own host can be waited for in vain; our store and log come back. */
function givenUp({ settings, now }: PlatformDeps, record: LogRecord, error: Retryable): boolean {
  return error.code === 'FETCH_AWAY' && now() - record.timestamp > settings.patienceMs;
}

async function accept(
  { settings, uploads }: PlatformDeps,
  hosts: AllowedHosts,
  { org, account, sourceId, clusterId, clusterAlias }: Announcement,
  link: string,
  requestId: string,
): Promise<void> {
  const { mediaType, bytes } = await fetchFile(link, hosts, settings);
  try {
    await uploads.accept({
      ...{ org, account, requestId, sourceId, clusterId, clusterAlias, mediaType, bytes },
      filename: nameOf(link),
      channel: 'kafka',
      maxBytes: settings.maxFileBytes,
    });
  } catch (error) {
    // It was taken before a crash, and what the link leads to has changed since.
    if (codeOf(error) !== 'REQUEST_ID_REUSED') throw error;
  }
}

/** The same for the same file of the same record, whenever it is taken: a repeat has no effect. */
function requestIdOf(
  { requestId }: Announcement,
  { topic, partition, offset }: FirstSeen,
  n: number,
): string {
  return `${requestId}/${topic}/${partition}/${offset}/${n}`;
}

function nameOf(link: string): string {
  const last = new URL(link).pathname.split('/').at(-1)!;
  const name = last === '' ? 'report.csv' : decoded(last);
  return name.replaceAll(/\p{C}/gu, '').slice(-255);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function saidOf({ value }: LogRecord): Record<string, string> {
  try {
    const { org, requestId } = readAnnouncement(value);
    return { org: printable(org), 'request-id': printable(requestId) };
  } catch {
    return {};
  }
}

/** Headers are printable ASCII; the rest is percent-encoded. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (c) => encodeURIComponent(c));
}
