/** Tables of the placement projection. */
import { expiryTable } from '../runtime/expiry.ts';
import { c, table } from '../runtime/table.ts';
import { observedTables } from './observed-tables.ts';
import { profileTables } from './profile-rows.ts';
import { scalingTables } from './scaling/tables.ts';

const scope = {
  org_id: c.text('Organisation that owns the data.'),
  cluster_id: c.text('Cluster; `default` where a client names none.'),
};
/** What the key of records is made of, see schemas/keys.ts. */
const recordKey = ['org_id', 'cluster_id'] as const;

/** Nodes, services, where replicas are, and answers to wishes about them. */
export const placementTables = {
  ...observedTables,
  nodes: table({
    comment: 'One row per node that is declared. What is used of it follows from replicas.',
    key: ['org_id', 'cluster_id', 'name'],
    recordKey,
    columns: {
      ...scope,
      name: c.text('The value of its label kubernetes.io/hostname.'),
      mac: c.text.nullable('Hardware address.'),
      cpu: c.int4('Millicores.'),
      memory: c.int4('Memory that may be resident, MB.'),
      cores: c.json('Per cent of each core that may be given away.'),
      accelerators: c.json('Devices [{id, type, capacity}], capacity in per cent.'),
      labels: c.json('Labels.'),
      taints: c.json('Taints [{key, value, effect}].'),
      schedulable: c.bool('false: nothing new comes to it.'),
    },
  }),
  services: table({
    comment: 'One row per service that is declared, with what each replica needs.',
    key: ['org_id', 'cluster_id', 'name'],
    recordKey,
    columns: {
      ...scope,
      name: c.text('Name; unique within the cluster.'),
      application: c.text('Application that it is a part of.'),
      number: c.text.nullable('Identity that a client of ROHE gives it, service_id.'),
      image: c.text('Image of its container.'),
      cpu: c.int4('Millicores of a replica.'),
      memory: c.int4('MB of a replica.'),
      cores: c.json('Per cent of a core each; every element wants a core of its own.'),
      accelerators: c.json('Per cent of one device, by type.'),
      sensitivity: c.int4('0 none, 1 CPU, 2 memory, 3 both.'),
      replicas: c.int4('Replicas that should run.'),
      ports: c.json('Ports [{container_port, service_port}].'),
      next: c.json('Services that it sends to.'),
      node_selector: c.json('Labels that a node must have.'),
      tolerations: c.json('Tolerations [{key, operator, value, effect}].'),
      spread: c.json('How evenly replicas lie over a label [{topology_key, max_skew, required}].'),
      apart: c.json('Services to keep away from [{service, topology_key}].'),
    },
  }),
  replicas: table({
    comment: 'One row per replica that has a place.',
    key: ['org_id', 'cluster_id', 'replica_id'],
    recordKey,
    columns: {
      ...scope,
      replica_id: c.text('service/number.'),
      service: c.text('Service.'),
      replica: c.int4('Number within the service, from 0.'),
      node: c.text('Node.'),
      cpu: c.int4('Millicores that it takes.'),
      memory: c.int4('MB that it takes.'),
      cores: c.json('What it takes of which core [{core, percent}].'),
      accelerators: c.json('What it takes of which device [{device, percent}].'),
      strategy: c.text('Strategy that chose; empty where it stayed and took another share.'),
      decision: c.int8('Number of the decision within the cluster.'),
      decided_at: c.timestamptz.arrival('When it was decided.'),
    },
  }),
  unplaceable: table({
    comment: 'One row per service with replicas that have no place, and why.',
    key: ['org_id', 'cluster_id', 'service'],
    recordKey,
    columns: {
      ...scope,
      service: c.text('Service.'),
      replicas: c.json('Numbers of the replicas.'),
      reasons: c.json('How many nodes are out, by reason.'),
      nearest_node: c.text.nullable('The node where least is missing; null without nodes.'),
      nearest_code: c.text.nullable('What is missing there, as a code.'),
      nearest_message: c.text.nullable('The same for people.'),
      decided_at: c.timestamptz.arrival('When it was decided.'),
    },
  }),
  placing: table({
    comment: 'One row per cluster: how places are chosen, and how many decisions there were.',
    key: ['org_id', 'cluster_id'],
    recordKey,
    columns: {
      ...scope,
      running: c.bool('false: nothing is placed or released.'),
      strategy: c.text('Strategy by name.'),
      priority: c.int4('0 none; 1: services sensitive to CPU go first; 2: to memory.'),
      balance: c.int4('Services with priority before one without gets its turn.'),
      binding: c.text('placer: replicas are pinned to their nodes; scheduler: the cluster chooses.'),
      drift: c.text('put-back or adopt: what is done about changes by others.'),
      not_ready_seconds: c.int4('Seconds that a node may be not ready, and has to be ready again to count.'),
      decisions: c.int8('Number of the last decision.'),
    },
  }),
  placement_decisions: table({
    comment: 'One row per decision about a place. Several of one cause that name a replica are one move.',
    key: ['org_id', 'cluster_id', 'decision'],
    recordKey,
    indexes: [['org_id', 'cluster_id', 'cause']],
    columns: {
      ...scope,
      decision: c.int8('Number of the decision within the cluster.'),
      cause: c.text.arrival('Event id of what was declared, seen or asked for.'),
      kind: c.text('placed, released or resized.'),
      service: c.text('Service.'),
      replica: c.int4('Number of the replica.'),
      node: c.text('Node that it was given, or loses.'),
      cpu: c.int4.nullable('Millicores that it takes from now on; null when it is released.'),
      memory: c.int4.nullable('The same of memory, MB.'),
      cpu_before: c.int4.nullable('Millicores that it took there before; null when it is placed.'),
      memory_before: c.int4.nullable('The same of memory, MB.'),
      reason: c.text.nullable('Why it is released.'),
      strategy: c.text.nullable('Strategy that chose.'),
      decided_at: c.timestamptz.arrival('When it was decided.'),
    },
  }),
  placement_answers: table({
    comment: 'One row per wish about nodes, services or placing: what was decided.',
    key: ['request_id'],
    columns: {
      request_id: c.text('Event id of the wish.'),
      ...scope,
      http_status: c.int4('Status that a caller over HTTP is answered with.'),
      code: c.text.nullable('Stable code of the reason; null when the wish was granted.'),
      message: c.text.nullable('The reason for people.'),
      outcomes: c.json('What became of each node or service [{name, outcome}].'),
      decided_at: c.timestamptz.arrival('When it was decided.'),
    },
  }),
  ...scalingTables,
  ...profileTables,
  placement_expiry: expiryTable(),
};
