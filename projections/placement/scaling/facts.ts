/** Folds of scaling: policies, loads, decisions. What a client says writes `load` alone, what is decided the other tables. */
import type {
  HistoryExpired,
  LoadReported,
  ScalingHeld,
  ScalingRemoved,
  ScalingSet,
  ServiceScaled,
} from '../../../schemas/generated/events.ts';
import { recordKey } from '../../../schemas/keys.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { EventMeta } from '../../../streams/runtime/ports.ts';
import type { Rows } from '../../runtime/define.ts';
import { expiredBefore, foldExpiry } from '../../runtime/expiry.ts';
import type { Row } from '../../runtime/table.ts';
import { answer, count, granted } from '../answers.ts';
import type { Scope } from '../declared.ts';
import type { placementTables } from '../tables.ts';
import { since, withReport } from './load.ts';
import type { Load } from './load.ts';
import { policyOf } from './policy.ts';

type All = Rows<typeof placementTables>;
type OfService = Scope & { readonly service: string };
type At = Pick<EventMeta, 'partition'>;

/** A report may be ahead of the clock of who wrote the record by so much, ms. */
const AHEAD_MS = 60_000;

/** Key of a service in `scaling` and `load`. */
export function serviceKey({ org_id, cluster_id, service }: OfService, { partition }: At): [number, string] {
  return [partition, recordKey(org_id, cluster_id, service)];
}

/** Why a report cannot count; undefined when it can. */
export function againstLoad(event: LoadReported, { key, timestamp }: EventMeta): BadInput | undefined {
  const { org_id, cluster_id, service, at, rate, throughput, queue, served, replicas } = event;
  const bad = (code: string, message: string) =>
    new BadInput({ code, message: `load of ${service.slice(0, 253)}: ${message}` });
  if (key !== recordKey(org_id, cluster_id))
    return bad('LOAD_KEY', `the record's key has to be ${recordKey(org_id, cluster_id)}`);
  if (service === '' || service.length > 253) return bad('BAD_LOAD', 'service has 1 to 253 characters');
  const amounts = [rate, throughput ?? 0, queue ?? 0, served ?? 0, replicas ?? 0];
  if (amounts.some((it) => !(it >= 0 && it <= 1e9)))
    return bad('BAD_LOAD', 'rate, throughput, queue, served and replicas are 0 to 1e9');
  if (at > timestamp + AHEAD_MS) return bad('LOAD_AHEAD', 'at is more than a minute ahead of the record');
  return undefined;
}

/** What is kept of a service's load, `event` included. */
export function loadWith(rows: All, event: LoadReported, meta: At): Load | undefined {
  const known = loadOf(rows.load.get(...serviceKey(event, meta)));
  const { at, rate, throughput, queue, served, replicas } = event;
  if (at < expiredBefore(rows.placement_expiry, 'loads', meta as EventMeta)) return known;
  return withReport(known, { at, rate, throughput, queue, served, replicas });
}

/** What a row of `load` says. */
export function loadOf(row: { readonly state: string } | undefined): Load | undefined {
  return row === undefined ? undefined : (JSON.parse(row.state) as Load);
}

function loadReported(rows: All, event: LoadReported, meta: EventMeta): void {
  const wrong = againstLoad(event, meta);
  if (wrong !== undefined) throw wrong;
  const load = loadWith(rows, event, meta);
  if (load !== undefined) rows.load.put(loadRow(event, load, meta));
}

function loadRow(of: OfService, load: Load, meta: At): Row<(typeof placementTables)['load']> {
  const { org_id, cluster_id, service } = of;
  const [partition, service_key] = serviceKey(of, meta);
  return {
    ...{ partition, service_key, org_id, cluster_id, service },
    ...{ at: load.last.at, rate: load.last.rate, queue: load.last.queue },
    ready: load.ready?.replicas ?? null,
    state: JSON.stringify(load),
  };
}

function scalingSet(rows: All, event: ScalingSet, meta: EventMeta): void {
  const { org_id, cluster_id, service } = event;
  const key = serviceKey(event, meta);
  const known = rows.scaling.get(...key);
  rows.scaling.put({
    ...{ partition: key[0], service_key: key[1], org_id, cluster_id, service },
    policy: JSON.stringify(policyOf(event)),
    replicas: rows.services.get(org_id, cluster_id, service)?.replicas ?? 0,
    decided_at: known?.decided_at ?? null,
    decided_from: known?.decided_from ?? null,
    decided_reason: known?.decided_reason ?? null,
    ...{ held_at: null, held_reason: null, held_message: null },
  });
  answer(rows, event, meta, granted);
}

function scalingRemoved(rows: All, event: ScalingRemoved, meta: EventMeta): void {
  rows.scaling.delete(...serviceKey(event, meta));
  answer(rows, event, meta, { ...granted, outcomes: [{ name: event.service, outcome: 'removed' }] });
}

/** Services that are gone have no policy. */
export function forget(rows: All, scope: Scope, services: readonly string[], meta: At): void {
  for (const service of services) rows.scaling.delete(...serviceKey({ ...scope, service }, meta));
}

/** Services that are declared with another number of replicas have that one. */
export function followDeclared(
  rows: All,
  event: Scope & { readonly services: readonly { readonly name: string; readonly replicas: number }[] },
  meta: At,
): void {
  for (const { name, replicas } of event.services) {
    const row = rows.scaling.get(...serviceKey({ ...event, service: name }, meta));
    if (row !== undefined && row.replicas !== replicas) rows.scaling.put({ ...row, replicas });
  }
}

function serviceScaled(rows: All, event: ServiceScaled, meta: EventMeta): void {
  const { org_id, cluster_id, service, decision, from, replicas, reason, at } = event;
  count(rows, event);
  const declared = rows.services.get(org_id, cluster_id, service);
  if (declared !== undefined) rows.services.put({ ...declared, replicas });
  const row = rows.scaling.get(...serviceKey(event, meta));
  if (row !== undefined) {
    rows.scaling.put({
      ...{ ...row, replicas, decided_at: at, decided_from: from, decided_reason: reason },
      ...{ held_at: null, held_reason: null, held_message: null },
    });
  }
  record(rows, event, { decision, from_replicas: from }, meta);
}

function scalingHeld(rows: All, event: ScalingHeld, meta: EventMeta): void {
  const { reason, message, at, replicas } = event;
  const row = rows.scaling.get(...serviceKey(event, meta));
  if (row !== undefined)
    rows.scaling.put({ ...row, held_at: at, held_reason: reason, held_message: message });
  record(rows, event, { decision: null, from_replicas: replicas }, meta);
}

function record(
  rows: All,
  event: ScalingHeld | ServiceScaled,
  change: { readonly decision: number | null; readonly from_replicas: number },
  meta: EventMeta,
): void {
  if (event.at < expiredBefore(rows.placement_expiry, 'scaling_decisions', meta)) return;
  const { org_id, cluster_id, service, at, replicas, wanted, reason, message, rate, queue } = event;
  const { throughput, throughput_source, ready, min, max, rules, inputs } = event;
  rows.scaling_decisions.put({
    ...{ event_id: meta.eventId, org_id, cluster_id, service, at, ...change, replicas, wanted, reason },
    ...{ message, rate, queue, throughput, throughput_source, ready, min, max, rules, inputs },
  });
}

function expired(rows: All, event: HistoryExpired, meta: EventMeta): void {
  const { rows_of, before } = event;
  if (rows_of !== 'loads' && rows_of !== 'scaling_decisions') return;
  foldExpiry(rows.placement_expiry, event, meta);
  if (rows_of === 'scaling_decisions') {
    rows.scaling_decisions.removeWhere({}, { column: 'at', value: before });
    return;
  }
  for (const row of rows.load.range([meta.partition])) {
    const left = since(loadOf(row)!, before);
    if (left === undefined) rows.load.delete(row.partition, row.service_key);
    else rows.load.put(loadRow(row, left, meta));
  }
}

/** Folds by event. */
export const scalingFolds = {
  LoadReported: loadReported,
  ScalingSet: scalingSet,
  ScalingRemoved: scalingRemoved,
  ServiceScaled: serviceScaled,
  ScalingHeld: scalingHeld,
  HistoryExpired: expired,
};
