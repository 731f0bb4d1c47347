/** What a cluster's workloads are to have, from the tables of right-sizing: what the actuator of resizes is told. */
import { modeFor, off, policyFor } from '../../projections/placement/resizing/policy.ts';
import type { ResizingPolicy } from '../../projections/placement/resizing/policy.ts';
import type { Facts, LastResize, Resources } from '../../projections/placement/resizing/model.ts';
import type { DesiredResize } from '../kubernetes/resizing/steps.ts';
import type { Told } from '../kubernetes/resizing/resizer.ts';

/** A row of a table. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Workloads with something decided that a policy still allows. What is in flight stays in the list whatever the policy says, so that
 * it ends; where nothing is allowed any more, nothing is wanted of its containers.
 */
export function desiredResizes(workloads: readonly Fields[], policies: readonly Fields[]): DesiredResize[] {
  const known = new Map(policies.map((row) => [String(row['namespace']), policyOf(row)]));
  return workloads.flatMap((row): DesiredResize[] => {
    const desired = json<Record<string, Resources>>(row['desired']);
    const facts = json<Facts>(row['facts']);
    const last = json<LastResize>(row['last']);
    const in_flight = row['in_flight'] === null || last === null ? null : inFlight(last);
    const namespace = String(row['namespace']);
    const may = facts !== null && modeFor(policyFor(known, namespace), facts) !== 'off';
    if ((desired === null || !may) && in_flight === null) return [];
    const name = {
      namespace,
      workload_type: String(row['workload_type']),
      workload: String(row['workload']),
    };
    return [{ ...name, containers: desired ?? {}, allowed: may || facts === null, in_flight }];
  });
}

function inFlight({ decision, kind, why, rolls_back, restarts, decided_at }: LastResize) {
  return { decision, kind, why, rolls_back, restarts, decided_at };
}

/** What was told of workloads and namespaces last. */
export function toldOf(workloads: readonly Fields[], namespaces: readonly Fields[]): Told {
  const facts = workloads.flatMap((row): [string, object][] => {
    const known = json<object>(row['facts']);
    const id = `${String(row['namespace'])}/${String(row['workload_type'])}/${String(row['workload'])}`;
    return known === null ? [] : [[id, known]];
  });
  const limits = namespaces.map((row): [string, object] => [
    String(row['namespace']),
    { quotas: json<object>(row['quotas']) ?? [], ranges: json<object>(row['ranges']) ?? [] },
  ]);
  return { workloads: new Map(facts), namespaces: new Map(limits) };
}

function policyOf(row: Fields): ResizingPolicy {
  return { ...off, ...json<ResizingPolicy>(row['policy']) };
}

/** JSON columns come as text or read. */
function json<T>(value: unknown): T | null {
  if (value === null || value === undefined) return null;
  return (typeof value === 'string' ? JSON.parse(value) : value) as T;
}
