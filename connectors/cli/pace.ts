/** How fast long work goes and when it will be done. */
import { count } from './progress.ts';

/** How far work is. */
export interface Step {
  /** What is being done. */
  readonly doing: string;
  readonly done: number;
  readonly total: number;
  /** What is counted, as a plural. */
  readonly unit: string;
}

/** Told of steps as they go on. */
export type OnStep = (step: Step) => void;

/** A line per step: done, rate since the step began, and what is left at this rate. */
export function pace(now: () => number = Date.now): (step: Step) => { text: string; share: number } {
  let [doing, started] = ['', 0];
  return (step) => {
    if (step.doing !== doing) [doing, started] = [step.doing, now()];
    const seconds = (now() - started) / 1000;
    const perSecond = seconds > 0 ? step.done / seconds : 0;
    const left = perSecond > 0 ? `, ${Math.ceil((step.total - step.done) / perSecond)} s to go` : '';
    return {
      text: `${doing}: ${count(step.done)} of ${count(step.total)} ${step.unit}, ${count(perSecond)}/s${left}`,
      share: step.total === 0 ? 1 : step.done / step.total,
    };
  };
}
