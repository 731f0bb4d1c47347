/** Plans for people and scripts. */
import pc from 'picocolors';
import { isChange, isRefusal } from '../../streams/runtime/topology/steps.ts';
import type { Step } from '../../streams/runtime/topology/steps.ts';
import { exitCodes } from './context.ts';

/** Exit codes of `plan`: 0 nothing to do, 2 something is refused, 3 there are changes. */
export const planCodes = { nothing: exitCodes.done, refused: exitCodes.badInput, changes: 3 } as const;

/** What `plan` ends with. */
export function planCode(steps: readonly Step[]): number {
  if (steps.some(isRefusal)) return planCodes.refused;
  return steps.some(isChange) ? planCodes.changes : planCodes.nothing;
}

/** A step for people: what, where, from what to what, and why when that does not speak for itself. */
export function stepText(step: Step): string {
  const arrow = [step.from, step.to].filter((side) => side !== null).join(' → ');
  const line = `${colored(step)} ${step.target}  ${arrow}`;
  if (step.kind !== 'set-config' && !('code' in step)) return line;
  const code = 'code' in step ? `${step.code}: ` : '';
  return `${line}\n${' '.repeat(WIDTH + 1)}${code}${step.why}`;
}

/** One sentence about all steps. */
export function planSummary(steps: readonly Step[]): string {
  const changes = steps.filter(isChange).length;
  const refused = steps.filter(isRefusal).length;
  if (refused > 0) return `${refused} refused: \`rightstream apply\` does nothing until that is solved.`;
  if (changes === 0) return 'Nothing to do.';
  return `${changes === 1 ? '1 change' : `${changes} changes`}: \`rightstream apply\` makes them.`;
}

/** The steps as one JSON value. */
export function planJson(steps: readonly Step[]): object {
  return {
    changes: steps.filter(isChange).length,
    refused: steps.filter(isRefusal).length,
    steps: steps.map(({ kind, target, from, to, why, ...more }) => ({
      kind,
      target,
      from,
      to,
      why,
      ...more,
    })),
  };
}

const WIDTH = 'set-compatibility'.length;

function colored({ kind }: Step): string {
  const text = kind.padEnd(WIDTH);
  if (kind === 'refuse') return pc.red(text);
  return kind === 'note' ? pc.dim(text) : pc.green(text);
}
