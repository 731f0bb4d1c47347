/** The rule behind `balanced`: the smallest CPU request whose violations are expected to stay within a budget. */
import { percentileIndex, select } from '../percentile.ts';
import type { Signals } from '../signals.ts';
import { DAY } from '../time.ts';
import { decayingWeights, Distribution } from './distribution.ts';
import { columnWithin } from './history.ts';

/** Most that is given above the largest value of the window. */
const ABOVE_LARGEST = 1.15;
/** Most growth from a day to the next that is believed. */
const MOST_GROWTH = 1.1;
/** Share of a day that must be covered to count as one. */
const WHOLE_DAY = 0.9;

/** Columns of signals: interval ends, and the CPU that counts. */
const END = 0;
const CPU = 2;

/** How far to look, and how. */
export interface RuleOptions {
  readonly windowDays: number;
  readonly halfLifeHours: number;
  /** Share of the budget that the percentile spends; the rest is for days that differ. */
  readonly spend: number;
  /** Minutes of a row. */
  readonly minutes: number;
}

/** One request by the rule, with what it was made of. */
export interface Budgeted {
  /** Cores. */
  readonly value: number;
  /** Percentile 0..100 of the window, and its value. */
  readonly percentile: number;
  readonly base: number;
  /** What the container's own past days say the percentile falls short by; 1 or more. */
  readonly calibration: number;
  /** Growth of the daily median that is expected to go on; 1 or more. */
  readonly growth: number;
}

interface PastDay {
  readonly known: Distribution;
  readonly came: Float64Array;
}

/**
 * Reads a window once and answers for any budget. For budget b:
 * 1. base = P(1 - b·spend) of the window's weighted values;
 * 2. calibration = P(1 - b) of (what came / base as it was known then) over the window's own past days, at least 1: had the
 *    rule run with this factor, it had kept the budget on them;
 * 3. growth = day-on-day ratio of the medians of up to four days when they rise day after day, at most 1.1;
 * value = base · calibration · growth, not above 1.15 · largest, not below P50. A day of 2 cores after a day of 1 core: base 2,
 * calibration 2, growth 1.1, cut to 1.15 · 2 = 2.3 cores.
 */
export class BudgetRule {
  readonly #options: RuleOptions;
  readonly today: Distribution;
  readonly #past: PastDay[];
  readonly #growth: number;
  readonly #ratios: Float64Array;

  /** `samples`: what was known at `at` (ms); the window must hold a row. */
  constructor(samples: Signals, at: number, options: RuleOptions) {
    this.#options = options;
    this.today = this.#known(samples, at);
    this.#past = this.#pastDays(samples, at);
    this.#ratios = new Float64Array(this.#past.reduce((sum, { came }) => sum + came.length, 0));
    this.#growth = growthOf(samples, at, options.minutes);
  }

  /** Past days that calibrate. */
  get days(): number {
    return this.#past.length;
  }

  /** The request for a budget, 0..1 of rows. */
  request(budget: number): Budgeted {
    const share = 1 - budget * this.#options.spend;
    const base = this.today.quantile(share);
    const calibration = this.#calibration(share, budget);
    const growth = this.#growth;
    const wanted = Math.min(base * calibration * growth, this.today.largest * ABOVE_LARGEST);
    return {
      value: Math.max(wanted, this.today.quantile(0.5)),
      percentile: 100 * share,
      base,
      calibration,
      growth,
    };
  }

  #calibration(share: number, budget: number): number {
    let n = 0;
    for (const { known, came } of this.#past) {
      const base = known.quantile(share);
      if (base > 0) for (const value of came) this.#ratios[n++] = value / base;
    }
    return n === 0 ? 1 : Math.max(1, select(this.#ratios, 0, n, percentileIndex(100 * (1 - budget), n)));
  }

  #known(samples: Signals, at: number): Distribution {
    const from = at - this.#options.windowDays * DAY;
    const halfLife = (this.#options.halfLifeHours / 24) * DAY;
    const values = columnWithin(samples, CPU, from, at);
    return new Distribution(values, decayingWeights(columnWithin(samples, END, from, at), at, halfLife));
  }

  #pastDays(samples: Signals, at: number): PastDay[] {
    const { windowDays, minutes } = this.#options;
    const first = columnWithin(samples, END, at - windowDays * DAY, at)[0]! - minutes * 60_000;
    const days: PastDay[] = [];
    for (let back = 1; back < windowDays; back++) {
      const then = at - back * DAY;
      if (then < first + WHOLE_DAY * DAY) break;
      const came = columnWithin(samples, CPU, then, then + DAY);
      const before = columnWithin(samples, END, then - windowDays * DAY, then);
      if (came.length > 0 && before.length > 0) days.push({ known: this.#known(samples, then), came });
    }
    return days;
  }
}

/** Medians of whole days that rise one after the other, 1, 1.02, 1.05: (1.05/1)^(1/2) = 1.0247; else 1. */
function growthOf(samples: Signals, at: number, minutes: number): number {
  const medians: number[] = [];
  for (let back = 0; back < 4; back++) {
    const day = columnWithin(samples, CPU, at - (back + 1) * DAY, at - back * DAY);
    if (day.length * minutes * 60_000 < WHOLE_DAY * DAY) break;
    const values = day.slice();
    medians.unshift(select(values, 0, values.length, values.length >> 1));
  }
  const rising = medians.every((value, i) => i === 0 || value > 1.002 * medians[i - 1]!);
  if (medians.length < 2 || medians[0]! <= 0 || !rising) return 1;
  return Math.min(MOST_GROWTH, (medians.at(-1)! / medians[0]!) ** (1 / (medians.length - 1)));
}
