/** Tells clients of /signals what changed: few at a time, none that is slow, no more often than people can see. */
import { Readable } from 'node:stream';
import type { PipelineState, PipelineStatus } from '../../../../streams/runtime/ports.ts';

/** Changes within this time are told together. */
const quietMs = 250;
const heartbeatMs = 15_000;
/** A client that leaves more than this unread is let go; it comes back by itself. */
const maxUnread = 262_144;

interface Client {
  readonly stream: Readable;
  readonly errors: boolean;
}

/** The clients of one server. It watches the pipeline only while somebody listens. */
export class SignalHub {
  readonly #pipeline: PipelineStatus;
  readonly #max: number;
  readonly #clients = new Set<Client>();
  #stop: (() => void) | null = null;
  #pending: NodeJS.Timeout | null = null;

  constructor(pipeline: PipelineStatus, max: number) {
    this.#pipeline = pipeline;
    this.#max = max;
  }

  /** A stream that begins with the state of now; null when too many listen. `errors`: with what units failed with. */
  async join(errors: boolean): Promise<Readable | null> {
    if (this.#clients.size >= this.#max) return null;
    const client = { stream: new Readable({ read: () => undefined }), errors };
    this.#clients.add(client);
    client.stream.once('close', () => {
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#unwatch();
    });
    this.#watch();
    try {
      this.#send(client, 'retry: 3000\n\n');
      this.#send(client, eventOf(await this.#pipeline.status(), errors));
    } catch (error) {
      client.stream.destroy();
      throw error;
    }
    return client.stream;
  }

  /** Ends all streams. */
  close(): void {
    for (const { stream } of this.#clients) stream.push(null);
    this.#clients.clear();
    this.#unwatch();
  }

  #watch(): void {
    if (this.#stop !== null) return;
    const unsubscribe = this.#pipeline.subscribe(() => {
      this.#pending ??= setTimeout(() => void this.#tell(), quietMs);
    });
    const heartbeat = setInterval(() => {
      for (const client of this.#clients) this.#send(client, ': still here\n\n');
    }, heartbeatMs);
    this.#stop = () => {
      unsubscribe();
      clearInterval(heartbeat);
    };
  }

  #unwatch(): void {
    this.#stop?.();
    this.#stop = null;
    if (this.#pending !== null) clearTimeout(this.#pending);
    this.#pending = null;
  }

  async #tell(): Promise<void> {
    this.#pending = null;
    try {
      const state = await this.#pipeline.status();
      const [full, plain] = [eventOf(state, true), eventOf(state, false)];
      for (const client of this.#clients) this.#send(client, client.errors ? full : plain);
    } catch {
      // The database is away for a moment: the next change tells; clients keep what they have.
    }
  }

  #send({ stream }: Client, text: string): void {
    if (stream.destroyed || stream.readableEnded) return;
    if (stream.readableLength > maxUnread) stream.destroy();
    else stream.push(text);
  }
}

function eventOf(state: PipelineState, errors: boolean): string {
  const units = errors
    ? state.units
    : state.units.map(({ lastError, ...unit }) =>
        lastError === undefined ? unit : { ...unit, failing: true },
      );
  return `event: state\ndata: ${JSON.stringify({ ...state, units })}\n\n`;
}
