/** Performance profiles of an organisation: those that were registered, and the one that is known from the start. */
import { ROS_PROFILE, rosProfile } from '../../../../../projections/recommendation/kruize/profile.ts';
import type { Profile } from '../../../../../projections/recommendation/kruize/profile.ts';
import type { Filter } from '../../../../../projections/runtime/ports.ts';
import type { HttpDeps } from '../../../deps.ts';

/** Profiles of one answer. */
const MAX_PROFILES = 1_000;

/** All profiles, by name; with `name` only that one. */
export async function knownProfiles(deps: HttpDeps, org: string, name?: string): Promise<Profile[]> {
  const where: Filter[] = name === undefined ? [] : [{ column: 'name', op: 'eq', value: name }];
  const rows = await deps.readModels.select({
    table: 'performance_profiles',
    org,
    where,
    limit: MAX_PROFILES,
  });
  const stored = rows.filter((row) => row['removed'] !== true).map((row) => row['document'] as Profile);
  const ros = rows.some((row) => row['name'] === ROS_PROFILE) || (name ?? ROS_PROFILE) !== ROS_PROFILE;
  return ros ? stored : [rosProfile, ...stored];
}

/** The profile of this name; undefined when there is none. */
export async function findProfile(deps: HttpDeps, org: string, name: string): Promise<Profile | undefined> {
  return (await knownProfiles(deps, org, name))[0];
}
