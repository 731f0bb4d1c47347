/** Takes reports that the platform announces: each link is fetched and becomes an upload, once. */
import { BadInput, codeOf, messageOf, Retryable, Terminal } from '../../streams/runtime/errors.ts';
import type { Emission, FirstSeen, LogRecord, Source, UploadIntake } from '../../streams/runtime/ports.ts';
import { applicationType } from './application-type.ts';
import { readAnnouncement, readUploadAnnouncement } from './announcement.ts';
import type { Announcement } from './announcement.ts';
import { fetchFile } from './fetching.ts';
import type { FetchedFile, Resolve } from './fetching.ts';
import { allowedHosts } from './hosts.ts';
import type { AllowedHosts } from './hosts.ts';
import { requestIdOf } from './request-ids.ts';
import type { PlatformSettings } from './settings.ts';
import { destroyedEvent, readDestroyed } from './sources-event.ts';
import { readWish, wishEvent } from './wish.ts';

/** Id of the unit. */
export const PLATFORM = 'platform';

/** What it needs. */
export interface PlatformDeps {
  readonly settings: PlatformSettings;
  readonly uploads: UploadIntake;
  readonly now: () => number;
  /** A link to an object of the platform's bucket that is good for now; absent: keys are not used. */
  readonly sign?: (key: string) => Promise<string>;
  /** As of node:dns when absent. */
  readonly resolve?: Resolve;
}

/** A batch is taken again as a whole when a file cannot be fetched now. */
const BATCH = 10;

/** The unit. Of reports it emits nothing itself: an accepted upload is an event already. */
export function platformSource(deps: PlatformDeps): Source {
  const ours = applicationType(deps.settings, deps.resolve);
  const hosts = allowedHosts(deps.settings.allowedHosts);
  return {
    id: PLATFORM,
    version: 1,
    about: 'Fetches the reports that the platform announces.',
    from: inputs(deps.settings),
    maxRecords: BATCH,
    headers: (record) => saidOf(deps, record),
    take(record, first) {
      if (first.topic === deps.settings.sourcesTopic) return takeDestroyed(record, ours);
      if (first.topic === deps.settings.wishesTopic) return [wishEvent(readWish(record.value))];
      return take(deps, hosts, record, first);
    },
  };
}

/** Topics that are read. */
function inputs(settings: PlatformSettings): string[] {
  const { consume, eventsTopic, takeUploads, uploadsTopic, takeDestroyed: take, sourcesTopic } = settings;
  return [
    ...(consume ? [eventsTopic] : []),
    ...(takeUploads ? [uploadsTopic] : []),
    ...(take ? [sourcesTopic] : []),
    ...(settings.takeWishes ? [settings.wishesTopic] : []),
  ];
}

/** An application of another type than ours is no concern of ours. */
async function* takeDestroyed(record: LogRecord, ours: () => Promise<string>): AsyncGenerator<Emission> {
  const application = readDestroyed(record);
  if (application === null || application.application_type_id !== (await ours())) return;
  yield destroyedEvent(application);
}

/** What a record of one of the topics announces; null: nothing for us. A redriven one is read as it was at first. */
function announcedBy({ settings }: PlatformDeps, topic: string, record: LogRecord): Announcement | null {
  return topic === settings.uploadsTopic ? readUploadAnnouncement(record) : readAnnouncement(record.value);
}

/** All files are tried; what fails for good is told together, after the others are in. */
async function* take(
  deps: PlatformDeps,
  hosts: AllowedHosts,
  record: LogRecord,
  first: FirstSeen,
): AsyncGenerator<Emission> {
  const announced = announcedBy(deps, first.topic, record);
  if (announced === null) return;
  const failed: { n: number; code: string; message: string }[] = [];
  for (const [n, link] of announced.files.entries()) {
    try {
      const file = { link, key: announced.objectKeys[n] };
      await accept(deps, hosts, announced, file, requestIdOf(announced.requestId, first, n));
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

/** A file that was announced. */
interface AnnouncedFile {
  readonly link: string;
  readonly key: string | undefined;
}

async function accept(
  deps: PlatformDeps,
  hosts: AllowedHosts,
  { org, account, belonging, mediaType: said }: Announcement,
  file: AnnouncedFile,
  requestId: string,
): Promise<void> {
  const { settings, uploads } = deps;
  const { mediaType, bytes } = await fetched(deps, hosts, file);
  try {
    await uploads.accept({
      ...{ org, account, requestId, bytes, ...belonging },
      mediaType: said ?? mediaType,
      filename: nameOf(file.link),
      channel: 'kafka',
      maxBytes: settings.maxFileBytes,
    });
  } catch (error) {
    // It was taken before a crash, and what the link leads to has changed since.
    if (codeOf(error) !== 'REQUEST_ID_REUSED') throw error;
  }
}

/** By the link; by the key of the object when the link is refused with 403, as it is once it has expired. */
async function fetched(
  { settings, sign, resolve }: PlatformDeps,
  hosts: AllowedHosts,
  { link, key }: AnnouncedFile,
): Promise<FetchedFile> {
  try {
    return await fetchFile(link, hosts, settings, resolve);
  } catch (error) {
    const expired = error instanceof Terminal && error.coordinates['status'] === 403;
    if (!expired || sign === undefined || key === undefined) throw error;
    try {
      return await fetchFile(await sign(key), hosts, settings, resolve);
    } catch (second) {
      if (!(second instanceof Terminal)) throw second;
      throw new Terminal({
        code: second.code,
        message: `${messageOf(error)}; by its key, ${messageOf(second)}`,
      });
    }
  }
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

function saidOf(deps: PlatformDeps, record: LogRecord): Record<string, string> {
  try {
    if (record.topic === deps.settings.sourcesTopic) {
      const application = readDestroyed(record);
      return application === null ? {} : { org: printable(application.tenant) };
    }
    if (record.topic === deps.settings.wishesTopic) {
      const { org, requestId } = readWish(record.value);
      return { org: printable(org), 'request-id': printable(requestId) };
    }
    const announced = announcedBy(deps, record.topic, record);
    if (announced === null) return {};
    return { org: printable(announced.org), 'request-id': printable(announced.requestId) };
  } catch {
    return {};
  }
}

/** Headers are printable ASCII; the rest is percent-encoded. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (c) => encodeURIComponent(c));
}
