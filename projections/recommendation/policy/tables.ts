/** Tables of the projection of policies. */
import { c, table } from '../../runtime/table.ts';

const scope = {
  scope: c.text('What it is for, as cluster/namespace/workload; * is any.'),
  cluster_id: c.text.nullable('Cluster that it is for; null: every one.'),
  namespace: c.text.nullable('Namespace that it is for; null: every one.'),
  workload: c.text.nullable('Workload that it is for; null: every one.'),
};
const org_id = c.text('Organisation that owns the data.');

/** Policies, how often they changed, and answers to wishes about them. */
export const policyTables = {
  engine_policies: table({
    comment:
      'One row per scope that an organisation has set a policy for: which engine decides there, and how.',
    key: ['org_id', 'scope'],
    columns: {
      org_id,
      ...scope,
      policy: c.json('What it says; what is left out is left to wider scopes.'),
      sequence: c.int4('Sequence with which it was set.'),
      set_at: c.timestamptz.arrival('When it was set.'),
    },
  }),
  engine_policy_changes: table({
    comment: 'One row per organisation: how often its policies changed, and how many there are.',
    key: ['org_id'],
    columns: {
      org_id,
      sequence: c.int4('Changes so far.'),
      policies: c.int4('Policies that there are.'),
    },
  }),
  engine_policy_answers: table({
    comment: 'What became of each wish about a policy.',
    key: ['request_id'],
    columns: {
      request_id: c.text.arrival('Event id of the wish.'),
      org_id,
      ...scope,
      http_status: c.int4('200, or why not as a status.'),
      code: c.text.nullable('Why not, as a stable code.'),
      message: c.text.nullable('Why not, for people.'),
      sequence: c.int4.nullable('Change that it was.'),
      partitions: c.int4('Partitions that have to take it in before it is in force everywhere.'),
      decided_at: c.timestamptz.arrival('When it was decided.'),
    },
  }),
};
