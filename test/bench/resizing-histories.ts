/** Random histories of right-sizing, every decision held against rules that are written a second time; the seed is printed. */
import { play } from '../projections/placement/resizing-histories/play.ts';

/** Plays `RESIZING_HISTORIES` histories (100,000 when absent) from `RESIZING_SEED` on; throws when one breaks a rule. */
export function benchResizingHistories(): void {
  const count = numberOf('RESIZING_HISTORIES', 100_000);
  const seed = numberOf('RESIZING_SEED', Date.now() % 1_000_000_000);
  console.log(`${count} histories from seed ${seed} on`);
  const counts = new Map<string, number>();
  const started = performance.now();
  for (let i = 0; i < count; i++) {
    const played = play(seed + i);
    for (const [what, times] of played.counts) counts.set(what, (counts.get(what) ?? 0) + times);
    if (played.broken.length > 0) throw new Error(`seed ${seed + i}: ${played.broken.join('; ')}`);
  }
  for (const [what, times] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${what}: ${times}`);
  const seconds = (performance.now() - started) / 1_000;
  console.log(`no rule broken in ${count} histories from seed ${seed} on, ${seconds.toFixed(0)} s`);
}

function numberOf(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} is a whole number; got ${text}`);
  return Number(text);
}
