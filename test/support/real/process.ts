/** Processes that tests start: lines of output, waiting for one of them, signals. None outlives us, not even when we are killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { createInterface } from 'node:readline';

/** What to run. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that runs until it is stopped. */
export interface Child {
  readonly pid: number;
  readonly alive: boolean;
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>;
  /** The last lines of both its outputs. */
  tail(): string;
  /** The first line that matches, of those still remembered or to come. Rejects with the tail when the process ends or time is up. */
  untilLine(pattern: RegExp, timeoutMs: number): Promise<string>;
  /** Resolves when `probe` answers true; asked every 50 ms. Rejects like `untilLine`. */
  until(what: string, probe: () => Promise<boolean>, timeoutMs: number): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Asks it to end, kills it when it has not within `graceMs`; resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** Ends it at once (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>;
}

/** What a program that ran to its end said. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

const REMEMBERED_LINES = 300;
const PROBE_MS = 50;
const GRACE_MS = 20_000;

/** Starts a program. */
export async function startChild(command: Command): Promise<Child> {
  const child = launch(command);
  child.stdin.end();
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > REMEMBERED_LINES) lines.shift();
      for (const listener of listeners) listener(line);
    });
  }
  let alive = true;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      alive = false;
      lines.push(`[${command.file} ended: ${code ?? signal ?? 'unknown'}]`);
      resolve();
    });
  });
  const pid = await spawned(child, command);

  function failure(what: string): Error {
    return new Error(
      `${command.file} (process ${pid}) ${what}. Its last lines:\n${lines.slice(-40).join('\n')}`,
    );
  }
  /** What `work` resolves to, unless the process ends or time is up before. */
  async function within<T>(what: string, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>) {
    const over = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await Promise.race([
        work(over.signal),
        exited.then(() => Promise.reject(failure(`ended before ${what}`))),
        new Promise<never>((_, reject) => {
          timer = setTimeout(() => {
            reject(failure(`had ${timeoutMs} ms, but not yet ${what}`));
          }, timeoutMs);
        }),
      ]);
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }
  function signal(name: NodeJS.Signals): void {
    if (alive) process.kill(pid, name);
  }

  return {
    pid,
    exited,
    get alive() {
      return alive;
    },
    tail: () => lines.join('\n'),
    untilLine: (pattern, timeoutMs) =>
      within(`the line ${String(pattern)}`, timeoutMs, (over) => {
        const seen = lines.find((line) => pattern.test(line));
        if (seen !== undefined) return Promise.resolve(seen);
        return new Promise<string>((resolve) => {
          const listener = (line: string) => {
            if (pattern.test(line)) resolve(line);
          };
          listeners.add(listener);
          over.addEventListener('abort', () => listeners.delete(listener));
        });
      }),
    until: (what, probe, timeoutMs) =>
      within(what, timeoutMs, async (over) => {
        while (!over.aborted && !(await probe().catch(() => false))) {
          await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
        }
      }),
    signal,
    async stop(graceMs = GRACE_MS) {
      signal('SIGTERM');
      // a process that is paused hears nothing else
      signal('SIGCONT');
      const timer = setTimeout(() => {
        signal('SIGKILL');
      }, graceMs);
      await exited;
      clearTimeout(timer);
    },
    async kill() {
      signal('SIGKILL');
      await exited;
    },
  };
}

/** Runs a program to its end. Rejects when it cannot be started or takes longer than `timeoutMs`; any exit code is an answer. */
export async function run(
  command: Command,
  options: { readonly stdin?: string; readonly timeoutMs?: number } = {},
): Promise<Outcome> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const child = launch(command);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // a program that does not read what it is given is no fault of ours
  child.stdin.on('error', () => undefined).end(options.stdin ?? '');
  const closed = new Promise<number>((resolve) => {
    child.once('close', (code) => {
      resolve(code ?? -1);
    });
  });
  await spawned(child, command);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const code = await closed;
  clearTimeout(timer);
  if (!late) return { stdout, stderr, code };
  throw new Error(
    `${command.file} ${command.args.slice(-4).join(' ')} took longer than ${timeoutMs} ms:\n${(stdout + stderr).slice(-2_000)}`,
  );
}

function launch(command: Command) {
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (child.pid !== undefined) child.once('exit', watchOver(child.pid));
  return child;
}

async function spawned(child: ChildProcess, command: Command): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(new Error(`${command.file} cannot be run: ${error.message}`, { cause: error }));
    });
  });
  return child.pid!;
}

/** Reads `+ pid` and `- pid`; kills what is left when its input ends, which it does however we end. */
const WATCHMAN = `trap '' INT TERM HUP
pids=' '
while read -r sign pid; do
  case "$sign" in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
kill -9 $pids 2>/dev/null`;

let watchman: Writable | undefined;

/** Sees to it that a process ends when we do. Call what is returned once it is gone: its id may become another's. */
export function watchOver(pid: number): () => void {
  if (watchman === undefined) {
    const shell = spawn('sh', ['-c', WATCHMAN], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    shell.unref();
    watchman = shell.stdin;
    // neither keeps us running nor fails us
    watchman.on('error', () => undefined);
    (shell.stdin as unknown as { unref(): void }).unref();
  }
  watchman.write(`+ ${pid}\n`);
  return () => watchman?.write(`- ${pid}\n`);
}
