import { describe, expect, it } from 'vitest';
import enginePolicies from '../../../../projections/recommendation/engine-policies.projection.ts';
import { Decider } from '../../../support/decider.ts';

const tables = ['engine_policies', 'engine_policy_changes', 'engine_policy_answers'] as const;
const any = { cluster_id: null, namespace: null, workload: null };
const wish = (policy: string | null, scope: object = {}, org_id = 'org-a') => ({
  ...{ org_id, ...any, ...scope, policy },
});
const refused = (code: string) => ({ type: 'EnginePolicyRefused', data: { code } });

/** Asks, and says the answer and what the partition was told. */
async function asked(decider: Decider, ...wished: Parameters<typeof wish>) {
  decider.send('EnginePolicyRequested', wish(...wished));
  return decider.run();
}

describe('wishes about policies', () => {
  it('are answered once each, and every change is told as a whole', async () => {
    const decider = await Decider.of(enginePolicies);
    expect(await asked(decider, '{"engine":"vpa"}')).toMatchObject([
      { type: 'EnginePolicySet', data: { policy: '{"engine":"vpa"}', sequence: 1, partitions: 1 } },
    ]);
    await asked(decider, ' { "decide": "daily" } ', { namespace: 'shop' });
    await asked(decider, '{"engine":"krr"}');
    const told = await decider.told('policies-in-force');
    expect(told.map(({ data }) => data)).toEqual([
      { org_id: 'org-a', sequence: 1, policies: [{ ...any, policy: '{"engine":"vpa"}', sequence: 1 }] },
      {
        org_id: 'org-a',
        sequence: 2,
        policies: [
          { ...any, policy: '{"engine":"vpa"}', sequence: 1 },
          { ...any, namespace: 'shop', policy: '{"decide":"daily"}', sequence: 2 },
        ],
      },
      {
        org_id: 'org-a',
        sequence: 3,
        policies: [
          { ...any, policy: '{"engine":"krr"}', sequence: 3 },
          { ...any, namespace: 'shop', policy: '{"decide":"daily"}', sequence: 2 },
        ],
      },
    ]);
    expect(await decider.replayed(...tables)).toEqual(decider.rows(...tables));
  });

  it('to remove leave wider policies, and what is not there cannot be removed', async () => {
    const decider = await Decider.of(enginePolicies);
    await asked(decider, '{"engine":"vpa"}');
    expect(await asked(decider, null, { namespace: 'shop' })).toMatchObject([refused('POLICY_NOT_FOUND')]);
    await asked(decider, '{"engine":"krr"}', { namespace: 'shop' });
    expect(await asked(decider, null, { namespace: 'shop' })).toMatchObject([
      { type: 'EnginePolicyRemoved', data: { sequence: 3 } },
    ]);
    expect(decider.rows('engine_policies')[0]).toMatchObject([{ scope: '*/*/*' }]);
    expect(await decider.replayed(...tables)).toEqual(decider.rows(...tables));
  });

  it.each([
    ['{"engine":"bogus"}', {}, 'UNKNOWN_ENGINE'],
    ['{', {}, 'BAD_POLICY'],
    ['{"engine":"vpa"}', { namespace: '*' }, 'BAD_SCOPE'],
    ['{"engine":"vpa"}', { workload: 'web' }, 'BAD_SCOPE'],
    [null, { namespace: 'x'.repeat(300) }, 'BAD_SCOPE'],
  ])('%s for %j is refused with %s, and nobody is told', async (policy, scope, code) => {
    const decider = await Decider.of(enginePolicies);
    expect(await asked(decider, policy, scope)).toMatchObject([refused(code)]);
    expect(await decider.told('policies-in-force')).toEqual([]);
    expect(decider.rows('engine_policies', 'engine_policy_answers')).toMatchObject([[], [{ code }]]);
  });

  it('are bounded per organisation, and one organisation has no say in another', async () => {
    const decider = await Decider.of(enginePolicies);
    for (let i = 0; i < 100; i++)
      decider.send('EnginePolicyRequested', wish('{"engine":"vpa"}', { namespace: `n${i}` }));
    await decider.run();
    expect(await asked(decider, '{"engine":"vpa"}', { namespace: 'one-more' })).toMatchObject([
      refused('TOO_MANY_POLICIES'),
    ]);
    expect(await asked(decider, '{"engine":"krr"}', { namespace: 'n7' })).toMatchObject([
      { type: 'EnginePolicySet' },
    ]);
    expect(await asked(decider, '{"engine":"vpa"}', {}, 'org-b')).toMatchObject([
      { data: { org_id: 'org-b', sequence: 1 } },
    ]);
    expect(await asked(decider, null, { namespace: 'n7' }, 'org-b')).toMatchObject([
      refused('POLICY_NOT_FOUND'),
    ]);
    expect((await decider.told('policies-in-force')).at(-1)!.data).toMatchObject({
      org_id: 'org-b',
      policies: [any],
    });
  });

  it('that come twice, or in other batches, have one effect', async () => {
    const [one, two] = [await Decider.of(enginePolicies), await Decider.of(enginePolicies)];
    for (const decider of [one, two])
      for (const policy of ['{"engine":"vpa"}', '{"engine":"krr"}', null])
        decider.send('EnginePolicyRequested', wish(policy), decider === two ? 2 : 1);
    await one.run();
    await two.run(1);
    expect(two.rows('engine_policies', 'engine_policy_changes')).toEqual(
      one.rows('engine_policies', 'engine_policy_changes'),
    );
    expect(await two.told('policies-in-force')).toEqual(await one.told('policies-in-force'));
  });
});
