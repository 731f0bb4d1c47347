/** Patches of pods that are in vain: refused, or undone by somebody again and again. By the uid of the pod, and what the patch was. */

interface Patched {
  readonly what: string;
  readonly refused: boolean;
  /** Times in a row. */
  readonly times: number;
  /** The last time, ms since 1970. */
  readonly at: number;
}

/** Of each pod the last patch is remembered: another one begins anew. */
export class VainPatches {
  readonly #pods = new Map<string, Patched>();

  /** A patch that was refused is not tried again. */
  refuse(uid: string, what: string): void {
    this.#pods.set(uid, { what, refused: true, times: 0, at: 0 });
  }

  isRefused(uid: string, what: string): boolean {
    const known = this.#pods.get(uid);
    return known?.what === what && known.refused;
  }

  /** A patch that was made. */
  made(uid: string, what: string, at: number, withinMs: number): void {
    this.#pods.set(uid, { what, refused: false, times: this.times(uid, what, at, withinMs) + 1, at });
  }

  /** How often this patch was made in a row, no two of them farther apart than `withinMs`. */
  times(uid: string, what: string, at: number, withinMs: number): number {
    const known = this.#pods.get(uid);
    return known?.what === what && at - known.at <= withinMs ? known.times : 0;
  }

  /** Forgets all but these pods. */
  keep(uids: ReadonlySet<string | undefined>): void {
    for (const uid of this.#pods.keys()) if (!uids.has(uid)) this.#pods.delete(uid);
  }
}
