/** Nodes and services of clusters, and on which node every replica has its place. */
import type {
  NodesRequested,
  NodesRemovalRequested,
  PlacingRequested,
  ServiceNeedsRequested,
  ServicesRemovalRequested,
  ServicesRequested,
} from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import type { Read } from '../../streams/runtime/units.ts';
import { defineProjection } from '../runtime/define.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import type { Row } from '../runtime/table.ts';
import { answer, count, granted, refuse } from './answers.ts';
import type { Answer } from './answers.ts';
import { ofReplica, recordPlaced, recordReleased } from './decisions.ts';
import { nodeRow, serviceRow } from './declared.ts';
import type { Scope } from './declared.ts';
import { againstNodes, againstPlacing, againstServices } from './judge.ts';
import { observedFolds, observedReads } from './observed.ts';
import { withNeeds } from './needs.ts';
import { followDeclared, forget } from './scaling/facts.ts';
import { asScaled, scaleOf, scalesOf, scaling } from './scaling/scale.ts';
import { profileFolds } from './profile-rows.ts';
import { placementTables } from './tables.ts';
import { watched } from './watched.ts';
import { cluster, placingOf, settle, target } from './settle.ts';

type All = Rows<typeof placementTables>;
const itsPlacing = ({ org_id, cluster_id }: Scope): Read[] => [
  { table: 'placing', key: [org_id, cluster_id] },
];

/** What is new or changed among what is declared, and what became of each. */
function compared<T extends { readonly name: string }, R extends object>(
  declared: readonly T[],
  rowOf: (it: T) => R,
  known: (name: string) => Readonly<R> | undefined,
): { changed: T[]; outcomes: { name: string; outcome: string }[] } {
  const outcomes = declared.map((it) => {
    const before = known(it.name);
    const same = before !== undefined && equal(before, rowOf(it));
    return { name: it.name, outcome: before === undefined ? 'added' : same ? 'unchanged' : 'updated' };
  });
  return { changed: declared.filter((_, i) => outcomes[i]!.outcome !== 'unchanged'), outcomes };
}

function equal<R extends object>(a: Readonly<R>, b: R): boolean {
  return (Object.keys(b) as (keyof R)[]).every((name) => a[name] === b[name]);
}

function decideOnNodes(rows: All, event: NodesRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id, nodes } = event;
  const known = new Map(rows.nodes.range([org_id, cluster_id]).map((row) => [row.name, row]));
  const why = againstNodes(nodes, new Set(known.keys()));
  if (why !== undefined) {
    refuse(event, meta, why);
    return;
  }
  const { changed, outcomes } = compared(
    nodes,
    (node) => nodeRow(event, node),
    (name) => known.get(name),
  );
  const data = { request_id: meta.eventId, org_id, cluster_id, nodes: changed, outcomes };
  meta.emit({ ...target(event), type: 'NodesRegistered', data });
  settle(rows, event, meta);
}

function decideOnServices(rows: All, event: ServicesRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id } = event;
  const services = event.services.map((service) => asScaled(rows, event, service, meta));
  const known = new Map(rows.services.range([org_id, cluster_id]).map((row) => [row.name, row]));
  const why = againstServices(
    services,
    [...known.values()].map(({ name, replicas, next }) => ({
      ...{ name, replicas, next: JSON.parse(next) as string[] },
    })),
  );
  if (why !== undefined) {
    refuse(event, meta, why);
    return;
  }
  const { changed, outcomes } = compared(
    services,
    (service) => serviceRow(event, service),
    (name) => known.get(name),
  );
  const data = { request_id: meta.eventId, org_id, cluster_id, services: changed, outcomes };
  meta.emit({ ...target(event), type: 'ServicesRegistered', data });
  settle(rows, event, meta);
}

function decideOnNeeds(rows: All, event: ServiceNeedsRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id } = event;
  const found = withNeeds(rows.services.range([org_id, cluster_id]), event);
  if ('why' in found) refuse(event, meta, found.why);
  else decideOnServices(rows, { org_id, cluster_id, services: [found.service] }, meta);
}

/** Those of a wish that are there, and those that are not; null asks for all. */
function split(wanted: readonly string[] | null, known: readonly { readonly name: string }[]) {
  const there = new Set(known.map(({ name }) => name));
  const asked = [...new Set(wanted ?? there)];
  return {
    found: asked.filter((name) => there.has(name)),
    missing: asked.filter((name) => !there.has(name)),
  };
}

function decideOnNodesRemoval(rows: All, event: NodesRemovalRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id } = event;
  const { found, missing } = split(event.nodes, rows.nodes.range([org_id, cluster_id]));
  const data = { request_id: meta.eventId, org_id, cluster_id, nodes: found, missing };
  meta.emit({ ...target(event), type: 'NodesRemoved', data });
  settle(rows, event, meta);
}

function decideOnServicesRemoval(rows: All, event: ServicesRemovalRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id } = event;
  const { found, missing } = split(event.services, rows.services.range([org_id, cluster_id]));
  const data = { request_id: meta.eventId, org_id, cluster_id, services: found, missing };
  meta.emit({ ...target(event), type: 'ServicesRemoved', data });
  settle(rows, event, meta);
}

function decideOnPlacing(rows: All, event: PlacingRequested, meta: DeciderMeta): void {
  const why = againstPlacing(event);
  if (why !== undefined) {
    refuse(event, meta, why);
    return;
  }
  meta.emit({ ...target(event), type: 'PlacingSet', data: { request_id: meta.eventId, ...event } });
  settle(rows, event, meta);
}

function removal(names: readonly string[], missing: readonly string[]): Answer {
  const outcomes = [
    ...names.map((name) => ({ name, outcome: 'removed' })),
    ...missing.map((name) => ({ name, outcome: 'missing' })),
  ];
  return { ...granted, outcomes };
}

export default defineProjection({
  id: 'placement',
  version: 6,
  about: 'Nodes and services of clusters, and where every replica has its place.',
  from: [topics.placement, topics.ticks, topics.retention],
  emits: [topics.placement],
  tables: placementTables,
  reads: {
    NodesRequested: cluster,
    NodesRemovalRequested: cluster,
    ServicesRequested: (event, meta) => [...cluster(event), ...scalesOf(event, meta)],
    ServicesRegistered: scalesOf,
    ServicesRemovalRequested: cluster,
    ServiceNeedsRequested: (event, meta) => [...cluster(event), ...scaleOf(event, meta)],
    PlacingRequested: cluster,
    PlacingSet: itsPlacing,
    PlacementDecided: ofReplica,
    ReplicaReleased: ofReplica,
    ...observedReads,
    ...watched.reads,
    ...scaling.reads,
    Ticked: (event, meta) => [...watched.reads.Ticked(event, meta), ...scaling.reads.Ticked(event, meta)],
  },
  readsToDecide: {
    ...watched.readsToDecide,
    ...scaling.readsToDecide,
    Ticked: [watched.readsToDecide.Ticked, ...scaling.readsToDecide.Ticked],
  },
  fold: {
    ...observedFolds,
    ...profileFolds,
    NodesRegistered: (rows, event, meta) => {
      for (const node of event.nodes) rows.nodes.put(nodeRow(event, node));
      answer(rows, event, meta, { ...granted, outcomes: event.outcomes });
    },
    NodesRemoved: (rows, event, meta) => {
      for (const name of event.nodes) rows.nodes.delete(event.org_id, event.cluster_id, name);
      answer(rows, event, meta, removal(event.nodes, event.missing));
    },
    ServicesRegistered: (rows, event, meta) => {
      for (const service of event.services) rows.services.put(serviceRow(event, service));
      followDeclared(rows, event, meta);
      answer(rows, event, meta, { ...granted, outcomes: event.outcomes });
    },
    ServicesRemoved: (rows, event, meta) => {
      for (const name of event.services) rows.services.delete(event.org_id, event.cluster_id, name);
      forget(rows, event, event.services, meta);
      answer(rows, event, meta, removal(event.services, event.missing));
    },
    PlacingSet: (rows, event, meta) => {
      const { running, strategy, priority, balance, binding, drift, not_ready_seconds } = event;
      rows.placing.put({
        ...{ ...placingOf(rows, event), running, strategy, priority, balance },
        ...{ binding, drift, not_ready_seconds },
      });
      answer(rows, event, meta, granted);
    },
    PlacementRefused: (rows, event, meta) => {
      const { http_status, code, message } = event;
      answer(rows, event, meta, { http_status, code, message, outcomes: [] });
    },
    PlacementDecided: (rows, event, meta) => {
      const { org_id, cluster_id, service, replica, node, cpu, memory, strategy, decision } = event;
      const row: Row<(typeof placementTables)['replicas']> = {
        ...{ org_id, cluster_id, replica_id: `${service}/${replica}`, service, replica, node },
        ...{ cpu, memory, strategy, decision, decided_at: meta.timestamp },
        cores: JSON.stringify(event.cores),
        accelerators: JSON.stringify(event.accelerators),
      };
      recordPlaced(rows, event, meta);
      rows.replicas.put(row);
      count(rows, event);
    },
    ReplicaReleased: (rows, event, meta) => {
      const { org_id, cluster_id, service, replica } = event;
      recordReleased(rows, event, meta);
      rows.replicas.delete(org_id, cluster_id, `${service}/${replica}`);
      count(rows, event);
    },
    Unplaceable: (rows, event, meta) => {
      const { org_id, cluster_id, service, replicas, reasons, ...nearest } = event;
      if (replicas.length === 0) {
        rows.unplaceable.delete(org_id, cluster_id, service);
        return;
      }
      rows.unplaceable.put({
        ...{ org_id, cluster_id, service, ...nearest, decided_at: meta.timestamp },
        replicas: JSON.stringify(replicas),
        reasons: JSON.stringify(reasons),
      });
    },
    ...scaling.fold,
  },
  decide: {
    NodesRequested: decideOnNodes,
    NodesRemovalRequested: decideOnNodesRemoval,
    ServicesRequested: decideOnServices,
    ServiceNeedsRequested: decideOnNeeds,
    ServicesRemovalRequested: decideOnServicesRemoval,
    PlacingRequested: decideOnPlacing,
    ...watched.decide,
    ...scaling.decide,
    Ticked: (rows, event, meta) => {
      watched.decide.Ticked(rows, event, meta);
      scaling.decide.Ticked(rows, event, meta);
    },
  },
});
