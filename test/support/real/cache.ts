/** Where downloads are kept between runs, by name and version; nothing of it is in the repository. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './process.ts';

/** Told what is being done, a sentence at a time. */
export type Report = (message: string) => void;

const LOCK_POLL_MS = 200;
const LOCK_PATIENCE_MS = 20 * 60_000;

/** The folder of all downloads: `$XDG_CACHE_HOME/rightstream`, or `~/.cache/rightstream`. */
export function cacheRoot(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'rightstream');
}

/** The folder of this name, filled by `fill` when it is not there yet. It appears whole or not at all, and one process fills it. */
export async function once(
  name: string,
  fill: (folder: string) => Promise<void>,
  report: Report,
): Promise<string> {
  const root = cacheRoot();
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  mkdirSync(root, { recursive: true });
  const release = await lock(`${folder}.lock`, report);
  try {
    if (existsSync(folder)) return folder;
    const unfinished = `${folder}.${process.pid}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    const started = Date.now();
    report(`${name}: installing into ${root}`);
    try {
      await fill(unfinished);
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      // another process was faster
      if (!existsSync(folder)) throw error;
    }
    report(`${name}: installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return folder;
  } finally {
    release();
  }
}

/** Saves double work only: that a folder is whole comes from the renaming. So a lock whose holder is gone may be taken without more ado. */
async function lock(file: string, report: Report): Promise<() => void> {
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  let said = false;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => {
        rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    if (holder === 'gone') rmSync(file, { force: true });
    if (Date.now() > deadline) {
      throw new Error(`${file} is held by process ${holder} for too long. Remove it and try again.`);
    }
    if (!said) report(`waiting for process ${holder}, which is installing the same`);
    said = true;
    await sleep(LOCK_POLL_MS);
  }
}

function holderOf(file: string): number | 'gone' {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // empty: being written just now
    if (pid === 0) return pid;
    process.kill(pid, 0);
    return pid;
  } catch {
    return 'gone';
  }
}

/** Runs a step of an installation, where what tools drop into the current folder harms nobody; its failure says what to do. */
export async function installStep(
  file: string,
  args: readonly string[],
  options: { readonly needs: string; readonly timeoutMs?: number },
): Promise<string> {
  let outcome;
  try {
    outcome = await run({ file, args, cwd: tmpdir() }, { timeoutMs: options.timeoutMs ?? 600_000 });
  } catch (error) {
    throw new Error(`${String(error)}. ${options.needs}`, { cause: error });
  }
  if (outcome.code === 0) return outcome.stdout + outcome.stderr;
  throw new Error(
    `\`${file} ${args.join(' ')}\` ended with ${outcome.code}:\n${(outcome.stdout + outcome.stderr).slice(-3_000)}\n${options.needs}`,
  );
}
