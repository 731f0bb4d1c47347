import { describe, expect, it } from 'vitest';
import { recommend } from '../../../projections/recommendation/engine/recommend.ts';
import { compare } from './compare.ts';
import { json, kruizeData, whySkipped } from './data.ts';
import {
  formatsOf,
  intervalsByObject,
  signalsOf,
  type PostedInterval,
  type PostedResult,
} from './results.ts';

type Recommendations = Readonly<Record<string, unknown>>;
interface Reply {
  kubernetes_objects: {
    containers: { container_name: string; recommendations: Recommendations }[];
    namespaces?: { recommendations: Recommendations };
  }[];
}

const QUARTER = 900_000;

/** The input posted several times, with the given interval ends. */
function restamped(file: string, ends: readonly number[]): Map<string, PostedInterval[]> {
  const once = intervalsByObject(json(file) as PostedResult[]);
  return new Map(
    [...once].map(([name, [first]]) => [
      name,
      ends.map((end) => ({ start: end - QUARTER, end, metrics: first!.metrics })),
    ]),
  );
}

/** Recommendation per object, asked at the newest end of all. */
function answers(byName: Map<string, PostedInterval[]>): Map<string, Recommendations> {
  const requestedEnd = Math.max(...[...byName.values()].flat().map((interval) => interval.end));
  return new Map(
    [...byName].map(([name, intervals]) => {
      const kind = name.startsWith('ns:') ? 'namespace' : 'container';
      const formats = formatsOf(kind, intervals);
      const { document } = recommend(signalsOf(kind, intervals), { kind, requestedEnd, formats });
      return [name, document as unknown as Recommendations];
    }),
  );
}

function expectedFile(name: string): Map<string, Recommendations> {
  const file = json(`expected/${name}.json`) as { containers: Record<string, Recommendations> };
  return new Map(Object.entries(file.containers));
}

/** Recommendations of a Kruize reply; a namespace is called `ns`. */
function replied(reply: Reply[]): Map<string, Recommendations> {
  const objects = reply.flatMap((part) => part.kubernetes_objects);
  return new Map([
    ...objects.flatMap((o) => o.containers.map((c) => [c.container_name, c.recommendations] as const)),
    ...objects.flatMap((o) => (o.namespaces ? [['ns', o.namespaces.recommendations] as const] : [])),
  ]);
}

function check(
  expected: Map<string, Recommendations>,
  found: Map<string, Recommendations>,
  skip?: (path: string) => boolean,
): void {
  expect(expected.size).toBeGreaterThan(0);
  for (const [name, recommendations] of expected) {
    const ours = found.get(name) ?? [...found].find(([n]) => name === 'ns' && n.startsWith('ns:'))?.[1];
    const result = compare(recommendations, ours, skip);
    expect(result.differences, name).toEqual([]);
    expect(result.values).toBeGreaterThan(3);
  }
}

const midnight = Date.parse('2022-01-23T00:00:00.000Z');
const posts = {
  e1b: () => restamped('input/update_results.json', [midnight + QUARTER]),
  e1: () => restamped('input/update_results.json', [midnight + QUARTER, midnight + 2 * QUARTER]),
  e2: () => intervalsByObject(json('input/multiple_results_single_exp.json') as PostedResult[]),
  e3: () => intervalsByObject(json('input/multiple_results_single_exp_namespace.json') as PostedResult[]),
  golden: () => {
    const end = Date.parse('2022-01-23T23:58:43.511Z');
    return restamped('input/update_results_namespace.json', [end - QUARTER, end]);
  },
};

describe.skipIf(kruizeData === null)(`files: derived, recorded and golden answers${whySkipped}`, () => {
  it('e1: update_results.json twice', () => {
    check(expectedFile('e1_update_results_x2'), answers(posts.e1()));
  });

  it('e1b: once is not enough', () => {
    check(expectedFile('e1b_update_results_x1'), answers(posts.e1b()));
  });

  it('e2: 100 results with their own times', () => {
    check(expectedFile('e2_multiple_results_single_exp'), answers(posts.e2()));
  });

  it('e3: a namespace without pod metrics', () => {
    check(expectedFile('e3_multiple_results_namespace'), answers(posts.e3()));
  });

  it('what a running Kruize answered to the same five posts', () => {
    const live = json('live/answers_e1-e3.json') as Record<string, Reply[]>;
    check(replied(live['e1_0']!), answers(posts.e1b()));
    check(replied(live['e1_1']!), answers(posts.e1()));
    check(replied(live['e2']!), answers(posts.e2()));
    check(replied(live['e3']!), answers(posts.e3()));
    check(replied(live['golden_ns']!), answers(posts.golden()));
  });

  it('golden namespace reply (its sample has no plots)', () => {
    const golden = replied(json('golden/golden_ros_namespace_recommendation.json') as Reply[]);
    check(golden, answers(posts.golden()), (path) => path.endsWith('/plots'));
  });

  it('documented reply with all terms: all but the plot values, which are of an older release', () => {
    const end = Date.parse('2023-01-21T00:00:00.000Z');
    const ends = Array.from({ length: 15 * 96 + 1 }, (_, k) => end - (15 * 96 - k) * QUARTER);
    const found = answers(restamped('input/update_results.json', ends));
    const golden = replied(json('golden/doc_update_recommendations_all_terms.json') as Reply[]);
    const one = new Map([['tfb-server-1', golden.get('tfb-server-1')!]]);
    const cpuNumber = /plots_data\/[^/]+\/(cpuUsage|memoryUsage)\/(min|q1|median|q3|max)$/;
    check(one, found, (path) => cpuNumber.test(path));
  });
});
