/** Decisions of the upstream placer, one by one, and how many replicas ours places of the same inputs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemOf } from '../../../projections/placement/declared.ts';
import { defaultOptions, place } from '../../../projections/placement/placer/place.ts';
import { noQuirks, upstreamQuirks } from '../../../projections/placement/placer/quirks.ts';
import { strategyNamed } from '../../../projections/placement/placer/strategies/index.ts';
import type { Trial } from '../../../projections/placement/placer/strategy.ts';
import { readNodes, readServices } from '../../../projections/placement/rohe/bodies.ts';

const data = process.env['CONFORMANCE_DATA'];
if (data === undefined)
  console.log('CONFORMANCE_DATA is not set: the placement conformance tests are skipped');

interface Run {
  readonly input: string;
  readonly replica_multiplier: number;
  readonly strategy: 0 | 1 | 2;
  readonly weights: { readonly cpu: number; readonly memory: number };
  readonly trace: readonly {
    service: string;
    node: string;
    score: number;
    feasible: number;
    ranked: number;
  }[];
  readonly final: Readonly<
    Record<string, { cpu_used: number; rss_used: number; cores_used: readonly number[]; gpu_used: object }>
  >;
  readonly unplaced: Readonly<Record<string, number>>;
}

const json = (path: string): unknown => JSON.parse(readFileSync(join(data!, 'rohe', path), 'utf8'));
const inputs = {
  seed: ['orchestration/seed/node_command.json', 'orchestration/seed/service_command.json'],
  head: ['orchestration/head/add_node.json', 'orchestration/head/add_service.json'],
} as const;
const names = ['first', 'spread', 'pack'] as const;

function problem(input: keyof typeof inputs, times: number) {
  const [nodes, services] = inputs[input];
  return problemOf(
    [...readNodes(json(nodes)).values()],
    [...readServices(json(services)).values()].map((it) => ({ ...it, replicas: times * it.replicas })),
  );
}

const runs = data === undefined ? [] : (json('golden/placements.json') as readonly Run[]);
const inputOf = (run: Run) => (run.input.startsWith('HEAD') ? 'head' : 'seed');
const upstream = (run: Run, quirks = upstreamQuirks) => {
  const trials: Trial[] = [];
  const plan = place(
    problem(inputOf(run), run.replica_multiplier),
    strategyNamed(names[run.strategy]),
    { ...defaultOptions, weights: run.weights },
    quirks,
    (trial) => trials.push(trial),
  );
  return { plan, taken: trials.filter(({ node }) => node !== null) };
};

describe.skipIf(data === undefined)('decisions of the upstream placer', () => {
  it.each(
    runs.map((run) => [`${inputOf(run)} × ${run.replica_multiplier}, ${names[run.strategy]}`, run] as const),
  )('%s: every decision, score and what is left', (_, run) => {
    const { plan, taken } = upstream(run);
    expect(taken.map(({ service, node, feasible, ranked }) => ({ service, node, feasible, ranked }))).toEqual(
      run.trace.map(({ service, node, feasible, ranked }) => ({ service, node, feasible, ranked })),
    );
    const worst = Math.max(...taken.map(({ score }, i) => Math.abs(score! - run.trace[i]!.score)));
    expect(worst).toBeLessThan(1e-6);
    expect(Object.fromEntries(plan.unplaced.map((it) => [it.service, it.replicas.length]))).toEqual(
      run.unplaced,
    );
    for (const { node, cpu, memory, cores } of plan.ledger.accounts) {
      const used = node.cores.map((size, i) => size - cores[i]!);
      const expected = run.final[node.id];
      expect([node.cpu - cpu, node.memory - memory]).toEqual([
        expected?.cpu_used ?? 0,
        expected?.rss_used ?? 0,
      ]);
      expect(used.sort()).toEqual([...(expected?.cores_used ?? node.cores.map(() => 0))].sort());
    }
  });

  it(`all ${runs.length} runs, ${runs.reduce((sum, run) => sum + run.trace.length, 0)} decisions; without the slips some differ`, () => {
    const differs = runs.filter((run) => {
      const { taken } = upstream(run, noQuirks);
      return taken.length !== run.trace.length || taken.some(({ node }, i) => node !== run.trace[i]!.node);
    });
    expect(differs.length).toBeGreaterThan(0);
  });
});

describe.skipIf(data === undefined)('replicas placed of three times the upstream inputs', () => {
  it.each([
    ['seed', 30, 28, 26],
    ['head', 45, 35, 31],
  ] as const)('%s: of %i at least %i, upstream at most %i', (input, total, least, theirs) => {
    const { services, ...rest } = problem(input, 3);
    expect(services.reduce((sum, it) => sum + it.replicas, 0)).toBe(total);
    const { placed, unplaced } = place({ ...rest, services }, strategyNamed('dense'));
    console.log(`${input} × 3: ${placed.length} of ${total} placed, upstream ${theirs}`);
    expect(placed.length).toBeGreaterThanOrEqual(least);
    // No service is left out for the sake of others.
    expect(new Set(placed.map(({ service }) => service)).size).toBe(services.length);
    expect(unplaced.every(({ nearest }) => nearest !== null)).toBe(true);
    for (const name of names) {
      const other = place({ ...rest, services }, strategyNamed(name), defaultOptions, upstreamQuirks);
      expect(other.placed.length).toBeLessThanOrEqual(theirs);
    }
  });
});
