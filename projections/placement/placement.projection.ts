/** Nodes and services of clusters, and on which node every replica has its place. */
import type {
  NodesRequested,
  NodesRemovalRequested,
  PlacementRefused,
  PlacingRequested,
  ServiceNeedsRequested,
  ServicesRemovalRequested,
  ServicesRequested,
} from '../../schemas/generated/events.ts';
import { topics } from '../../schemas/topics.ts';
import type { EventMeta } from '../../streams/runtime/ports.ts';
import type { Read } from '../../streams/runtime/units.ts';
import { defineProjection } from '../runtime/define.ts';
import type { DeciderMeta, Rows } from '../runtime/define.ts';
import type { Row } from '../runtime/table.ts';
import { ofReplica, recordPlaced, recordReleased } from './decisions.ts';
import { nodeRow, serviceRow } from './declared.ts';
import type { Scope } from './declared.ts';
import { againstNodes, againstPlacing, againstServices } from './judge.ts';
import type { Objection } from './judge.ts';
import { observedFolds, observedReads } from './observed.ts';
import { withNeeds } from './needs.ts';
import { placementTables } from './tables.ts';
import { watched } from './watched.ts';
import { cluster, placingOf, settle, target } from './settle.ts';

type All = Rows<typeof placementTables>;
type Answered = Scope & { readonly request_id: string };

const itsPlacing = ({ org_id, cluster_id }: Scope): Read[] => [
  { table: 'placing', key: [org_id, cluster_id] },
];

function refuse(event: Scope, meta: DeciderMeta, { code, status, message }: Objection): void {
  const { org_id, cluster_id } = event;
  const data: PlacementRefused = {
    ...{ request_id: meta.eventId, org_id, cluster_id, wish: meta.type },
    ...{ code, http_status: status, message },
  };
  meta.emit({ ...target(event), type: 'PlacementRefused', data });
}

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
  const { org_id, cluster_id, services } = event;
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

interface Answer {
  readonly http_status: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly outcomes: readonly { readonly name: string; readonly outcome: string }[];
}

const granted: Answer = { http_status: 200, code: null, message: null, outcomes: [] };

function answer(rows: All, event: Answered, meta: EventMeta, given: Answer): void {
  const { request_id, org_id, cluster_id } = event;
  const { outcomes, ...rest } = given;
  rows.placement_answers.put({
    ...{ request_id, org_id, cluster_id, ...rest },
    outcomes: JSON.stringify(outcomes),
    decided_at: meta.timestamp,
  });
}

function removal(names: readonly string[], missing: readonly string[]): Answer {
  const outcomes = [
    ...names.map((name) => ({ name, outcome: 'removed' })),
    ...missing.map((name) => ({ name, outcome: 'missing' })),
  ];
  return { ...granted, outcomes };
}

/** Counts a decision; what runs on is kept. */
function count(rows: All, event: Scope & { readonly decision: number }): void {
  const before = placingOf(rows, event);
  if (event.decision > before.decisions) rows.placing.put({ ...before, decisions: event.decision });
}

export default defineProjection({
  id: 'placement',
  version: 3,
  about: 'Nodes and services of clusters, and where every replica has its place.',
  from: [topics.placement, topics.ticks],
  emits: [topics.placement],
  tables: placementTables,
  reads: {
    NodesRequested: cluster,
    NodesRemovalRequested: cluster,
    ServicesRequested: cluster,
    ServicesRemovalRequested: cluster,
    ServiceNeedsRequested: cluster,
    PlacingRequested: cluster,
    PlacingSet: itsPlacing,
    PlacementDecided: ofReplica,
    ReplicaReleased: ofReplica,
    ...observedReads,
    ...watched.reads,
  },
  readsToDecide: watched.readsToDecide,
  fold: {
    ...observedFolds,
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
      answer(rows, event, meta, { ...granted, outcomes: event.outcomes });
    },
    ServicesRemoved: (rows, event, meta) => {
      for (const name of event.services) rows.services.delete(event.org_id, event.cluster_id, name);
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
  },
  decide: {
    NodesRequested: decideOnNodes,
    NodesRemovalRequested: decideOnNodesRemoval,
    ServicesRequested: decideOnServices,
    ServiceNeedsRequested: decideOnNeeds,
    ServicesRemovalRequested: decideOnServicesRemoval,
    PlacingRequested: decideOnPlacing,
    ...watched.decide,
  },
});
