/** From which change on a proposal matters how much. */

/** Least changes that are critical, a warning and ok, by resource: cores and MiB. */
export interface Thresholds {
  readonly cpu: readonly number[];
  readonly memory: readonly number[];
}

/** KRR's. */
export const knownThresholds: Thresholds = { cpu: [0.5, 0.25, 0.1], memory: [500, 250, 100] };
/** How many there are of a resource. */
export const severityLevels = 3;

/** True for numbers above 0, none above the one before. */
export function isDescending(levels: readonly unknown[]): levels is number[] {
  return levels.every((level, i) => {
    const most = i === 0 ? Number.MAX_SAFE_INTEGER : (levels[i - 1] as number);
    return typeof level === 'number' && level > 0 && level <= most;
  });
}
