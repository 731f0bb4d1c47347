/** A bell: rung by whoever has news, waited for by one loop. */
import { pause } from './pace.ts';

/** Rings are not counted: one is enough to look at everything. */
export class Wake {
  #rung = false;
  #answer: (() => void) | undefined;

  readonly ring = (): void => {
    this.#rung = true;
    this.#answer?.();
  };

  /** Resolves when it was rung since the last time, after `ms`, or when the signal is aborted. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const either = new AbortController();
      const answer = (): void => {
        either.abort();
      };
      this.#answer = answer;
      signal.addEventListener('abort', answer);
      await pause(ms, either.signal).catch(() => undefined);
      signal.removeEventListener('abort', answer);
      this.#answer = undefined;
    }
    this.#rung = false;
  }
}
