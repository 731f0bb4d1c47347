import { beforeEach, describe, expect, it } from 'vitest';
import { ROS_PROFILE, rosProfile } from '../../../../projections/recommendation/kruize/profile.ts';
import projection from '../../../../projections/recommendation/performance-profiles.projection.ts';
import { Decider } from '../../../support/decider.ts';

let profiles: Decider;
beforeEach(async () => {
  profiles = await Decider.of(projection);
});

const wish = (
  name: string,
  version: number,
  update = false,
  variables = rosProfile.slo.function_variables,
) => ({
  ...{ org_id: 'acme', name, profile_version: version, update },
  document: JSON.stringify({
    ...rosProfile,
    name,
    profile_version: version,
    slo: { ...rosProfile.slo, function_variables: variables },
  }),
});
const removal = (name: string, experiments = 0) => ({ org_id: 'acme', name, experiments });
const said = async (...args: Parameters<Decider['when']>): Promise<unknown> => {
  const { type, data } = await profiles.when(...args);
  return data['code'] ?? type;
};

describe('a performance profile', () => {
  it('is registered once per name', async () => {
    expect(await said('PerformanceProfileRequested', wish('mine', 1))).toBe('PerformanceProfileRegistered');
    expect(await said('PerformanceProfileRequested', wish('mine', 1))).toBe('PROFILE_EXISTS');
    expect(await said('PerformanceProfileRequested', wish('mine', 2))).toBe('PROFILE_VERSION_DIFFERS');
  });

  it('that ROS uses is known from the start', async () => {
    expect(await said('PerformanceProfileRequested', wish(ROS_PROFILE, 2))).toBe('PROFILE_EXISTS');
    expect(await said('PerformanceProfileRequested', wish(ROS_PROFILE, 3, true))).toBe(
      'PerformanceProfileRegistered',
    );
    expect(await said('PerformanceProfileRemovalRequested', removal(ROS_PROFILE))).toBe(
      'PerformanceProfileRemoved',
    );
    expect(await said('PerformanceProfileRemovalRequested', removal(ROS_PROFILE))).toBe('PROFILE_NOT_FOUND');
    expect(await said('PerformanceProfileRequested', wish(ROS_PROFILE, 1))).toBe(
      'PerformanceProfileRegistered',
    );
  });

  it('gets a new version that measures all that the old one did', async () => {
    expect(await said('PerformanceProfileRequested', wish('mine', 1, true))).toBe('PROFILE_NOT_FOUND');
    await said('PerformanceProfileRequested', wish('mine', 1));
    expect(await said('PerformanceProfileRequested', wish('mine', 1, true))).toBe('PROFILE_VERSION_EXISTS');
    const fewer = rosProfile.slo.function_variables.slice(1);
    expect(await said('PerformanceProfileRequested', wish('mine', 2, true, fewer))).toBe(
      'PROFILE_NOT_SUPERSET',
    );
    expect(await said('PerformanceProfileRequested', wish('mine', 2, true))).toBe(
      'PerformanceProfileRegistered',
    );
  });

  it('stays while experiments use it', async () => {
    await said('PerformanceProfileRequested', wish('mine', 1));
    expect(await said('PerformanceProfileRemovalRequested', removal('mine', 2))).toBe('PROFILE_IN_USE');
    expect(await said('PerformanceProfileRemovalRequested', removal('mine'))).toBe(
      'PerformanceProfileRemoved',
    );
    expect(profiles.rows('performance_profiles')).toEqual([[]]);
  });

  it('is the same after a replay', async () => {
    await said('PerformanceProfileRequested', wish('mine', 1));
    await said('PerformanceProfileRequested', wish('mine', 2, true));
    await said('PerformanceProfileRemovalRequested', removal(ROS_PROFILE));
    const tables = ['performance_profiles', 'performance_profile_answers'];
    expect(await profiles.replayed(...tables)).toEqual(profiles.rows(...tables));
  });
});
