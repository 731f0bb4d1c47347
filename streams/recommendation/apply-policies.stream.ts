import { topics } from '../../schemas/topics.ts';
import { defineStream } from '../runtime/define.ts';

/** Asks for the next part while a changed policy is applied: parts of other organisations and usage come in between. */
export default defineStream({
  id: 'apply-policies',
  version: 1,
  about: 'Asks, while a changed policy is applied part by part, for the next part.',
  from: [topics.policiesInForce],
  to: [topics.policiesInForce],
  on: {
    *PoliciesApplied({ org_id, sequence, up_to }, _tools, { key }) {
      if (up_to === null || key === null) return;
      const data = { org_id, sequence, after: up_to };
      yield { topic: topics.policiesInForce, key, type: 'PoliciesApplicationDue', data };
    },
  },
});
