import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../../../streams/runtime/topology/apply.ts';
import type { LiveState, LiveTopic, Wanted } from '../../../../streams/runtime/topology/live.ts';
import { ourTopics, topicConfigs, wantedOf } from '../../../../streams/runtime/topology/live.ts';
import { loadTopology } from '../../../../streams/runtime/topology/load.ts';
import { planChanges } from '../../../../streams/runtime/topology/plan.ts';
import type { Step } from '../../../../streams/runtime/topology/steps.ts';

const { topology } = loadTopology(
  readFileSync(join(import.meta.dirname, '../../../../topology.yaml'), 'utf8'),
);
const avro = (fields: readonly object[]) =>
  JSON.stringify({ type: 'record', name: 'E', namespace: 'a', fields });
const x = { name: 'x', type: 'int' };
const schema = { subject: 'usage-a.E', fullName: 'a.E', avro: avro([x]) };

function wanted(replication = 3): Wanted {
  const all = wantedOf(topology, [schema], { replication, groupPrefix: 'rightstream', topicPrefix: '' });
  return {
    ...all,
    topics: all.topics.filter(({ name }) => name === 'usage' || name === 'recommendations.retry'),
    units: ['recommendations'],
  };
}

function settled(replication = 3): LiveState {
  const want = wanted(replication);
  return {
    brokers: replication,
    topics: want.topics.map((topic): LiveTopic => {
      const configs = Object.entries(topicConfigs(replication)).map(
        ([name, { value }]) => [name, value] as const,
      );
      return {
        ...topic,
        replication,
        configs: Object.fromEntries(configs),
        starts: [0, 0, 0, 0],
        ends: [9, 0, 0, 0],
      };
    }),
    groups: ['rightstream.recommendations', 'billing.recommendations'],
    subjects: [
      {
        name: schema.subject,
        versions: [{ id: 5, version: 1, avro: schema.avro }],
        compatibility: 'BACKWARD_TRANSITIVE',
      },
    ],
    bucket: { name: 'uploads', present: true },
  };
}

const empty: LiveState = {
  brokers: 3,
  topics: [],
  groups: [],
  subjects: [],
  bucket: { name: 'uploads', present: false },
};

/** `kind code target: from -> to; why`. */
function lines(steps: readonly Step[]): string[] {
  return steps.map((step) => {
    const code = 'code' in step ? ` ${step.code}` : '';
    return `${step.kind}${code} ${step.target}: ${step.from ?? '-'} -> ${step.to ?? '-'}; ${step.why}`;
  });
}

/** The state with one topic changed. */
function withTopic(change: Partial<LiveTopic>, replication = 3): LiveState {
  const state = settled(replication);
  const [usage, ...others] = state.topics as [LiveTopic, ...LiveTopic[]];
  return { ...state, topics: [{ ...usage, ...change }, ...others] };
}

function withConfig(name: string, value: string, more: Partial<LiveTopic> = {}): LiveState {
  return withTopic({ configs: { ...settled().topics[0]!.configs, [name]: value }, ...more });
}

function withSubject(change: object): LiveState {
  const state = settled();
  return { ...state, subjects: [{ ...state.subjects[0]!, ...change }] };
}

describe('a plan', () => {
  it('for an empty system makes everything, and schemas before their rule', () => {
    expect(lines(planChanges(wanted(), empty))).toMatchInlineSnapshot(`
      [
        "create-bucket uploads: - -> an empty bucket; uploads are kept in it",
        "create-topic usage: - -> 4 partitions, replication 3; topology.yaml has it and the brokers do not",
        "create-topic recommendations.retry: - -> 4 partitions, replication 3; topology.yaml has it and the brokers do not",
        "register-schema usage-a.E: - -> version 1; the event is new to the registry",
        "set-compatibility usage-a.E: - -> BACKWARD_TRANSITIVE; the registry refuses what could not read older records",
      ]
    `);
    expect(planChanges(wanted(), empty)[1]).toMatchObject({ configs: { 'min.insync.replicas': '2' } });
  });

  it('for a system that is as it should be has no step', () => {
    expect(planChanges(wanted(), settled())).toEqual([]);
  });

  it('wants every topic of topology.yaml and a retry topic per unit', () => {
    const { topics } = wantedOf(topology, [], {
      replication: 1,
      groupPrefix: 'rightstream',
      topicPrefix: '',
    });
    expect(topics.map(({ name, partitions }) => `${name} ${partitions}`)).toMatchInlineSnapshot(`
      [
        "intake 4",
        "rejections 4",
        "usage 4",
        "recommendations 4",
        "experiments 4",
        "performance-profiles 4",
        "placement 4",
        "resizing 4",
        "policies 4",
        "policies-in-force 4",
        "ticks 4",
        "retention 4",
        "dead-letters 4",
        "intake.json 4",
        "rejections.json 4",
        "usage.json 4",
        "recommendations.json 4",
        "experiments.json 4",
        "performance-profiles.json 4",
        "placement.json 4",
        "resizing.json 4",
        "policies.json 4",
        "open-uploads.retry 4",
        "read-usage-reports.retry 4",
        "apply-policies.retry 4",
        "advise-resizes.retry 4",
        "uploads.retry 4",
        "recommendations.retry 4",
        "engine-policies.retry 4",
        "experiments.retry 4",
        "performance-profiles.retry 4",
        "placement.retry 4",
        "resizing.retry 4",
        "retention.retry 4",
        "dead-letters.retry 4",
        "platform.retry 4",
        "platform-out.retry 4",
        "json-intake.retry 4",
      ]
    `);
  });

  it('keeps to its prefix on a shared cluster', () => {
    const want = wantedOf(topology, [], { replication: 1, groupPrefix: 'rightstream', topicPrefix: 'prod.' });
    expect(want.topics.map(({ name }) => name)).toContain('prod.open-uploads.retry');
    const names = ['prod.usage', 'usage', 'prod.usage.json', 'prod.gone.retry', 'gone.retry', 'prod.orders'];
    expect(ourTopics(want, names)).toEqual(['prod.usage', 'prod.usage.json', 'prod.gone.retry']);
  });

  it.each<[string, LiveState]>([
    ['other partitions', withTopic({ partitions: 6 })],
    ['retention that has not cut yet', withConfig('retention.ms', '604800000')],
    ['retention that has cut', withConfig('retention.ms', '604800000', { starts: [0, 12, 0, 0] })],
    ['retention by size that has cut', withConfig('retention.bytes', '1000', { starts: [0, 12, 0, 0] })],
    ['records that were deleted by hand', withTopic({ starts: [0, 12, 0, 0] })],
    ['compaction of an empty topic', withConfig('cleanup.policy', 'compact', { ends: [0, 0, 0, 0] })],
    ['compaction of facts', withConfig('cleanup.policy', 'compact,delete')],
    ['records that are too small', withConfig('max.message.bytes', '1048588')],
    ['larger records than needed', withConfig('max.message.bytes', '9000000')],
    ['the time of the broker', withConfig('message.timestamp.type', 'LogAppendTime')],
    ['one copy that is enough', withConfig('min.insync.replicas', '1')],
    ['one copy, and two asked for', withConfig('min.insync.replicas', '2', { replication: 1 })],
    ['more copies than needed', withConfig('min.insync.replicas', '3')],
    ['unclean elections', withConfig('unclean.leader.election.enable', 'true')],
    ['another replication', withTopic({ replication: 2 })],
    ['more copies than there are brokers now', { ...withTopic({ replication: 5 }), brokers: 3 }],
    [
      'a new version',
      withSubject({ versions: [{ id: 4, version: 2, avro: avro([x, { ...x, name: 'y' }]) }] }),
    ],
    [
      'an old version again',
      withSubject({
        versions: [
          { id: 4, version: 1, avro: schema.avro },
          { id: 9, version: 2, avro: avro([]) },
        ],
      }),
    ],
    ['a changed doc', withSubject({ versions: [{ id: 4, version: 1, avro: avro([{ ...x, doc: 'new' }]) }] })],
    [
      'an incompatible version, not the last',
      withSubject({
        versions: [
          { id: 3, version: 1, avro: avro([{ name: 'x', type: 'string' }]) },
          {
            id: 4,
            version: 2,
            avro: avro([
              { name: 'x', type: 'int' },
              { name: 'y', type: 'int' },
            ]),
          },
        ],
      }),
    ],
    [
      'a version that is no Avro',
      withSubject({ versions: [{ id: 3, version: 1, avro: 'syntax = "proto3"' }] }),
    ],
    [
      'a weak rule, and a new version',
      withSubject({
        versions: [{ id: 4, version: 1, avro: avro([x, { ...x, name: 'y' }]) }],
        compatibility: 'BACKWARD',
      }),
    ],
    ['a stricter rule', withSubject({ compatibility: 'FULL_TRANSITIVE' })],
    ['a group of no unit', { ...settled(), groups: ['rightstream.recomendations', 'rightstreamer.x'] }],
    [
      'topics of nobody',
      {
        ...settled(),
        topics: ['old-unit.retry', 'usage.json', 'usage.2', 'orders', 'usage-notes', 'a.b.c'].reduce(
          (all, name) => [...all, { ...all[0]!, name }],
          settled().topics,
        ),
      },
    ],
    [
      'a subject of no event',
      {
        ...settled(),
        subjects: [
          ...settled().subjects,
          { name: 'usage-rightstream.usage.Gone', versions: [] },
          { name: 'orders-value', versions: [] },
        ],
      },
    ],
    ['no bucket', { ...settled(), bucket: { name: 'uploads', present: false } }],
  ])('with %s', (_name, state) => {
    expect(lines(planChanges(wanted(), state))).toMatchSnapshot();
  });

  it('with one copy says what is not promised', () => {
    expect(lines(planChanges(wanted(1), settled(1)))).toMatchInlineSnapshot(`
      [
        "note COPIES_TOO_FEW every topic: replication 1, min.insync.replicas 1 -> replication 3, min.insync.replicas 2; an acknowledged record survives the death of a process, but not the loss of a broker with its disk",
      ]
    `);
  });

  it('refuses retention that the file asks for', () => {
    const want = wanted();
    const topics = want.topics.map((topic) => ({ ...topic, retention: '7d' }));
    expect(lines(planChanges({ ...want, topics }, settled()))[0]).toMatchInlineSnapshot(
      `"refuse HISTORY_CUT usage: forever -> 7d; a rebuild of what reads it needs all of it; write \`retention: forever\` in topology.yaml"`,
    );
  });

  it('puts refusals first and notes last', () => {
    const state = { ...withTopic({ partitions: 6, replication: 2 }), bucket: { name: 'b', present: false } };
    expect(planChanges(wanted(), state).map(({ kind }) => kind)).toEqual([
      'refuse',
      'create-bucket',
      'note',
      'note',
    ]);
  });
});

describe('applying', () => {
  function recorder() {
    const calls: unknown[][] = [];
    const record =
      (name: string) =>
      (...args: unknown[]): Promise<void> => {
        calls.push([name, ...args]);
        return Promise.resolve();
      };
    const changer = {
      createTopic: record('createTopic'),
      setConfig: record('setConfig'),
      registerSchema: record('registerSchema'),
      setCompatibility: record('setCompatibility'),
      createBucket: record('createBucket'),
    };
    return { calls, changer };
  }

  it('makes every change, in order, and tells each', async () => {
    const { calls, changer } = recorder();
    const told: string[] = [];
    const steps = planChanges(wanted(), { ...empty, topics: withConfig('retention.ms', '1').topics });
    await applyChanges(steps, wanted(), changer, ({ kind }) => told.push(kind));
    expect(calls).toEqual([
      ['createBucket', 'uploads'],
      ['setConfig', 'usage', 'retention.ms', '-1'],
      ['registerSchema', 'usage-a.E', schema.avro],
      ['setCompatibility', 'usage-a.E', 'BACKWARD_TRANSITIVE'],
    ]);
    expect(told).toEqual(['create-bucket', 'set-config', 'register-schema', 'set-compatibility']);
  });

  it('does nothing when one step is refused', async () => {
    const { calls, changer } = recorder();
    const state = { ...withTopic({ partitions: 6 }), subjects: [] };
    await expect(
      applyChanges(planChanges(wanted(), state), wanted(), changer, () => undefined),
    ).rejects.toMatchObject({ name: 'BadInput', code: 'PLAN_REFUSED' });
    expect(calls).toEqual([]);
  });
});
