/** The workers of one unit in this process: they start and stop as partitions come and go. */
import { setMaxListeners } from 'node:events';
import { Fenced } from '../errors.ts';
import type { MemberUnit, Membership } from '../ports.ts';
import { runWorker } from './worker.ts';
import type { UnitWork, WorkerDeps } from './worker.ts';

/** A unit and how to make its work of one partition. */
export interface CrewUnit extends MemberUnit {
  work(partition: number): UnitWork;
}

/** How long to wait before a partition is claimed again that another process has claimed, ms. */
const RECLAIM_MS = 1_000;

/** Works on the unit's partitions until aborted: batches in hand are finished, then the group is left. Throws the first Fatal. */
export async function runCrew(
  unit: CrewUnit,
  deps: WorkerDeps & { readonly membership: Membership },
  signal: AbortSignal,
): Promise<void> {
  const crew = new Crew(unit, deps);
  const member = await deps.membership.join(unit, (partitions) => {
    crew.have(partitions);
  });
  crew.tell = (partition, positions) => {
    member.at(partition, positions);
  };
  try {
    await Promise.race([aborted(signal), member.failed, crew.failed]);
  } finally {
    await crew.stop();
    await member.leave();
  }
  await crew.failure();
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

interface Post {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

class Crew {
  readonly failed: Promise<never>;
  tell: (partition: number, positions: Readonly<Record<string, number>>) => void = () => undefined;
  readonly #unit: CrewUnit;
  readonly #deps: WorkerDeps;
  readonly #posts = new Map<number, Post>();
  readonly #ended = new AbortController();
  #wanted: ReadonlySet<number> = new Set();
  #fail: (error: unknown) => void = () => undefined;
  #error: { readonly error: unknown } | undefined;

  constructor(unit: CrewUnit, deps: WorkerDeps) {
    this.#unit = unit;
    this.#deps = deps;
    setMaxListeners(0, this.#ended.signal);
    this.failed = new Promise<never>((_, reject) => (this.#fail = reject));
    this.failed.catch(() => undefined);
  }

  /** These partitions are ours from now on, and no others. */
  have(partitions: readonly number[]): void {
    // Others may join or leave while the last batches are finished: that gives us nothing new to do.
    if (this.#ended.signal.aborted) return;
    this.#wanted = new Set(partitions);
    for (const [partition, post] of this.#posts) if (!this.#wanted.has(partition)) post.stop.abort();
    for (const partition of partitions) this.#staff(partition);
  }

  async stop(): Promise<void> {
    this.#wanted = new Set();
    this.#ended.abort();
    for (const { stop } of this.#posts.values()) stop.abort();
    await Promise.all([...this.#posts.values()].map(({ done }) => done));
  }

  /** Throws what a worker failed with. */
  failure(): Promise<void> {
    return this.#error === undefined ? Promise.resolve() : Promise.reject(this.#error.error as Error);
  }

  #staff(partition: number): void {
    if (this.#posts.has(partition) || !this.#wanted.has(partition)) return;
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const done = this.#work(partition, stop.signal).finally(() => {
      this.#posts.delete(partition);
      // It may have come back while the last batch was finished.
      this.#staff(partition);
    });
    this.#posts.set(partition, { stop, done });
  }

  async #work(partition: number, signal: AbortSignal): Promise<void> {
    try {
      const work = this.#unit.work(partition);
      await runWorker(work, this.#deps, signal, (positions) => {
        this.tell(partition, positions);
      });
    } catch (error) {
      if (error instanceof Fenced) {
        // Somebody else has claimed it: either we lose it and hear so soon, or we are to take it back.
        await this.#deps.clock.sleep(RECLAIM_MS, AbortSignal.any([signal, this.#ended.signal]));
        return;
      }
      this.#error ??= { error };
      this.#wanted = new Set();
      this.#fail(error);
    }
  }
}
