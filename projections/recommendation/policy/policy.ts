/** What a user may say about advice: which engine decides, with which numbers, how exactly and how often. */
import { BadInput } from '../../../streams/runtime/errors.ts';
import { balanced } from '../engine/engines/balanced.ts';
import { tuned } from '../engine/engines/engine.ts';
import type { Tunables } from '../engine/engines/engine.ts';
import { engineNamed, isRecord, numbers } from '../engine/replay/variants.ts';
import { isDescending, severityLevels } from '../outputs/thresholds.ts';
import type { Thresholds } from '../outputs/thresholds.ts';

/** What is reckoned with, see usage-signals.ts. */
export const precisions = ['exact', 'compact'] as const;
/** When is decided: with every report, or as seldom as the poller of ROS does. */
export const rhythms = ['at-once', 'daily'] as const;

/** One policy; what it leaves out is left to wider ones. */
export interface EnginePolicy {
  /** Whose advice is the proposal. */
  readonly engine?: string;
  /** Numbers of that engine; only beside `engine`. */
  readonly tunables?: Tunables;
  /** Share of rows that may need more CPU than `balanced` advises, 0..1. */
  readonly risk_budget?: number;
  readonly precision?: (typeof precisions)[number];
  readonly decide?: (typeof rhythms)[number];
  /** Least changes per severity; a resource that is left out keeps its own. */
  readonly severity?: Partial<Thresholds>;
}

/** Longest text of a policy, characters. */
export const MAX_POLICY = 2_048;

const RISK = balanced.tunables.find(({ name }) => name === 'risk_budget')!;
const fields = ['engine', 'tunables', 'risk_budget', 'precision', 'decide', 'severity'];

/**
 * Reads a policy: `{"engine": "vpa", "tunables": {"margin": 0.1}, "risk_budget": 0.01, "precision": "compact", "decide": "daily",
 * "severity": {"cpu": [0.5, 0.25, 0.1], "memory": [500, 250, 100]}}`, each part optional, one at least. Anything else: BadInput
 * BAD_POLICY; an engine that there is not: UNKNOWN_ENGINE, with those that there are.
 */
export function readPolicy(text: string): EnginePolicy {
  if (text.length > MAX_POLICY) throw refused(`a policy has at most ${MAX_POLICY} characters`);
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch (error) {
    throw refused(`the policy is no JSON: ${(error as Error).message}`);
  }
  if (!isRecord(sent))
    throw refused('a policy is an object, e.g. {"engine": "balanced", "risk_budget": 0.01}');
  const unknown = Object.keys(sent).find((name) => !fields.includes(name));
  if (unknown !== undefined)
    throw refused(`a policy has no ${JSON.stringify(unknown.slice(0, 40))}; it has ${fields.join(', ')}`);
  const { risk_budget: risk, precision, decide } = sent;
  const policy: EnginePolicy = {
    ...engineOf(sent),
    ...(risk === undefined ? {} : { risk_budget: riskOf(risk) }),
    ...(precision === undefined ? {} : { precision: choice('precision', precisions, precision) }),
    ...(decide === undefined ? {} : { decide: choice('decide', rhythms, decide) }),
    ...(sent['severity'] === undefined ? {} : { severity: thresholdsOf(sent['severity']) }),
  };
  if (Object.keys(policy).length === 0) throw refused('a policy says something; to lift one, remove it');
  if (risk !== undefined && policy.tunables?.['risk_budget'] !== undefined)
    throw refused('risk_budget is said twice: once is enough, beside engine');
  return policy;
}

/** The one text of a policy: names in one order, no spaces. */
export function policyText(policy: EnginePolicy): string {
  const { engine, tunables, risk_budget, precision, decide, severity } = policy;
  const sorted = tunables === undefined ? undefined : sortedTunables(tunables);
  return JSON.stringify({ engine, tunables: sorted, risk_budget, precision, decide, severity });
}

/** By name. */
export function sortedTunables(tunables: Tunables): Tunables {
  return Object.fromEntries(Object.entries(tunables).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function engineOf(sent: Readonly<Record<string, unknown>>): Pick<EnginePolicy, 'engine' | 'tunables'> {
  const { engine: name, tunables } = sent;
  if (name === undefined) {
    if (tunables === undefined) return {};
    throw refused('tunables are those of an engine: name it, too');
  }
  if (typeof name !== 'string') throw refused('engine is the name of one');
  const engine = engineNamed(name.slice(0, 40));
  if (tunables === undefined) return { engine: engine.name };
  if (!isRecord(tunables)) throw refused('tunables are an object of names with numbers');
  const wanted = numbers(engine.name, tunables);
  tuned(engine, wanted);
  return { engine: engine.name, ...(Object.keys(wanted).length === 0 ? {} : { tunables: wanted }) };
}

function riskOf(sent: unknown): number {
  if (typeof sent === 'number' && sent >= RISK.min && sent <= RISK.max) return sent;
  throw refused(`risk_budget is a number from ${RISK.min} to ${RISK.max}; got ${shown(sent)}`);
}

function choice<T extends string>(name: string, choices: readonly T[], sent: unknown): T {
  const found = choices.find((one) => one === sent);
  if (found !== undefined) return found;
  throw refused(`${name} is ${choices.join(' or ')}; got ${shown(sent)}`);
}

function thresholdsOf(sent: unknown): Partial<Thresholds> {
  if (!isRecord(sent) || Object.keys(sent).length === 0) throw refused(SEVERITY);
  const entries = Object.entries(sent).map(([resource, levels]) => {
    if (resource !== 'cpu' && resource !== 'memory') throw refused(SEVERITY);
    if (!Array.isArray(levels) || levels.length !== severityLevels || !isDescending(levels as unknown[]))
      throw refused(`severity of ${resource}: ${SEVERITY}`);
    return [resource, levels as number[]] as const;
  });
  // One order, whatever was sent.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const SEVERITY =
  'severity is {"cpu": [0.5, 0.25, 0.1], "memory": [500, 250, 100]}: the least changes, cores and MiB, that are critical, a warning and ok, each above 0 and not above the one before';

function shown(sent: unknown): string {
  return JSON.stringify(sent)?.slice(0, 40) ?? 'nothing';
}

function refused(message: string): BadInput {
  return new BadInput({ code: 'BAD_POLICY', message });
}
