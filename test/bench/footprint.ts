/** What a program and its Postgres take: memory and CPU of the processes under some root processes, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Measured over the life of a watch; NaN where there is no /proc. */
export interface Footprint {
  /** Largest sum of proportional set sizes of all processes at one look, bytes: shared memory counts once. */
  readonly treeBytes: number;
  /** Largest resident size of the first process ever (its high-water mark), bytes. */
  readonly nodeBytes: number;
  /** CPU so far, seconds: the first process, and all. */
  readonly nodeCpu: number;
  readonly treeCpu: number;
}

/** Looks every so often, until stopped. */
export interface Watch {
  now(): Footprint;
  stop(): Footprint;
}

const EVERY_MS = 500;
/** Ticks of a second in /proc/PID/stat, on every Linux that Node runs on. */
const TICKS = 100;

/** Watches process `first` and what descends from it or from `others` (a Postgres that does not descend from it). */
export function watch(first: number, others: readonly number[]): Watch {
  let treeBytes = NaN;
  const look = (): void => {
    const pss = treeOf([first, ...others]).map((pid) => field(pid, 'smaps_rollup', 'Pss'));
    const sum = pss.reduce((total, kib) => total + kib * 1024, 0);
    if (sum > 0 && !(sum <= treeBytes)) treeBytes = sum;
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  const now = (): Footprint => ({
    treeBytes,
    nodeBytes: field(first, 'status', 'VmHWM') * 1024 || NaN,
    nodeCpu: cpuSeconds(first),
    treeCpu: treeOf([first, ...others]).reduce((sum, pid) => sum + cpuSeconds(pid), 0),
  });
  return {
    now,
    stop() {
      clearInterval(timer);
      look();
      return now();
    },
  };
}

/** The roots and everything below them, each once. */
function treeOf(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = new Set<number>();
  const waiting = [...roots];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    waiting.push(...(children.get(pid) ?? []));
  }
  return [...found];
}

/** User and system time of a process and of its children that have ended. */
function cpuSeconds(pid: number): number {
  return statOf(pid)
    .slice(11, 15)
    .reduce((sum, ticks) => sum + Number(ticks) / TICKS, 0);
}

/** Fields of /proc/PID/stat behind the name: state, parent, …; empty when the process is gone. */
function statOf(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** A `Name: 123 kB` line; 0 when it cannot be read. */
function field(pid: number, file: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/${file}`))?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
