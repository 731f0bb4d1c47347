/** What is peculiar about a container, as far as the inputs tell. */
import { percentileOf } from '../percentile.ts';
import { DAY, MINUTE } from '../time.ts';
import type { AdviceSettings, Note } from './engine.ts';
import { columnWithin } from './history.ts';
import type { History } from './history.ts';

/** Column of signals: the CPU that counts. */
const CPU = 2;
/** Throttled more than this share of what was used. */
const THROTTLED = 0.05;
/** The last day's P95 differs from the week's by more than this. */
const TREND = 0.2;
/** Correlation of an hour with the same hour of the day before. */
const DAILY = 0.5;
/** The busiest pod uses so much of the idlest. */
const UNEVEN = 2;

const flag = (code: string, message: string): Note => ({ code, message });

/** Flags, in this order: TOO_NEW, THROTTLED, OOM_SEEN, HPA_ON_SAME_METRIC, JVM, TREND, DAILY_PATTERN, UNEVEN_PODS. */
export function flagsOf(history: History, at: number, settings: AdviceSettings): Note[] {
  return [...usageFlags(history, at), ...knownFlags(at, settings)];
}

function knownFlags(at: number, settings: AdviceSettings): Note[] {
  const { throttledShare = 0, outOfMemory = [], autoscaled = [], jvm = false, podPeaks = [] } = settings;
  const flags: Note[] = [];
  if (throttledShare > THROTTLED) {
    flags.push(flag('THROTTLED', `Throttled for ${(100 * throttledShare).toFixed(1)} % of what it used.`));
  }
  const kills = outOfMemory.filter((event) => event.at <= at).length;
  if (kills > 0) flags.push(flag('OOM_SEEN', `Killed ${kills} times because its memory ran out.`));
  for (const resource of autoscaled) {
    flags.push(
      flag(
        'HPA_ON_SAME_METRIC',
        `A horizontal autoscaler watches its ${resource}: a change moves its target.`,
      ),
    );
  }
  if (jvm) flags.push(flag('JVM', 'The heap setting decides its memory: change both together.'));
  const peaks = podPeaks.filter((peak) => peak > 0);
  const ratio = peaks.length < 2 ? 1 : Math.max(...peaks) / Math.min(...peaks);
  if (ratio >= UNEVEN)
    flags.push(flag('UNEVEN_PODS', `Its busiest pod uses ${ratio.toFixed(1)} times its idlest.`));
  return flags;
}

function usageFlags({ samples, sampleMinutes }: History, at: number): Note[] {
  const week = columnWithin(samples, CPU, at - 7 * DAY, at);
  const day = columnWithin(samples, CPU, at - DAY, at);
  if (week.length === 0) return [];
  const flags: Note[] = [];
  const age = (at - samples.columns[0]![0]!) / MINUTE + sampleMinutes;
  if (age < 2 * 1_440) {
    flags.push(
      flag('TOO_NEW', `Known for ${(age / 60).toFixed(1)} hours: no past day tells how days differ.`),
    );
  } else if (day.length > 0) {
    const [last, usual] = [percentileOf(day, 95), percentileOf(week, 95)];
    if (usual > 0 && Math.abs(last / usual - 1) > TREND) {
      const change = (100 * (last / usual - 1)).toFixed(0);
      flags.push(flag('TREND', `The last day's P95 is ${change} % off that of the week.`));
    }
    const correlation = dailyCorrelation(columnWithin(samples, 0, at - 7 * DAY, at), week);
    if (correlation > DAILY) {
      flags.push(
        flag(
          'DAILY_PATTERN',
          `Hours resemble those of the day before (correlation ${correlation.toFixed(2)}).`,
        ),
      );
    }
  }
  return flags;
}

/** Correlation of hourly means with those 24 h before; 0 with less than 24 pairs. A pure daily wave gives 1. */
export function dailyCorrelation(ends: Float64Array, values: Float64Array): number {
  const hours = new Map<number, { sum: number; n: number }>();
  for (let i = 0; i < ends.length; i++) {
    const hour = Math.ceil(ends[i]! / (DAY / 24));
    const known = hours.get(hour);
    if (known === undefined) hours.set(hour, { sum: values[i]!, n: 1 });
    else {
      known.sum += values[i]!;
      known.n += 1;
    }
  }
  const pairs: [number, number][] = [];
  for (const [hour, { sum, n }] of hours) {
    const before = hours.get(hour - 24);
    if (before !== undefined) pairs.push([sum / n, before.sum / before.n]);
  }
  if (pairs.length < 24) return 0;
  const mean = (side: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
  const [a, b] = [mean(0), mean(1)];
  let [covariance, left, right] = [0, 0, 0];
  for (const [x, y] of pairs) {
    covariance += (x - a) * (y - b);
    left += (x - a) ** 2;
    right += (y - b) ** 2;
  }
  return left === 0 || right === 0 ? 0 : covariance / Math.sqrt(left * right);
}
