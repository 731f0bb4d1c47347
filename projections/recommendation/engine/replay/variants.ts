/** Which engines a replay runs, with which tunables. */
import { BadInput } from '../../../../streams/runtime/errors.ts';
import { requestEngines } from '../engines/index.ts';
import { tuned } from '../engines/engine.ts';
import type { RequestEngine, Tunables } from '../engines/engine.ts';
import type { Variant } from './replay.ts';

/** Most variants of one replay. */
const MAX_VARIANTS = 32;
const MAX_NAME = 40;

const variant = (name: string, engine: string, tunables: Tunables = {}): Variant => ({
  name,
  engine: engineNamed(engine),
  tunables,
});

/** All engines as they come; Kruize's and KRR's in the settings that are used most. */
export function defaultVariants(): Variant[] {
  return [
    variant('cost 1 d', 'cost', { window_days: 1 }),
    variant('performance 1 d', 'performance', { window_days: 1 }),
    variant('cost 7 d', 'cost'),
    variant('performance 7 d', 'performance'),
    variant('krr P95', 'krr'),
    variant('krr P99', 'krr', { cpu_percentile: 99 }),
    variant('krr-limit', 'krr-limit'),
    variant('vpa', 'vpa'),
    variant('balanced', 'balanced'),
  ];
}

/** An engine by name. Another name: BadInput UNKNOWN_ENGINE, with the names that there are. */
export function engineNamed(name: string): RequestEngine {
  const engine = requestEngines.find((known) => known.name === name);
  if (engine !== undefined) return engine;
  const names = requestEngines.map((known) => known.name).join(', ');
  throw new BadInput({
    code: 'UNKNOWN_ENGINE',
    message: `there is no engine ${JSON.stringify(name)}; there are ${names}`,
  });
}

/** The default variants of these engines, and each engine once at least. No name: all. */
export function variantsOf(engines: readonly string[]): Variant[] {
  if (engines.length === 0) return defaultVariants();
  const wanted = new Set(engines.map((name) => engineNamed(name).name));
  return defaultVariants().filter(({ engine }) => wanted.has(engine.name));
}

/**
 * Variants of a policy: `{"balanced": {"risk_budget": 0.05}, "a week": {"engine": "cost", "window_days": 7}}`. A name is an
 * engine's, or `engine` names it; the rest are tunables. Anything else: BadInput BAD_POLICY, and what it is about.
 */
export function variantsOfPolicy(policy: unknown): Variant[] {
  if (!isRecord(policy) || Object.keys(policy).length === 0) {
    throw refused('a policy is an object of names with tunables, e.g. {"balanced": {"risk_budget": 0.05}}');
  }
  const entries = Object.entries(policy);
  if (entries.length > MAX_VARIANTS) {
    throw refused(`a policy has at most ${MAX_VARIANTS} names; this one has ${entries.length}`);
  }
  return entries.map(([name, body]) => {
    if (name.length > MAX_NAME)
      throw refused(`the name ${JSON.stringify(name.slice(0, MAX_NAME))}… is too long`);
    if (!isRecord(body)) throw refused(`${JSON.stringify(name)} must be an object of tunables`);
    const { engine = name, ...rest } = body;
    if (typeof engine !== 'string') throw refused(`engine of ${JSON.stringify(name)} must be a text`);
    const made = variant(name, engine, numbers(name, rest));
    tuned(made.engine, made.tunables);
    return made;
  });
}

/** Values that are numbers. Another one: BadInput BAD_POLICY. */
export function numbers(name: string, values: Readonly<Record<string, unknown>>): Tunables {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      if (typeof value === 'number') return [key, value];
      throw refused(`${key} of ${JSON.stringify(name)} must be a number; got ${JSON.stringify(value)}`);
    }),
  );
}

/** True for an object with names. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(message: string): BadInput {
  return new BadInput({ code: 'BAD_POLICY', message });
}
