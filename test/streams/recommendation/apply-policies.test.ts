import { expect, it } from 'vitest';
import applyPolicies from '../../../streams/recommendation/apply-policies.stream.ts';
import type { Emission, EventMeta } from '../../../streams/runtime/ports.ts';

const on = (up_to: string | null, key: string | null = '+3') => {
  const event = { org_id: 'o', sequence: 4, up_to, compared: 10, decided: 2 };
  const handle = applyPolicies.on.PoliciesApplied!;
  return [...(handle(event, {} as never, { key } as EventMeta) as Iterable<Emission>)];
};

it('asks for the part behind the one that was applied, in the same partition', () => {
  expect(on('id-7')).toEqual([
    {
      ...{ topic: 'policies-in-force', key: '+3', type: 'PoliciesApplicationDue' },
      data: { org_id: 'o', sequence: 4, after: 'id-7' },
    },
  ]);
});

it('asks for nothing behind the last part', () => {
  expect(on(null)).toEqual([]);
});
