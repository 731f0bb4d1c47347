/** How good the engines' advice would have been: synthetic usage by shape, and the published traces when they are at hand. */
import { publishedTrace, traceData } from '../conformance/kruize/published-traces.ts';
import { tfbSeries } from '../conformance/kruize/tfb.ts';
import { hindsight, moments } from '../../projections/recommendation/engine/replay/replay.ts';
import type { ReplayOptions } from '../../projections/recommendation/engine/replay/replay.ts';
import type { Series } from '../../projections/recommendation/engine/engines/history.ts';
import { heldOutSeeds, meansOf, rivals, trial, trialsOf, tuningSeeds } from '../support/engine-trials.ts';
import type { Trial } from '../support/engine-trials.ts';

const names = [...rivals, 'balanced'];

/** Prints the tables of RESULTS.md. */
export function benchEngines(): void {
  if (traceData === null)
    console.log('Published traces: skipped, CONFORMANCE_DATA does not name a folder with traces/.\n');
  else {
    const options = { warmUpDays: 2, periodDays: 1, periods: 5 };
    for (const name of ['c_12104', 'c_29247']) published(publishedTrace(name), options, 'cpu');
    const days = { warmUpDays: 2, periodDays: 1 };
    for (const resource of ['cpu', 'memory'] as const) published(tfbSeries(), days, resource);
  }
  for (const [what, seeds] of [
    ['tuning', tuningSeeds],
    ['held out', heldOutSeeds],
  ] as const) {
    const trials = trialsOf(seeds);
    for (const resource of ['cpu', 'memory'] as const)
      table(`${what}, seeds ${seeds[0]!}–${seeds.at(-1)!}`, trials, resource);
  }
}

function published(series: Series, options: ReplayOptions, resource: 'cpu' | 'memory'): void {
  const floors = [99, 100].map((percentile) => hindsight(series, percentile, options));
  const all = [...trial(series, options).outcomes.values(), ...floors];
  const judged = moments(series, options).length;
  const scale = resource === 'cpu' ? 1 : 1e9;
  console.log(
    `${series.name}, ${resource}, rows of ${series.minutes} min, 2 days of warm-up, ${judged} days judged`,
  );
  const unit = resource === 'cpu' ? 'cores' : 'GB';
  head(['engine', 'slack %', 'violation %', 'unmet %', `mean ${unit}`, 'changes/day', 'mean change']);
  for (const outcome of all) {
    const score = outcome[resource];
    if (score === null) continue;
    const { slack, violation, unmet, mean, changesPerDay, meanChange } = score;
    const rest = [mean / scale, changesPerDay, meanChange / scale].map((n) => n.toFixed(2));
    row([outcome.name, slack.toFixed(2), violation.toFixed(2), unmet.toFixed(3), ...rest]);
  }
  console.log('');
}

function table(
  what: string,
  trials: ReadonlyMap<string, readonly Trial[]>,
  resource: 'cpu' | 'memory',
): void {
  const unit = resource === 'cpu' ? 'rows' : 'container-days';
  console.log(`${resource}, ${what}: slack % / violation % of ${unit} (worst seed); changes a day`);
  head(['engine', ...trials.keys()]);
  for (const name of names) {
    const cells = [...trials.values()].map((some) => {
      const { slack, violation, worst, changesPerDay } = meansOf(some, name, resource);
      return `${slack.toFixed(1)} / ${violation.toFixed(2)} (${worst.toFixed(1)}); ${changesPerDay.toFixed(1)}`;
    });
    row([name, ...cells]);
  }
  console.log('');
}

function head(cells: readonly string[]): void {
  console.log('');
  row(cells);
  row(cells.map((_, i) => (i === 0 ? '---' : '---:')));
}

function row(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}
