/** What is put back again and again has somebody who changes it again and again: each time it is left longer. */
import { backOff } from './pace.ts';
import type { ActuatorSettings } from './settings.ts';

interface PutBack {
  /** In a row. */
  readonly times: number;
  /** Not put back again before, ms since 1970. */
  readonly notBefore: number;
}

/** Objects that were put back not long ago, by their id. */
export class PutBacks {
  readonly #settings: ActuatorSettings;
  readonly #recent = new Map<string, PutBack>();

  constructor(settings: ActuatorSettings) {
    this.#settings = settings;
  }

  /** Whether it is to be left alone now. */
  rests(id: string, at: number): boolean {
    return (this.#recent.get(id)?.notBefore ?? at) > at;
  }

  /** It was put back; in a row when it had been left for no longer than a resync. */
  count(id: string, at: number): void {
    this.#forget(at);
    const times = (this.#recent.get(id)?.times ?? 0) + 1;
    this.#recent.set(id, { times, notBefore: at + backOff(this.#settings, times) });
  }

  /** When those that rest may be put back again, ms since 1970. */
  due(): number[] {
    return [...this.#recent.values()].map(({ notBefore }) => notBefore);
  }

  #forget(at: number): void {
    for (const [id, { notBefore }] of this.#recent) {
      if (at - notBefore > this.#settings.resyncMs) this.#recent.delete(id);
    }
  }
}
