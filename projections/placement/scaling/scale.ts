/** Decides on replicas by load: when a load is reported, when a minute has passed, and when a policy is set. */
import type {
  LoadReported,
  RequestedService,
  ScalingRemovalRequested,
  ScalingRequested,
  ServicesRegistered,
  ServicesRequested,
  Ticked,
} from '../../../schemas/generated/events.ts';
import type { EventMeta } from '../../../streams/runtime/ports.ts';
import type { Read } from '../../../streams/runtime/units.ts';
import type { DeciderMeta, Rows } from '../../runtime/define.ts';
import { readOfExpiry } from '../../runtime/expiry.ts';
import type { Row } from '../../runtime/table.ts';
import { refuse } from '../answers.ts';
import type { Scope } from '../declared.ts';
import { limits } from '../judge.ts';
import { cluster, placingOf, settle, target } from '../settle.ts';
import type { placementTables } from '../tables.ts';
import { decideScaling, mayBeInFlight } from './decide.ts';
import type { ScalingDecision, ScalingInputs, Standing } from './decide.ts';
import { againstLoad, loadOf, loadWith, scalingFolds, serviceKey } from './facts.ts';
import { seenAt } from './load.ts';
import type { Load } from './load.ts';
import { againstPolicy, policyOf, RULES } from './policy.ts';
import type { ScalingPolicy } from './policy.ts';
import { scalingText } from './reasons.ts';
import { limitsAt } from './timetable.ts';

type All = Rows<typeof placementTables>;
type ScalingRow = Readonly<Row<(typeof placementTables)['scaling']>>;
type OfService = Scope & { readonly service: string };

/** Before the cluster is read: as if nothing there were in the way. */
const unhindered: Pick<Standing, 'unplaceable' | 'room' | 'placing'> = {
  ...{ unplaceable: 0, room: limits.replicas, placing: true },
};

/** How a row stands; the cluster has to be read for what may be in the way. */
function standingOf(rows: All, row: ScalingRow, { ready }: Standing): Standing {
  const { org_id, cluster_id, service } = row;
  const lacking = rows.unplaceable.get(org_id, cluster_id, service);
  const all = rows.services.range([org_id, cluster_id]).reduce((sum, { replicas }) => sum + replicas, 0);
  return {
    ...{ ...barely(row), ready },
    unplaceable: lacking === undefined ? 0 : (JSON.parse(lacking.replicas) as unknown[]).length,
    room: Math.max(0, limits.replicas - all),
    placing: placingOf(rows, row).running,
  };
}

function barely({ replicas, decided_at, decided_from }: ScalingRow): Standing {
  const last = decided_at === null ? null : { at: decided_at, from: decided_from ?? replicas };
  return { replicas, last, ready: null, ...unhindered };
}

/** What the cluster shows of its Deployments; it has to be read. */
function readyOf(rows: All, { org_id, cluster_id, service }: ScalingRow): Standing['ready'] {
  const its = rows.deployments.range([org_id, cluster_id]).filter((it) => it.service === service);
  if (its.length === 0) return null;
  const at = its.reduce((latest, it) => Math.max(latest, it.at), 0);
  return { at, replicas: its.reduce((sum, { ready }) => sum + ready, 0) };
}

function inputsOf(row: ScalingRow, load: Load | undefined, standing: Standing, now: number): ScalingInputs {
  const policy = JSON.parse(row.policy) as ScalingPolicy;
  return { policy, load: load === undefined ? null : seenAt(policy, load, now), standing, now };
}

const deployments = ({ org_id, cluster_id }: Scope): Read[] => [
  { table: 'deployments', prefix: [org_id, cluster_id] },
];

/** Deployments while a decision may be under way; the cluster, when the number would change if nothing there were in the way. */
function readsToScale(row: ScalingRow, load: Load | undefined, now: number): Read[] {
  const { replicas } = row;
  const inputs = inputsOf(row, load, barely(row), now);
  const open = mayBeInFlight(inputs.policy, inputs.standing.last, now);
  const standing = open ? { ...inputs.standing, ready: { at: Infinity, replicas } } : inputs.standing;
  return [
    ...(open ? deployments(row) : []),
    ...(decideScaling({ ...inputs, standing }).scaled ? cluster(row) : []),
  ];
}

/** Loads of services that follow a policy; those of others are of no interest. */
function loadsToScale(rows: All, _event: Ticked, { partition }: EventMeta): Read[] {
  return rows.scaling.range([partition]).map((row) => ({ table: 'load', key: [partition, row.service_key] }));
}

function allToScale(rows: All, _event: Ticked, { partition, timestamp }: EventMeta): Read[] {
  return rows.scaling
    .range([partition])
    .flatMap((row) => readsToScale(row, loadOf(rows.load.get(partition, row.service_key)), timestamp));
}

/** Emits what is decided on a service, and that nothing changes when the reason is a new one; true when it was scaled. */
function decideOn(rows: All, row: ScalingRow, load: Load | undefined, meta: DeciderMeta): boolean {
  const now = meta.timestamp;
  let inputs = inputsOf(row, load, barely(row), now);
  if (mayBeInFlight(inputs.policy, inputs.standing.last, now))
    inputs = { ...inputs, standing: { ...inputs.standing, ready: readyOf(rows, row) } };
  let decision = decideScaling(inputs);
  if (decision.scaled) {
    inputs = { ...inputs, standing: standingOf(rows, row, inputs.standing) };
    decision = decideScaling(inputs);
  }
  if (!decision.scaled && row.held_reason === decision.reason) return false;
  const { org_id, cluster_id, service } = row;
  const why = whyOf(decision, inputs);
  const at = target(row);
  if (!decision.scaled) {
    const data = { org_id, cluster_id, service, replicas: row.replicas, ...why };
    meta.emit({ ...at, type: 'ScalingHeld', data });
    return false;
  }
  const { replicas } = decision;
  const number = placingOf(rows, row).decisions + 1;
  const data = { org_id, cluster_id, service, decision: number, from: row.replicas, replicas, ...why };
  meta.emit({ ...at, type: 'ServiceScaled', data });
  return true;
}

function whyOf(decision: ScalingDecision, inputs: ScalingInputs) {
  const { wanted, reason, min, max } = decision;
  const { load, standing, now } = inputs;
  return {
    ...{ wanted, reason, message: scalingText(decision, inputs), at: now },
    ...{ rate: load?.rate ?? null, queue: load?.queue ?? null },
    ...{ throughput: load?.throughput?.value ?? null, throughput_source: load?.throughput?.source ?? null },
    ...{
      ready: (standing.ready ?? load?.ready)?.replicas ?? null,
      min,
      max,
      rules: RULES,
      inputs: JSON.stringify(inputs),
    },
  };
}

function decideOnLoad(rows: All, event: LoadReported, meta: DeciderMeta): void {
  const key = serviceKey(event, meta);
  const row = rows.scaling.get(...key);
  if (row !== undefined && decideOn(rows, row, loadOf(rows.load.get(...key)), meta))
    settle(rows, event, meta);
}

/** Once per cluster is settled, however many of its services are scaled. */
function decideOnTick(rows: All, _event: Ticked, meta: DeciderMeta): void {
  const changed = new Map<string, Scope>();
  for (const row of rows.scaling.range([meta.partition])) {
    const load = loadOf(rows.load.get(row.partition, row.service_key));
    if (decideOn(rows, row, load, meta)) changed.set(target(row).key, row);
  }
  for (const scope of changed.values()) settle(rows, scope, meta);
}

function decideOnPolicy(rows: All, event: ScalingRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id, service } = event;
  const policy = policyOf(event);
  const why =
    rows.services.get(org_id, cluster_id, service) === undefined ? unknown(event) : againstPolicy(policy);
  if (why !== undefined) {
    refuse(event, meta, why);
    return;
  }
  const data = { request_id: meta.eventId, org_id, cluster_id, service, ...policy };
  meta.emit({ ...target(event), type: 'ScalingSet', data });
  const key = serviceKey(event, meta);
  if (decideOn(rows, rows.scaling.get(...key)!, loadOf(rows.load.get(...key)), meta))
    settle(rows, event, meta);
}

function decideOnRemoval(rows: All, event: ScalingRemovalRequested, meta: DeciderMeta): void {
  const { org_id, cluster_id, service } = event;
  if (rows.scaling.get(...serviceKey(event, meta)) === undefined) {
    const message = `replicas of ${service} follow no policy`;
    refuse(event, meta, { code: 'NO_SCALING', status: 404, message });
    return;
  }
  const data = { request_id: meta.eventId, org_id, cluster_id, service };
  meta.emit({ ...target(event), type: 'ScalingRemoved', data });
}

function unknown({ service, cluster_id }: OfService) {
  const message = `there is no service ${service} in cluster ${cluster_id}; declare it first`;
  return { code: 'UNKNOWN_SERVICE', status: 404, message };
}

/** A service as it is wanted, but with the replicas that scaling gave it, within the limits of its policy. */
export function asScaled(
  rows: All,
  scope: Scope,
  service: RequestedService,
  meta: EventMeta,
): RequestedService {
  const row = rows.scaling.get(...serviceKey({ ...scope, service: service.name }, meta));
  if (row === undefined) return service;
  const policy = JSON.parse(row.policy) as ScalingPolicy;
  if (!policy.enabled) return service;
  const { min, max } = limitsAt(policy, meta.timestamp);
  return { ...service, replicas: Math.min(max, Math.max(min, row.replicas)) };
}

/** The policies of services that are declared. */
export function scalesOf(event: ServicesRequested | ServicesRegistered, meta: EventMeta): Read[] {
  return event.services.map(({ name }) => ({
    table: 'scaling',
    key: serviceKey({ ...event, service: name }, meta),
  }));
}

/** The policy of one service. */
export function scaleOf(event: OfService, meta: EventMeta): Read[] {
  return [{ table: 'scaling', key: serviceKey(event, meta) }];
}

const ofService = (event: OfService, meta: EventMeta): Read[] => [
  ...scaleOf(event, meta),
  { table: 'services', key: [event.org_id, event.cluster_id, event.service] },
];
const itsLoad = (event: OfService, meta: EventMeta): Read[] => [
  { table: 'load', key: serviceKey(event, meta) },
  ...scaleOf(event, meta),
  readOfExpiry('placement_expiry', meta),
];
const decided = (event: OfService, meta: EventMeta): Read[] => [
  ...ofService(event, meta),
  { table: 'placing', key: [event.org_id, event.cluster_id] },
  readOfExpiry('placement_expiry', meta),
];
const wanted = (event: OfService, meta: EventMeta): Read[] => [
  ...cluster(event),
  ...deployments(event),
  ...itsLoad(event, meta),
];

/** Parts of the placement projection. */
export const scaling = {
  reads: {
    ScalingRequested: wanted,
    ScalingRemovalRequested: ofService,
    ScalingSet: ofService,
    ScalingRemoved: ofService,
    ServiceScaled: decided,
    ScalingHeld: decided,
    LoadReported: itsLoad,
    Ticked: (_event: Ticked, meta: EventMeta): Read[] => [
      { table: 'scaling', prefix: [meta.partition] },
      readOfExpiry('placement_expiry', meta),
    ],
    HistoryExpired: (_event: unknown, meta: EventMeta): Read[] => [
      { table: 'load', prefix: [meta.partition] },
      readOfExpiry('placement_expiry', meta),
    ],
  },
  readsToDecide: {
    LoadReported: (rows: All, event: LoadReported, meta: EventMeta): Read[] => {
      const row = rows.scaling.get(...serviceKey(event, meta));
      if (row === undefined || againstLoad(event, meta) !== undefined) return [];
      return readsToScale(row, loadWith(rows, event, meta), meta.timestamp);
    },
    Ticked: [loadsToScale, allToScale] as const,
  },
  fold: scalingFolds,
  decide: {
    LoadReported: decideOnLoad,
    Ticked: decideOnTick,
    ScalingRequested: decideOnPolicy,
    ScalingRemovalRequested: decideOnRemoval,
  },
};
