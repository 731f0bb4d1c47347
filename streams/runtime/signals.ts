/** What units tell while they run; the dashboard, metrics, progress bars and tests listen. */

/** One thing that happened to a unit's partition. */
export type Signal =
  | {
      readonly kind: 'batch';
      readonly unit: string;
      readonly partition: number;
      /** Records taken, and what became of them. */
      readonly records: number;
      readonly ignored: number;
      readonly repeated: number;
      readonly dead: number;
      readonly emitted: number;
      readonly ms: number;
    }
  | { readonly kind: 'idle'; readonly unit: string; readonly partition: number }
  | {
      readonly kind: 'retry';
      readonly unit: string;
      readonly partition: number;
      readonly code: string;
      readonly message: string;
      readonly inMs: number;
    }
  | {
      readonly kind: 'rebuild';
      readonly unit: string;
      readonly done: number;
      readonly total: number;
      readonly perSecond: number;
    };

/** A hub of signals; listeners that throw are not called again. */
export class Signals {
  readonly #listeners = new Set<(signal: Signal) => void>();

  emit(signal: Signal): void {
    for (const listener of this.#listeners) {
      try {
        listener(signal);
      } catch {
        this.#listeners.delete(listener);
      }
    }
  }

  /** Listens; returns how to stop. */
  on(listener: (signal: Signal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
