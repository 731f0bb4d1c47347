/** Looks at processes by their id: alive, which one (ids are used again), and what it runs. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process runs; one that only waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, but belongs to somebody else
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return procStat(pid)?.state !== 'Z';
}

/** Names a process beyond its id: id and start time. Undefined when it does not run. */
export function processToken(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  return `${pid}@${procStat(pid)?.started ?? ps(pid, 'lstart=') ?? 'unknown'}`;
}

/** The command line of a process, or undefined. */
export function commandLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ps(pid, 'command=');
  }
}

/** State and start time (clock ticks since boot) where there is a /proc. */
function procStat(pid: number): { state: string; started: string } | undefined {
  try {
    // the name, in parentheses, may hold anything: fields are counted from its end
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, started: fields[19]! };
  } catch {
    return undefined;
  }
}

function ps(pid: number, format: string): string | undefined {
  try {
    const out = execFileSync('ps', ['-o', format, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return out.trim() === '' ? undefined : out.trim();
  } catch {
    return undefined;
  }
}
