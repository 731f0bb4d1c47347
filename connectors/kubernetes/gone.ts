/** Which objects are gone: the answer to a write of ours may come after the news of that. */

/** Most that are remembered. */
const MOST = 1_000;

/** Uids of objects that are gone, the latest last. */
export class Gone {
  readonly #uids = new Set<string>();

  has(uid: string | undefined): boolean {
    return uid !== undefined && this.#uids.has(uid);
  }

  /** The longest gone is forgotten when there are too many. */
  add(uid: string | undefined): void {
    if (uid === undefined) return;
    this.#uids.add(uid);
    const [oldest] = this.#uids;
    if (this.#uids.size > MOST) this.#uids.delete(oldest!);
  }
}
