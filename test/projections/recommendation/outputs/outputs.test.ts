import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driftText } from '../../../../projections/recommendation/outputs/drift.ts';
import { htmlReport } from '../../../../projections/recommendation/outputs/html.ts';
import { krrRow } from '../../../../projections/recommendation/outputs/krr-csv.ts';
import { proposalOf } from '../../../../projections/recommendation/outputs/proposal.ts';
import { cpuQuantity, memoryQuantity } from '../../../../projections/recommendation/outputs/quantity.ts';
import {
  gradeOf,
  scoreOf,
  severityOf,
  severityOfProposal,
} from '../../../../projections/recommendation/outputs/severity.ts';
import { byWeight, messageText, summaryOf } from '../../../../projections/recommendation/outputs/summary.ts';
import { nothing, proposal } from './sample.ts';

const MIB = 2 ** 20;

describe('amounts', () => {
  it.each([
    [0.25, '250m'],
    [2, '2'],
    [0.0001, '1m'],
    [0.07, '70m'],
    [0.2501, '251m'],
  ])('%d cores are %s', (cores, text) => {
    expect(cpuQuantity(cores)).toBe(text);
  });

  it.each([
    [1, '1Mi'],
    [512 * MIB, '512Mi'],
    [1024 * MIB + 1, '1025Mi'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(memoryQuantity(bytes)).toBe(text);
  });

  it('never gives less than was advised, nor a step more than that', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 500, noNaN: true }), (cores) => {
        const text = cpuQuantity(cores);
        const given = text.endsWith('m') ? Number(text.slice(0, -1)) / 1_000 : Number(text);
        expect(given).toBeGreaterThanOrEqual(cores - 1e-8);
        expect(given).toBeLessThan(cores + 0.001 + 1e-8);
      }),
    );
  });
});

describe('severity, as KRR has it', () => {
  it.each([
    ['cpu', 0.5, 1, 'critical'],
    ['cpu', 0.5, 0.76, 'warning'],
    ['cpu', 1, 1.1, 'ok'],
    ['cpu', 1, 1.05, 'good'],
    ['memory', 1024 * MIB, 524 * MIB, 'critical'],
    ['memory', 400 * MIB, 650 * MIB, 'warning'],
    ['memory', 400 * MIB, 512 * MIB, 'ok'],
    ['memory', 400 * MIB, 401 * MIB, 'good'],
    ['cpu', null, 0.01, 'warning'],
    ['memory', null, null, 'good'],
  ] as const)('%s %d to %d is %s', (resource, current, advised, severity) => {
    expect(severityOf(resource, current, advised)).toBe(severity);
  });

  it('is that of the greater change, and none without advice', () => {
    expect(severityOfProposal(proposal())).toBe('critical');
    expect(severityOfProposal(proposal({ term: null, advised: nothing }))).toBeUndefined();
  });

  it('adds up to a score', () => {
    const found = ['critical', 'warning', ...Array.from({ length: 8 }, () => 'good' as const)] as const;
    expect(scoreOf(found)).toBeCloseTo(83);
    expect([scoreOf([]), gradeOf(90), gradeOf(83), gradeOf(29)]).toEqual([100, 'A', 'B', 'F']);
  });
});

it('reads the row of the read model: the longest term with advice, pods from the document', () => {
  const engines = { cost: { pods_count: 3 } };
  const row = {
    ...{ recommendation_id: 'r', cluster_id: 'c', cluster_alias: null, namespace: 'n', workload: 'w' },
    ...{ workload_type: 'deployment', container: 'x', notifications: [1], cpu_request_current: 1 },
    ...Object.fromEntries(
      ['short', 'medium', 'long'].flatMap((term) =>
        ['cpu_request', 'cpu_limit', 'memory_request', 'memory_limit'].map((name) => [
          `${term}_cost_${name}`,
          term === 'long' ? null : term === 'medium' ? 2 : 1,
        ]),
      ),
    ),
    document: { data: { t: { recommendation_terms: { medium_term: { recommendation_engines: engines } } } } },
  };
  expect(proposalOf(row, 'cost')).toMatchObject({
    term: 'medium',
    pods: 3,
    advised: { cpu_request: 2 },
    current: { cpu_request: 1, memory_limit: null },
  });
  expect(proposalOf(row, 'cost', 'short')).toMatchObject({ term: 'short', advised: { cpu_request: 1 } });
  expect(proposalOf(row, 'cost', 'long')).toMatchObject({ term: null, pods: null, advised: nothing });
});

it('writes the cells of KRR: the change in front, unset, and ? where nothing can be said', () => {
  expect(krrRow(proposal())).toMatchObject({
    Cluster: 'prod',
    Type: 'Deployment',
    Severity: 'CRITICAL',
    // of both pods
    'CPU Diff': '+200m',
    'CPU Requests': '(+100m) 250m -> 350m',
    'CPU Limits': 'unset -> 350m',
    'Memory Requests': '(-512Mi) 1024Mi -> 512Mi',
  });
  const none = krrRow(proposal({ term: null, advised: nothing, pods: null, cluster_alias: null }));
  expect(none).toMatchObject({ Pods: '?', Severity: 'UNKNOWN', 'CPU Requests': '250m -> ?', 'CPU Diff': '' });
  expect(none.Cluster).toBe('1b36b20f-7fa0-4454-a6d2-008294e06378');
});

it('gives Prometheus gauges of the current and the advised request and of their ratio, labels escaped', () => {
  const text = driftText([
    proposal({ container: 'a"b\\c\nd' }),
    proposal({ container: 'none', advised: nothing }),
  ]);
  expect(text).toMatch(/^rightstream_request_drift_ratio\{[^\n]*resource="memory"[^\n]*\} 2$/m);
  expect(text).toContain('container="a\\"b\\\\c\\nd"');
  expect(text).toContain('rightstream_containers{severity="critical"} 1\n');
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of samples) expect(line).toMatch(/^[a-z_]+\{([a-z_]+="([^"\\]|\\.)*",?)+\} [\d.e+-]+$/);
  expect(samples.filter((line) => line.includes('container="none"')).length).toBe(2);
});

it('adds up what pods of all containers request, and says the greatest changes first', () => {
  const small = proposal({ workload: 'small', current: { ...proposal().advised } });
  const unset = proposal({ workload: 'unset', current: nothing });
  const all = [small, unset, proposal()];
  expect(summaryOf(all)).toMatchObject({
    containers: 3,
    bySeverity: { critical: 1, warning: 1, ok: 0, good: 1 },
    cpu: { current: 2 * 0.35 + 2 * 0.25, advised: 4 * 0.35, unset: 1 },
  });
  expect(byWeight(all).map(({ workload }) => workload)).toEqual(['web', 'unset', 'small']);
  const lines = messageText(all).split('\n');
  expect(lines[1]).toContain('memory requests 3.0 → 2.0 GiB (-33 %), 1 without one');
  expect(lines.slice(2)).toEqual([
    '- shop/web/nginx: CPU 250m → 350m, memory 1024Mi → 512Mi',
    '- shop/unset/nginx: CPU unset → 350m, memory unset → 512Mi',
    '',
  ]);
});

it('makes one page that runs nothing and loads nothing, whatever things are called; equal proposals give equal bytes', () => {
  const evil = proposal({ workload: '<script>alert(1)</script>', namespace: '"><img src=x onerror=y>' });
  const page = htmlReport([evil, proposal()], '<b>org</b>');
  expect(page).not.toMatch(/<script|<img|<b>org|src=x onerror=y>"/);
  expect(page).not.toMatch(/https?:|url\(|@import/);
  expect(page.match(/<rect /g)).toHaveLength(8);
  expect(htmlReport([proposal(), evil], '<b>org</b>')).toBe(page);
  expect(htmlReport([], 'org')).toContain('No container has reported yet');
});
