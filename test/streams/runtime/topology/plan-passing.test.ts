import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allTopics } from '../../../../connectors/cli/backbone.ts';
import { durationMs, topicConfigs, wantedOf } from '../../../../streams/runtime/topology/live.ts';
import type { LiveTopic, Wanted } from '../../../../streams/runtime/topology/live.ts';
import { loadTopology } from '../../../../streams/runtime/topology/load.ts';
import { planChanges } from '../../../../streams/runtime/topology/plan.ts';
import type { Step } from '../../../../streams/runtime/topology/steps.ts';

const { topology } = loadTopology(
  readFileSync(join(import.meta.dirname, '../../../../topology.yaml'), 'utf8'),
);
const options = { replication: 3, groupPrefix: 'rightstream', topicPrefix: '' };
const WEEK = 7 * 24 * 3_600_000;

function steps(names: readonly string[], topics: readonly LiveTopic[], foreignTopics: string[] = []): Step[] {
  const all = wantedOf(topology, [], { ...options, foreignTopics });
  const wanted: Wanted = { ...all, topics: all.topics.filter(({ name }) => names.includes(name)), units: [] };
  return planChanges(wanted, { brokers: 3, topics, groups: [], subjects: [] });
}

function found(name: string, over: Readonly<Record<string, string>> = {}, starts = [5, 0, 0, 0]): LiveTopic {
  const own = Object.entries(topicConfigs(3, WEEK)).map(([key, { value }]) => [key, value] as const);
  const configs = { ...Object.fromEntries(own), ...over };
  return { name, partitions: starts.length, replication: 3, configs, starts, ends: starts };
}

describe('topics that hold no history', () => {
  it('are wanted beside the others: what the program uses is what apply makes', () => {
    const names = wantedOf(topology, [], options).topics.map(({ name }) => name);
    expect(names.toSorted()).toEqual(allTopics().toSorted());
  });

  it('are created to be kept for a while', () => {
    expect(steps(['usage.json'], [])).toMatchObject([
      {
        kind: 'create-topic',
        target: 'usage.json',
        partitions: 4,
        configs: { 'retention.ms': String(WEEK) },
      },
    ]);
  });

  it('may have lost what was read, and may be kept longer, but not shorter', () => {
    expect(steps(['usage.json'], [found('usage.json')])).toEqual([]);
    expect(steps(['usage.json'], [found('usage.json', { 'retention.ms': '-1' })])).toEqual([]);
    expect(steps(['usage.json'], [found('usage.json', { 'retention.ms': '1000' })])).toMatchObject([
      { kind: 'set-config', name: 'retention.ms', value: String(WEEK) },
    ]);
  });

  it('of others are made when they are missing, and left alone when they are there', () => {
    const name = 'hccm.ros.events';
    expect(steps([name], [], [name])).toMatchObject([{ kind: 'create-topic', target: name, partitions: 1 }]);
    expect(
      steps([name], [found(name, { 'retention.ms': '1', 'cleanup.policy': 'compact' }, [3])], [name]),
    ).toEqual([]);
  });

  it.each([
    ['7d', WEEK],
    ['12h', 12 * 3_600_000],
    ['0d', undefined],
    ['1w', undefined],
    ['forever', undefined],
  ])('%s is %s ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});
