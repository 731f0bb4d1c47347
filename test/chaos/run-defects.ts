/** Plants each defect and lets the auditor look, with and without it: an auditor that finds nothing proves nothing. */
import { defects, scheduleFor } from './defects/defects.ts';
import type { Defect } from './defects/plant.ts';
import { perform } from './perform.ts';
import type { Outcome, Performance } from './perform.ts';

/** What the auditor said. */
export interface Verdict {
  /** Kinds of findings with the defect, each with an example. */
  readonly found: readonly string[];
  /** Findings without it: there must be none. */
  readonly clean: readonly string[];
  /** Performances until it was found, or until no more were tried. */
  readonly attempts: number;
  readonly seconds: number;
}

/** A defect is given less time to catch up: it may never. */
const CATCH_UP_MS = 10_000;
/** How often a defect may need another chance to show. */
const ATTEMPTS = 3;

/** Findings of schedules without a defect; several defects share one. */
const controls = new Map<string, Promise<Outcome>>();

/** Performs the schedule of a defect with it until it is found, and once without it. */
export async function judge(defect: Defect, at: Performance): Promise<Verdict> {
  const started = performance.now();
  const schedule = scheduleFor(defect);
  let found: string[] = [];
  let attempts = 0;
  for (; attempts < ATTEMPTS && found.length === 0; attempts++) {
    const outcome = await perform(schedule, { ...at, defect: defect.name, catchUpMs: CATCH_UP_MS });
    const byKind = new Map(outcome.findings.map(({ what, details }) => [what, details.slice(0, 200)]));
    found = [...byKind].map(([what, details]) => `${what}: ${details}`);
  }
  const control = JSON.stringify(schedule.faults);
  const clean = controls.get(control) ?? perform(schedule, at);
  controls.set(control, clean);
  return {
    found,
    attempts,
    clean: (await clean).findings.map(({ what, details }) => `${what}: ${details}`),
    seconds: (performance.now() - started) / 1_000,
  };
}

/** Judges all of them, or the one of this name; true when each is found and nothing is found without it. */
export async function runDefects(at: Performance, name?: string): Promise<boolean> {
  let good = true;
  for (const defect of defects.filter((one) => name === undefined || one.name === name)) {
    const { found, clean, attempts, seconds } = await judge(defect, at);
    console.log(`${defect.name}: ${defect.about}`);
    console.log(
      `  ${found.length > 0 ? 'found' : 'NOT FOUND'} at attempt ${attempts}, ${seconds.toFixed(0)} s`,
    );
    for (const finding of found) console.log(`    ${finding}`);
    for (const finding of clean) console.log(`  FOUND WITHOUT IT ${finding}`);
    good &&= found.length > 0 && clean.length === 0;
  }
  return good;
}
