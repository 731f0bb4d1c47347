/** A disk of limited size that a test fills: a tmpfs, for which root on Linux is needed. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A mounted disk. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left, and what others give up later, until `free`. */
  fill(): void;
  free(): void;
  unmount(): void;
}

const PIECES = [1 << 20, 1 << 12].map((bytes) => Buffer.alloc(bytes, 1));
const AGAIN_MS = 50;

/** Mounts disks of so many MiB; none, with a line that says why, when the system refuses. */
export function smallDisks(...sizes: readonly number[]): SmallDisk[] | undefined {
  const disks: SmallDisk[] = [];
  try {
    for (const size of sizes) disks.push(mounted(size));
    return disks;
  } catch (error) {
    for (const disk of disks) disk.unmount();
    const why = error instanceof Error ? error.message.trim() : String(error);
    console.warn(`skipped: a small tmpfs cannot be mounted here (${why}); root on Linux is needed`);
    return undefined;
  }
}

function mounted(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'rightstream-disk-'));
  try {
    const options = `size=${megabytes}m,mode=755`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const ballast = join(folder, 'ballast');
  let filling: NodeJS.Timeout | undefined;
  const free = (): void => {
    clearInterval(filling);
    filling = undefined;
    rmSync(ballast, { force: true });
  };
  return {
    folder,
    fill() {
      grow(ballast);
      filling ??= setInterval(grow, AGAIN_MS, ballast);
    },
    free,
    unmount() {
      free();
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function grow(file: string): void {
  for (const piece of PIECES) {
    try {
      for (;;) appendFileSync(file, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
