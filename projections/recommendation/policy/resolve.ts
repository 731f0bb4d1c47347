/** Which policy holds for a container or namespace: field by field, the narrowest scope that says something. */
import type { Tunables } from '../engine/engines/engine.ts';
import { knownThresholds } from '../outputs/thresholds.ts';
import type { Thresholds } from '../outputs/thresholds.ts';
import { sortedTunables } from './policy.ts';
import type { EnginePolicy } from './policy.ts';
import { isWithin, narrowness, scopeText } from './scope.ts';
import type { PolicyObject, PolicyScope } from './scope.ts';

/** A policy with what it is for. */
export interface ScopedPolicy {
  readonly scope: PolicyScope;
  readonly policy: EnginePolicy;
  /** Grows with every change of the organisation's policies. */
  readonly sequence: number;
}

/** What holds for one object; every field has a value. */
export interface AppliedPolicy {
  readonly engine: string;
  readonly tunables: Tunables;
  /** Null: the engine's own. */
  readonly risk_budget: number | null;
  readonly precision: NonNullable<EnginePolicy['precision']>;
  readonly decide: NonNullable<EnginePolicy['decide']>;
  readonly severity: Thresholds;
}

/** What holds where no policy says anything: Kruize's `cost`, decided with every report. */
export const defaultPolicy: AppliedPolicy = {
  engine: 'cost',
  tunables: {},
  risk_budget: null,
  precision: 'compact',
  decide: 'at-once',
  severity: knownThresholds,
};

/**
 * The policy of an object, and the policies that it is made of, narrowest first, as `scope@sequence`. Engine and tunables go
 * together: numbers are never handed to another engine. Organisation {engine: vpa, decide: daily}, namespace {engine: krr}: krr, daily.
 */
export function policyFor(
  policies: readonly ScopedPolicy[],
  object: PolicyObject,
): { readonly policy: AppliedPolicy; readonly sources: string[] } {
  const matching = policies
    .filter(({ scope }) => isWithin(scope, object))
    .sort((a, b) => narrowness(b.scope) - narrowness(a.scope));
  if (matching.length === 0) return { policy: defaultPolicy, sources: [] };
  const first = <K extends keyof EnginePolicy>(name: K) =>
    matching.find(({ policy }) => policy[name] !== undefined)?.policy;
  const chosen = first('engine');
  const severity = (resource: keyof Thresholds) =>
    matching.find(({ policy }) => policy.severity?.[resource] !== undefined)?.policy.severity?.[resource];
  return {
    policy: {
      engine: chosen?.engine ?? defaultPolicy.engine,
      tunables: sortedTunables(chosen?.tunables ?? {}),
      risk_budget: first('risk_budget')?.risk_budget ?? null,
      precision: first('precision')?.precision ?? defaultPolicy.precision,
      decide: first('decide')?.decide ?? defaultPolicy.decide,
      severity: {
        cpu: severity('cpu') ?? knownThresholds.cpu,
        memory: severity('memory') ?? knownThresholds.memory,
      },
    },
    sources: matching.map(({ scope, sequence }) => `${scopeText(scope)}@${sequence}`),
  };
}

const HOUR = 3_600_000;

/**
 * Whether a report end is to be decided on. At once: always. Daily: the first, those a whole 24 hours after the latest that was
 * decided, and one on the first of a month whose date is later, UTC. Latest 2023-06-03T00:45, end 2023-06-04T00:45: yes; 00:30: no.
 */
export function isDue({ decide }: AppliedPolicy, latestOf: () => number | undefined, end: number): boolean {
  if (decide === 'at-once') return true;
  const latest = latestOf();
  if (latest === undefined) return true;
  if (Math.floor((end - latest) / HOUR) >= 24) return true;
  const [before, date] = [latest, end].map((time) => new Date(time).toISOString().slice(0, 10)) as [
    string,
    string,
  ];
  return date.endsWith('-01') && date > before;
}
