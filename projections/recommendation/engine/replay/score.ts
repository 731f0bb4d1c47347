/** The numbers of a replay. They are told together, for any one of them can be had for nothing. */

/** What allocations would have meant. Shares are in per cent; `mean` and `meanChange` in the unit of the resource. */
export interface Score {
  /** Σmax(0, allocated - used) / Σallocated. */
  readonly slack: number;
  /** Rows with used > allocated; of memory: periods (container-days) with such a row, an OOM kill each. */
  readonly violation: number;
  /** Σmax(0, used - allocated) / Σused. */
  readonly unmet: number;
  readonly mean: number;
  readonly changesPerDay: number;
  readonly meanChange: number;
  /** Rows and periods that were judged. */
  readonly rows: number;
  readonly periods: number;
  /** Periods with a violation. */
  readonly violated: number;
}

/**
 * Adds up periods. used [1, 3, 2] against allocated 2: slack 1/6 = 16.67 %, violation 1/3 = 33.33 %, unmet 1/6 = 16.67 %.
 */
export class Tally {
  #slack = 0;
  #unmet = 0;
  #allocated = 0;
  #used = 0;
  #violations = 0;
  #rows = 0;
  #periods = 0;
  #violated = 0;
  #changes = 0;
  #changed = 0;
  #last: number | null = null;

  /** One period with a constant allocation. Returns whether use went above it. */
  add(used: Float64Array, allocated: number): boolean {
    const before = this.#violations;
    for (const value of used) {
      if (value > allocated) {
        this.#violations += 1;
        this.#unmet += value - allocated;
      } else this.#slack += allocated - value;
      this.#used += value;
    }
    this.#allocated += allocated * used.length;
    this.#rows += used.length;
    this.#periods += 1;
    const violated = this.#violations > before;
    if (violated) this.#violated += 1;
    if (this.#last !== null && Math.abs(allocated - this.#last) > 1e-9 * this.#last) {
      this.#changes += 1;
      this.#changed += Math.abs(allocated - this.#last);
    }
    this.#last = allocated;
    return violated;
  }

  /** What comes next is another container: its first allocation is no change. */
  restart(): void {
    this.#last = null;
  }

  /** The score; of memory, violations count by period. Null when nothing was added. */
  score(periodDays: number, by: 'rows' | 'periods'): Score | null {
    if (this.#rows === 0) return null;
    const violations = by === 'rows' ? this.#violations / this.#rows : this.#violated / this.#periods;
    return {
      slack: share(this.#slack, this.#allocated),
      violation: 100 * violations,
      unmet: share(this.#unmet, this.#used),
      mean: this.#allocated / this.#rows,
      changesPerDay: this.#changes / (this.#periods * periodDays),
      meanChange: this.#changes === 0 ? 0 : this.#changed / this.#changes,
      rows: this.#rows,
      periods: this.#periods,
      violated: this.#violated,
    };
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** Sums over containers. */
export interface Totals {
  readonly cpu: Tally;
  readonly memory: Tally;
}

/** Nothing yet. */
export function noTotals(): Totals {
  return { cpu: new Tally(), memory: new Tally() };
}
