/** What reads topics that others fill, and what they are told, by profile. */
import type { Source, UploadIntake } from '../../streams/runtime/ports.ts';
import { uploadAnnouncement } from '../platform/announcing.ts';
import { platformSource } from '../platform/source.ts';
import type { UploadDeps } from '../postgres/uploads.ts';
import { jsonIntake } from './json-intake.ts';
import type { Profile } from './profile.ts';

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
  const settings = profile.kind === 'kafka' ? profile.platform : undefined;
  return settings?.consume === true ? [json, platformSource({ ...deps, settings })] : [json];
}

/** What the platform is told of uploads over HTTP. */
export function alsoTell(profile: Profile): NonNullable<UploadDeps['alsoTell']> {
  const settings = profile.kind === 'kafka' ? profile.platform : undefined;
  if (settings?.announce !== true) return () => [];
  return ({ org, account, mediaType, channel }, accepted) =>
    channel === 'http'
      ? [uploadAnnouncement(settings.sourcesTopic, { ...accepted, org, account, mediaType })]
      : [];
}
