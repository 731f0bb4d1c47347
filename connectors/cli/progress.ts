/** One line on a terminal that shows how far long work is; silent where nobody looks. */
import pc from 'picocolors';

/** A progress line. */
export interface Progress {
  show(text: string, share?: number): void;
  done(): void;
}

const WIDTH = 24;

/** A progress line on stderr; nothing when it is no terminal. */
export function progress(): Progress {
  if (!process.stderr.isTTY) return { show: () => undefined, done: () => undefined };
  let last = 0;
  return {
    show(text, share) {
      const now = Date.now();
      if (now - last < 80 && share !== 1) return;
      last = now;
      const filled = Math.round(WIDTH * Math.min(1, share ?? 0));
      const bar =
        share === undefined ? '' : `${pc.cyan('█'.repeat(filled))}${pc.dim('░'.repeat(WIDTH - filled))} `;
      process.stderr.write(`\r\u001b[2K${bar}${text}`);
    },
    done() {
      process.stderr.write('\r\u001b[2K');
    },
  };
}

/** A count with thousands separators, e.g. 12,345. */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** Bytes for people: KiB, MiB, GiB with one decimal. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]!}`;
}
