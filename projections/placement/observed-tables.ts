/** Tables of what the cluster really runs: outcomes of what was applied, and what was seen of nodes, Deployments and pods. */
import { c, table } from '../runtime/table.ts';

const scope = {
  org_id: c.text('Organisation that owns the data.'),
  cluster_id: c.text('Cluster; `default` where a client names none.'),
};
/** What the key of records is made of, see schemas/keys.ts. */
const recordKey = ['org_id', 'cluster_id'] as const;

const trouble = {
  reason: c.text.nullable('Stable code of what is wrong; null: nothing.'),
  message: c.text.nullable('The same for people, with what to do next.'),
};
const seen = c.timestamptz.arrival('When this was seen first.');
const version = c.text('Version of the object.');
const follows = c.int8.nullable('Decision that it says that it follows from.');

/** Tables of outcomes and observations. */
export const observedTables = {
  objects: table({
    comment: 'One row per object that was applied to the cluster, or could not be.',
    key: ['org_id', 'cluster_id', 'object_id'],
    recordKey,
    columns: {
      ...scope,
      object_id: c.text('kind/namespace/name.'),
      kind: c.text('Kind, such as Deployment.'),
      namespace: c.text('Namespace.'),
      name: c.text('Name.'),
      service: c.text.nullable('Service that it is for.'),
      node: c.text.nullable('Node that it is for.'),
      state: c.text('applied, refused (by the cluster, for good) or failed (tried again).'),
      change: c.text.nullable('What the last success did: created, configured, put-back or adopted.'),
      decision: c.int8('Decision that the last outcome follows from.'),
      applied_decision: c.int8.nullable(
        'Decision that the object in the cluster follows from; null: none is there.',
      ),
      position: c.int8('How far of the cluster had been read at the last outcome.'),
      code: c.text.nullable('Stable code of a refusal or failure.'),
      message: c.text.nullable('The same for people.'),
      http_status: c.int4.nullable('Status that the cluster answered with.'),
      attempts: c.int4('Attempts of what fails; 0 when nothing does.'),
      drift_fields: c.json('Paths that somebody else had changed when that was found last; [] when never.'),
      drift_action: c.text.nullable('What was done about it: put-back or adopted.'),
      drift_at: c.timestamptz.nullableArrival('When it was found.'),
      at: c.timestamptz.arrival('When the last outcome was.'),
    },
  }),
  observed_nodes: table({
    comment: 'One row per node that the cluster shows or has shown; also of nodes that nobody declared.',
    key: ['org_id', 'cluster_id', 'name'],
    recordKey,
    columns: {
      ...scope,
      name: c.text('Name.'),
      uid: c.text('Identity of the object; empty when it was never there.'),
      resource_version: version,
      created_at: c.timestamptz('When the object was made.'),
      gone: c.bool('true: the cluster has no such node.'),
      ready: c.bool('Its condition Ready is true.'),
      since: c.timestamptz.arrival('When ready or gone last changed.'),
      lost: c.bool('true: it was not ready for too long, and has not been ready for long enough since.'),
      unschedulable: c.bool('true: cordoned.'),
      ...trouble,
      cpu: c.int4('Millicores that pods may take; 0: not told.'),
      memory: c.int4('MB that pods may take; 0: not told.'),
      labels: c.json('Labels.'),
      taints: c.json('Taints [{key, value, effect}].'),
      was: c.json.nullableArrival(
        'What counted for placing before the last observation; null: nothing was known.',
      ),
      at: seen,
    },
  }),
  waiting_nodes: table({
    comment:
      'One row per node whose readiness differs from what holds for placing; ticks decide when it has lasted.',
    key: ['partition', 'node_id'],
    recordKey,
    columns: {
      partition: c.int4('Partition of its cluster.'),
      node_id: c.text('Organisation, cluster and node.'),
      ...scope,
      name: c.text('Node.'),
      ready: c.bool('true: it is ready again; false: not ready.'),
      since: c.timestamptz.arrival('Since when.'),
    },
  }),
  deployments: table({
    comment: 'One row per Deployment of a service in the cluster.',
    key: ['org_id', 'cluster_id', 'uid'],
    recordKey,
    indexes: [['org_id', 'cluster_id', 'service']],
    columns: {
      ...scope,
      uid: c.text('Identity of the object.'),
      resource_version: version,
      namespace: c.text('Namespace.'),
      name: c.text('Name.'),
      service: c.text('Service.'),
      node: c.text.nullable('Node that it is for; null: the cluster chooses.'),
      replicas: c.int4('Replicas that it wants.'),
      ready: c.int4('Pods that are ready.'),
      updated: c.int4('Pods that follow its latest template.'),
      settled: c.bool('The cluster has taken note of its latest version.'),
      ...trouble,
      decision: follows,
      at: seen,
    },
  }),
  pods: table({
    comment: 'One row per pod of a service in the cluster.',
    key: ['org_id', 'cluster_id', 'uid'],
    recordKey,
    indexes: [['org_id', 'cluster_id', 'service']],
    columns: {
      ...scope,
      uid: c.text('Identity of the object.'),
      resource_version: version,
      namespace: c.text('Namespace.'),
      pod: c.text('Name.'),
      service: c.text('Service.'),
      node: c.text.nullable('Node that it is on; null: on none yet.'),
      phase: c.text('Pending, Running, Succeeded, Failed, Unknown or Terminating.'),
      ready: c.bool('Its condition Ready is true and it is not being removed.'),
      restarts: c.int4('Restarts of its containers.'),
      ...trouble,
      decision: follows,
      at: seen,
    },
  }),
  recently_gone: table({
    comment:
      'One row per cluster and kind: the last that went, so that what is told late of them changes nothing.',
    key: ['org_id', 'cluster_id', 'kind'],
    recordKey,
    columns: {
      ...scope,
      kind: c.text('objects, pods or deployments.'),
      gone: c.json('The last of them [[id, position or version]], the latest at the end.'),
    },
  }),
};
