/** One supervised process: whatever ends it, it is started again, as a supervisor would. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchOver } from '../support/real/process.ts';
import type { FromChild, ToChild } from './messages.ts';
import type { Sending } from './uploads.ts';

/** How a process is started. */
export interface MemberSettings {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Another version of the code, see variants.ts. */
  readonly variant?: string | undefined;
  /** Only for the first start. */
  readonly crashAt?: string | undefined;
  readonly defect?: string | undefined;
}

/** An end that nobody asked for. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

const RESTART_MS = 50;
const RUNNING_MS = 60_000;
const LOOK_MS = 20;
const LAST_LINES = 2_000;

/** A process and its successors. */
export class Member {
  /** Ends by its own doing, with the reason. */
  readonly failures: Failure[] = [];
  /** Codes of what it, or who uploaded, tried again. */
  readonly retries = new Set<string>();
  /** How often it was started. */
  starts = 0;
  readonly #settings: MemberSettings;
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  #retired = false;
  #waiting = new Map<number, { resolve: (uploadId: string) => void; reject: (error: Error) => void }>();
  #sent = 0;
  #backOff = RESTART_MS;
  #running = false;

  constructor(settings: MemberSettings) {
    this.#settings = settings;
    this.#start(settings.variant, settings.crashAt);
  }

  /** The variant of the code that comes up. */
  get variant(): string | undefined {
    return this.#settings.variant;
  }

  /** SIGKILL. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** SIGSTOP, and SIGCONT. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Kills it; what comes up again is this variant of the code, or dies at this point. */
  async become(variant: string | undefined, crashAt?: string): Promise<void> {
    this.#next = { variant, crashAt };
    const before = this.#gone;
    this.kill();
    await before;
  }
  #next: { variant: string | undefined; crashAt: string | undefined } | undefined;

  /** Resolves when the process has joined its groups. Throws when it does not for a long time. */
  async running(): Promise<void> {
    const until = Date.now() + RUNNING_MS;
    while (!this.#running && !this.#retired) {
      const why = this.failures.at(-1);
      if (Date.now() > until)
        throw new Error(
          `not running after ${RUNNING_MS / 1_000} s, ${this.starts} starts: ${why?.message ?? ''}`,
        );
      await sleep(LOOK_MS);
    }
  }

  /** Resolves with the id of the accepted upload; rejects when it is refused or the process ends. */
  upload(upload: Sending): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#child?.connected !== true) {
        reject(new Error('no process'));
        return;
      }
      const id = (this.#sent += 1);
      this.#waiting.set(id, { resolve, reject });
      const message: ToChild = { id, upload };
      this.#child.send(message, (error) => {
        if (error !== null) this.#settle(id, (waiting) => waiting.reject(error));
      });
    });
  }

  /** Ends it for good: SIGTERM, and SIGKILL when it has not ended after a while. */
  async retire(graceMs = 20_000): Promise<void> {
    this.#retired = true;
    this.#child?.kill('SIGTERM');
    this.#child?.kill('SIGCONT');
    const timer = setTimeout(() => {
      this.failures.push({ code: 'DID_NOT_STOP', message: `still there ${graceMs} ms after SIGTERM` });
      this.kill();
    }, graceMs);
    await this.#gone;
    clearTimeout(timer);
  }

  #start(variant: string | undefined, crashAt: string | undefined): void {
    this.starts += 1;
    this.#running = false;
    const { file, env, defect } = this.#settings;
    const child = fork(file, {
      serialization: 'advanced',
      execArgv: ['--enable-source-maps', '--no-deprecation'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        ...env,
        NODE_NO_WARNINGS: '1',
        ...(variant === undefined ? {} : { CHAOS_VARIANT: variant }),
        ...(crashAt === undefined ? {} : { RIGHTSTREAM_CRASH_AT: crashAt }),
        ...(defect === undefined ? {} : { CHAOS_DEFECT: defect }),
      },
    });
    this.#child = child;
    const forget = child.pid === undefined ? () => undefined : watchOver(child.pid);
    let lines = '';
    let said: Failure | undefined;
    child.stderr?.on('data', (chunk: Buffer) => (lines = (lines + chunk.toString()).slice(-LAST_LINES)));
    child.on('error', () => undefined);
    child.on('message', (message: FromChild) => {
      if (message.kind === 'failed') said = message;
      if (message.kind === 'retry') this.retries.add(message.code);
      if (message.kind === 'running') {
        this.#running = true;
        this.#backOff = RESTART_MS;
      }
      if (message.kind === 'accepted') this.#settle(message.id, ({ resolve }) => resolve(message.uploadId));
      if (message.kind === 'refused') {
        this.retries.add(message.error.split(':')[0]!);
        this.#settle(message.id, ({ reject }) => reject(new Error(message.error)));
      }
    });
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        forget();
        this.#running = false;
        if (signal !== 'SIGKILL' && code !== 0)
          this.failures.push(said ?? { code: `EXIT_${code ?? signal}`, message: lines });
        for (const id of [...this.#waiting.keys()])
          this.#settle(id, ({ reject }) => reject(new Error('the process ended')));
        const next = this.#next ?? { variant, crashAt: undefined };
        this.#next = undefined;
        if (!this.#retired) {
          setTimeout(() => {
            if (!this.#retired) this.#start(next.variant, next.crashAt);
          }, this.#backOff);
          this.#backOff = Math.min(1_000, this.#backOff * 2);
        }
        resolve();
      });
    });
  }

  #settle(
    id: number,
    how: (waiting: { resolve: (uploadId: string) => void; reject: (error: Error) => void }) => void,
  ): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) how(waiting);
  }
}
