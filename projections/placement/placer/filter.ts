/** Whether a replica may go to a node, and if not, why. */
import { deviceFor, needsOf } from './ledger.ts';
import type { Account, Ledger } from './ledger.ts';
import type { Node, Service, Taint, Toleration } from './model.ts';

/** Why a replica does not go to a node, in the order in which it is looked at. */
export type MisfitCode =
  | 'NODE_GONE'
  | 'NODE_NOT_READY'
  | 'NODE_NOT_SCHEDULABLE'
  | 'NODE_LABELS'
  | 'NODE_TAINTED'
  | 'CPU'
  | 'MEMORY'
  | 'CORES'
  | 'ACCELERATOR'
  | 'APART'
  | 'SPREAD';

/** A service, made ready to be compared with many nodes. */
export interface Wanted {
  readonly service: Service;
  /** Needs of cores, the largest first. */
  readonly needs: readonly number[];
  /** Accelerators by type; none of 0. */
  readonly devices: readonly (readonly [type: string, percent: number])[];
  /** Nodes that its labels and taints allow, in the order of the cluster. */
  readonly eligible: readonly Account[];
}

/** Compares what does not change while replicas are placed: labels, taints, whether a node takes anything. */
export function wanted(ledger: Ledger, service: Service): Wanted {
  return {
    service,
    needs: needsOf(service),
    devices: Object.entries(service.accelerators).filter(([, need]) => need > 0),
    eligible: ledger.accounts.filter(({ node }) => fixedMisfit(node, service) === undefined),
  };
}

/** For each required spread rule of a service, the fewest replicas under any value of the label. */
export function fewest(ledger: Ledger, { service }: Wanted): readonly number[] {
  return service.spread.map(({ topologyKey, required }) => {
    if (!required) return 0;
    let least = Infinity;
    for (const { node } of ledger.accounts) {
      const value = node.labels[topologyKey];
      if (value === undefined || !selected(node, service)) continue;
      least = Math.min(least, ledger.within(topologyKey, value, service.id));
    }
    return least;
  });
}

/** The first reason against a node among those that change while replicas are placed; undefined when the replica fits. */
export function misfit(
  ledger: Ledger,
  account: Account,
  want: Wanted,
  least: readonly number[],
): MisfitCode | undefined {
  const { service } = want;
  if (service.cpu > account.cpu) return 'CPU';
  if (service.memory > account.memory) return 'MEMORY';
  const needs = ledger.quirks.coresCut ? needsOf(service, account.sorted.length) : want.needs;
  for (let i = 0; i < needs.length; i++) if (needs[i]! > (account.sorted[i] ?? 0)) return 'CORES';
  if (!devicesFit(ledger, account, want)) return 'ACCELERATOR';
  if (service.apart.length > 0 && blocked(ledger, account.node, service)) return 'APART';
  for (let i = 0; i < service.spread.length; i++) {
    const { topologyKey, maxSkew, required } = service.spread[i]!;
    if (!required) continue;
    const value = account.node.labels[topologyKey];
    if (value === undefined || ledger.within(topologyKey, value, service.id) + 1 - least[i]! > maxSkew)
      return 'SPREAD';
  }
  return undefined;
}

/** The first reason against a node that holds whatever is placed. */
export function fixedMisfit(node: Node, service: Service): MisfitCode | undefined {
  if (node.state === 'gone') return 'NODE_GONE';
  if (node.state === 'lost' || node.state === 'not-ready') return 'NODE_NOT_READY';
  if (!node.schedulable) return 'NODE_NOT_SCHEDULABLE';
  if (!selected(node, service)) return 'NODE_LABELS';
  return untolerated(node, service) === undefined ? undefined : 'NODE_TAINTED';
}

/** The first taint of a node that keeps the service away; with `effect`, of those with this effect. */
export function untolerated(
  node: Node,
  { tolerations }: Service,
  effect?: Taint['effect'],
): Taint | undefined {
  return node.taints.find(
    (taint) =>
      (effect === undefined ? taint.effect !== 'PreferNoSchedule' : taint.effect === effect) &&
      !tolerations.some((toleration) => covers(toleration, taint)),
  );
}

function devicesFit({ quirks }: Ledger, account: Account, { service, devices }: Wanted): boolean {
  if (!quirks.anyAccelerator && !quirks.strictAccelerator) {
    return devices.every(([type, need]) => deviceFor(account, type, need) !== undefined);
  }
  const fits = ([type, need]: readonly [string, number]) =>
    (quirks.anyAccelerator && need === 0) ||
    deviceFor(account, type, quirks.strictAccelerator ? need + 1 : need) !== undefined;
  return quirks.anyAccelerator ? Object.entries(service.accelerators).some(fits) : devices.every(fits);
}

/** A replica keeps away from those it names; that others keep away from it is written into their services as well. */
function blocked(ledger: Ledger, { labels }: Node, { apart }: Service): boolean {
  return apart.some(({ service, topologyKey }) => {
    const value = labels[topologyKey];
    return value !== undefined && ledger.within(topologyKey, value, service) > 0;
  });
}

function selected({ labels }: Node, { nodeSelector }: Service): boolean {
  for (const key in nodeSelector) if (labels[key] !== nodeSelector[key]) return false;
  return true;
}

function covers({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key === undefined) return operator === 'Exists';
  return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
}
