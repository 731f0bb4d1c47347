/** What servers that run as processes of ours have in common. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from './process.ts';
import type { Server } from './servers.ts';

/** A server that runs as a process. */
export interface NativeServer extends Server {
  /** Id of the process that runs now. */
  readonly pid: number;
}

const ATTEMPTS = 3;

/** A new folder for the data of a server. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `rightstream-${name}-`));
}

/** Removes a temporary folder. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Starts on ports that were free a moment ago: tries again when another program took one meanwhile. */
export async function withFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      const taken = /address already in use|already bound|Port \d+ seems to be in use/i.test(String(error));
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Resolves with the child when `ready` does; otherwise ends it. */
export async function readied(child: Child, ready: (child: Child) => Promise<unknown>): Promise<Child> {
  try {
    await ready(child);
    return child;
  } catch (error) {
    await child.kill();
    throw error;
  }
}

/** Kill, pause and the like for a process that `launch` starts (again). `graceMs` is how long a shutdown may take. */
export async function nativeServer(
  launch: () => Promise<Child>,
  options: { readonly graceMs?: number; readonly cleanUp: () => void },
): Promise<NativeServer> {
  let child = await launch();
  return {
    get pid() {
      return child.pid;
    },
    log: () => child.tail(),
    async stop() {
      await child.stop(options.graceMs);
      options.cleanUp();
    },
    kill: () => child.kill(),
    async restart() {
      await child.stop(options.graceMs);
      child = await launch();
    },
    pause: () => Promise.resolve(child.signal('SIGSTOP')),
    resume: () => Promise.resolve(child.signal('SIGCONT')),
  };
}
