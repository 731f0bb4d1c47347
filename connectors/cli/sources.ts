/** What reads topics that others fill, and what they are told, by profile. */
import recommendations from '../../projections/recommendation/recommendations.projection.ts';
import type { Archives, Blobs, Sink, Source, UploadIntake } from '../../streams/runtime/ports.ts';
import { uploadAnnouncement, uploadStatuses } from '../platform/announcing.ts';
import type { BlobLinks } from '../platform/handing-on.ts';
import { platformSource } from '../platform/source.ts';
import { platformSink, tells } from '../platform/telling.ts';
import type { UploadDeps } from '../postgres/uploads.ts';
import { jsonIntake } from './json-intake.ts';
import type { KafkaProfile, Profile } from './profile.ts';

/** The sources of a profile. */
export function sourcesOf(
  profile: Profile,
  deps: {
    readonly topicOf: ReadonlyMap<string, string>;
    readonly uploads: UploadIntake;
    readonly now: () => number;
  },
): readonly Source[] {
  const json = jsonIntake(deps.topicOf);
  if (profile.kind !== 'kafka') return [json];
  const { platform: settings, s3 } = profile;
  if (settings === undefined) return [json];
  const { consume, takeUploads, takeDestroyed, takeWishes } = settings;
  if (!(consume || takeUploads || takeDestroyed || takeWishes)) return [json];
  const sign = settings.bucket === undefined ? {} : { sign: signer(s3, settings.bucket) };
  return [json, platformSource({ ...deps, settings, ...sign })];
}

/** The sinks of a profile. */
export function sinksOf(
  profile: Profile,
  deps: { readonly blobs: Blobs; readonly archives: Archives; readonly links: BlobLinks | undefined },
): readonly Sink[] {
  const settings = profile.kind === 'kafka' ? profile.platform : undefined;
  const { links } = deps;
  if (settings === undefined || links === undefined || !tells(settings)) return [];
  return [platformSink({ ...deps, links, settings, usageStore: recommendations.id })];
}

/** Links to the platform's bucket, with the credentials of our store; its client is large and loaded when it is needed. */
function signer(s3: KafkaProfile['s3'], bucket: string): (key: string) => Promise<string> {
  let made: Promise<(key: string) => Promise<string>> | undefined;
  return async (key) => {
    made ??= import('../blobs/s3-sign.ts').then(({ objectSigner }) => objectSigner(s3, bucket));
    return (await made)(key);
  };
}

/** What the platform is told of uploads over HTTP. */
export function alsoTell(profile: Profile): NonNullable<UploadDeps['alsoTell']> {
  const settings = profile.kind === 'kafka' ? profile.platform : undefined;
  if (settings === undefined) return () => [];
  const { announce, sourcesTopic, tellStatus, statusTopic } = settings;
  return ({ org, account, mediaType, channel }, accepted) => {
    if (channel !== 'http') return [];
    const upload = { ...accepted, org, account, mediaType };
    return [
      ...(announce ? [uploadAnnouncement(sourcesTopic, upload)] : []),
      ...(tellStatus ? uploadStatuses(statusTopic, upload) : []),
    ];
  };
}
