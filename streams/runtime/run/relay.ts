/** Brings emitted records from the outbox to the log: in order, acknowledged before they are forgotten. */
import { BadInput, Retryable } from '../errors.ts';
import type { Faults } from '../faults.ts';
import type { EventLog } from '../ports.ts';
import type { Outbox } from '../units.ts';

/** What relaying needs. */
export interface RelayDeps {
  readonly log: EventLog;
  readonly outbox: Outbox;
  readonly faults: Faults;
}

/**
 * Publishes what waits for one unit and partition, and not what comes meanwhile: whoever waits for this must not wait for others.
 * A crash, or two relays at once, publish a record twice, never out of order: whoever publishes a record has published, or knows
 * published, all before it. Readers drop the repeat by origin and seq. What the log refuses waits: Retryable OUTBOX_BLOCKED.
 */
export async function relay(
  { log, outbox, faults }: RelayDeps,
  unit: string,
  partition: number,
): Promise<void> {
  for (;;) {
    const { records, more } = await outbox.pending(unit, partition);
    if (records.length === 0) return;
    await log.append(records).catch((error: unknown) => {
      throw error instanceof BadInput ? blocked(unit, partition, error) : error;
    });
    faults('outbox.produced');
    await outbox.published(records.map(({ id }) => id));
    faults('outbox.forgotten');
    if (!more) return;
  }
}

/** What a log that refuses what was emitted is: to be tried again, Retryable OUTBOX_BLOCKED. */
export function blocked(unit: string, partition: number, cause: BadInput): Retryable {
  return new Retryable(
    {
      code: 'OUTBOX_BLOCKED',
      message: `what ${unit}/${partition} emitted waits, for the log refuses it (${cause.code}: ${cause.message}); it is tried again`,
    },
    { cause },
  );
}

/** Relays of one process, one at a time per unit and partition: whoever asks while one runs is served by the next. */
export class Relays {
  readonly #deps: RelayDeps;
  readonly #running = new Map<string, { now: Promise<void>; next: Promise<void> | undefined }>();

  constructor(deps: RelayDeps) {
    this.#deps = deps;
  }

  /** Resolves when everything that was committed before the call is in the log. */
  flush(unit: string, partition: number): Promise<void> {
    const name = `${unit}/${partition}`;
    const running = this.#running.get(name);
    if (running !== undefined) {
      running.next ??= running.now.catch(() => undefined).then(() => this.#start(name, unit, partition));
      return running.next;
    }
    return this.#start(name, unit, partition);
  }

  #start(name: string, unit: string, partition: number): Promise<void> {
    const now = relay(this.#deps, unit, partition).finally(() => {
      if (this.#running.get(name)?.now === now && this.#running.get(name)?.next === undefined)
        this.#running.delete(name);
    });
    this.#running.set(name, { now, next: undefined });
    return now;
  }
}
