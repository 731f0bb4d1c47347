/** Realistic rows of the read models for tests and pictures of the HTTP connector. Deterministic; nothing is read. */
import { createHash } from 'node:crypto';
import { notifications } from '../../projections/recommendation/engine/notices.ts';
import { engines, terms } from '../../projections/recommendation/tables.ts';
import { variationPercent } from '../../projections/recommendation/variation.ts';
import type { MemoryRows } from './memory-read-models.ts';

type Row = Record<string, unknown>;
const MiB = 1024 * 1024;
const end = Date.parse('2026-11-20T12:00:00.000Z');
const clusterId = '1b36b20f-7fa0-4454-a6d2-008294e06378';
const iso = (ms: number): string => new Date(ms).toISOString();

/** A stable UUID-shaped id for a text. */
export function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** namespace, workload type, workload, container, cores now, MiB now, cores and MiB advised (cost); null: not set. */
const workloads = [
  ['shop', 'deployment', 'web', 'nginx', 2, 1024, 0.35, 310],
  ['shop', 'deployment', 'web', 'sidecar', 0.5, 256, 0.02, 48],
  ['shop', 'deployment', 'checkout', 'app', 4, 4096, 1.4, 2300],
  ['shop', 'statefulset', 'cart-cache', 'redis', 1, 2048, 0.2, 2900],
  ['shop', 'deployment', 'search', 'engine', 3, 6144, 3.6, 5400],
  ['payments', 'deployment', 'ledger', 'ledger', 2, 2048, 0.9, 1650],
  ['payments', 'deployment', 'fraud-check', 'model', null, 8192, 2.2, 7700],
  ['payments', 'statefulset', 'postgres', 'postgres', 4, 16384, 2.1, 12800],
  ['platform', 'daemonset', 'log-shipper', 'fluent-bit', 0.2, 128, 0.04, 70],
  ['platform', 'deployment', 'gateway', 'envoy', 1, 512, 0.6, 380],
  ['platform', 'deploymentconfig', 'legacy-batch', 'runner', 2, null, 0.1, 900],
  ['analytics', 'deployment', 'report-builder', 'worker', 8, 16384, 1.8, 9800],
  ['analytics', 'replicaset', 'notebook', 'jupyter', 2, 4096, 0.3, 1200],
] as const;

interface Wish {
  readonly cpu: number;
  readonly memory: number;
}

function document(name: string, now: { cpu: number | null; memory: number | null }, advice: Wish): Row {
  const setting = (cpu: number | null, memory: number | null): Row => ({
    ...(cpu === null ? {} : { cpu: { amount: cpu, format: 'cores' } }),
    ...(memory === null ? {} : { memory: { amount: memory, format: 'bytes' } }),
  });
  const engine = (factor: number): Row => {
    const [cpu, memory] = [advice.cpu * factor, advice.memory];
    const both = setting(cpu, memory);
    const change = setting(cpu - (now.cpu ?? 0), memory - (now.memory ?? 0));
    return {
      pods_count: 3,
      confidence_level: 0,
      config: { requests: both, limits: both },
      variation: { requests: change, limits: change },
      notifications: notifications(now.cpu === null ? [523001] : []),
    };
  };
  const term = (days: number, buckets: number, width: number): Row => ({
    duration_in_hours: days * 24,
    monitoring_start_time: iso(end - days * 86_400_000),
    notifications: notifications([112101, 112102]),
    recommendation_engines: { cost: engine(1), performance: engine(1.35) },
    plots: { datapoints: buckets, plots_data: plots(name, buckets, width, advice) },
  });
  const long = workloads.findIndex(([, , , container]) => container === name) % 3 !== 2;
  const ts = iso(end);
  return {
    version: '1.0',
    notifications: notifications([111000]),
    data: {
      [ts]: {
        notifications: notifications([111101, 111102]),
        monitoring_end_time: ts,
        current: { requests: setting(now.cpu, now.memory), limits: setting(null, now.memory) },
        recommendation_terms: {
          short_term: term(1, 4, 21_600_000),
          medium_term: term(7, 7, 86_400_000),
          long_term: long
            ? term(15, 15, 86_400_000)
            : { duration_in_hours: 250.5, notifications: notifications([120001]) },
        },
      },
    },
  };
}

function plots(name: string, count: number, width: number, advice: Wish): Row {
  const data: Row = {};
  for (let b = count - 1; b >= 0; b--) {
    const wave = 0.8 + 0.2 * Math.sin((b + name.length) * 1.3);
    const box = (top: number, format: string): Row => ({
      min: top * wave * 0.18,
      q1: top * wave * 0.42,
      median: top * wave * 0.55,
      q3: top * wave * 0.72,
      max: top * wave,
      format,
    });
    data[iso(end - b * width)] =
      b === 2 && count > 4
        ? {}
        : { cpuUsage: box(advice.cpu, 'cores'), memoryUsage: box(advice.memory / 1.2, 'bytes') };
  }
  return data;
}

function recommendation(org: string, index: number): Row {
  const [namespace, type, workload, container, cpu, mib, adviceCpu, adviceMiB] = workloads[index]!;
  const current = { cpu, memory: mib === null ? null : mib * MiB };
  const advice = { cpu: adviceCpu, memory: adviceMiB * MiB };
  const doc = document(container, current, advice);
  const row: Row = {
    recommendation_id: idOf(`${org}/${namespace}/${workload}/${container}`),
    org_id: org,
    kind: 'container',
    cluster_id: clusterId,
    namespace,
    workload_type: type,
    workload,
    container,
    image: `registry.example/${workload}:1.${index}`,
    cluster_alias: 'berlin-1',
    source_id: '111',
    monitoring_start_time: iso(end - 7 * 86_400_000),
    monitoring_end_time: iso(end - index * 900_000),
    cpu_request_current: current.cpu,
    cpu_limit_current: null,
    memory_request_current: current.memory,
    memory_limit_current: current.memory,
    notifications: [111000],
    document: doc,
    policy: 'kruize-parity',
    engine_version: 1,
    intervals: 672,
    available: true,
    cause: 'usage/0/41',
    decided_at: iso(end + 60_000),
  };
  for (const term of terms) {
    for (const engine of engines) {
      const wish = term === 'long' && index % 3 === 2 ? null : engine === 'cost' ? 1 : 1.35;
      const [toCpu, toMemory] = wish === null ? [null, null] : [advice.cpu * wish, advice.memory];
      for (const side of ['request', 'limit']) {
        row[`${term}_${engine}_cpu_${side}`] = toCpu;
        row[`${term}_${engine}_memory_${side}`] = toMemory;
      }
      row[`cpu_variation_${term}_${engine}_pct`] =
        toCpu === null ? null : variationPercent('cpu', toCpu - (current.cpu ?? 0), current.cpu);
      row[`memory_variation_${term}_${engine}_pct`] =
        toMemory === null
          ? null
          : variationPercent('memory', toMemory - (current.memory ?? 0), current.memory);
    }
  }
  return row;
}

/** A container that reported for too short a time. */
function withoutAdvice(org: string): Row {
  const row = recommendation(org, 11);
  const short = { duration_in_hours: 0.2, notifications: notifications([120001]) };
  const advice = Object.keys(row).filter((name) => /^(short|medium|long)_|_pct$/.test(name));
  return {
    ...row,
    ...Object.fromEntries(advice.map((name) => [name, null])),
    recommendation_id: idOf(`${org}/analytics/import/loader`),
    workload: 'import',
    container: 'loader',
    intervals: 1,
    available: false,
    monitoring_start_time: null,
    notifications: [120001],
    document: {
      version: '1.0',
      notifications: notifications([120001]),
      data: {
        [iso(end)]: {
          notifications: {},
          monitoring_end_time: iso(end),
          current: {},
          recommendation_terms: { short_term: short, medium_term: short, long_term: short },
        },
      },
    },
  };
}

function namespaceOf(row: Row): Row {
  const org = String(row['org_id']);
  return {
    ...row,
    recommendation_id: idOf(`${org}/${String(row['namespace'])}`),
    kind: 'namespace',
    workload: row['namespace'],
    workload_type: 'namespace',
    container: null,
    image: null,
  };
}

const digest = (name: string): string => createHash('sha256').update(name).digest('hex');
const codes = [
  ['NEGATIVE_USAGE', 'cpu_usage_container_avg', 'usage below zero: -0.2'],
  ['UNKNOWN_WORKLOAD_TYPE', 'workload_type', 'a job is not something that is recommended for'],
  ['MISSING_VALUE', 'memory_usage_container_avg', 'no value where one is needed'],
] as const;

function upload(
  org: string,
  n: number,
  status: string,
  accepted: number,
  rejected: number,
  why?: [string, string],
): Row {
  return {
    upload_id: idOf(`${org}/upload/${n}`),
    org_id: org,
    request_id: `req-${n}`,
    channel: n % 2 === 0 ? 'http' : 'cli',
    filename: `202611${20 - n}T120000_0${n}-cost-mgmt.tar.gz`,
    digest: digest(`${org}/${n}`),
    size_bytes: 642_412 + n * 1717,
    format: 'archive',
    cluster_id: clusterId,
    cluster_alias: 'berlin-1',
    source_id: '111',
    payload: idOf(`payload ${n}`),
    payload_date: iso(end - n * 86_400_000),
    status,
    code: why?.[0] ?? null,
    message: why?.[1] ?? null,
    files: 2,
    rows: accepted + rejected,
    accepted,
    rejected,
    received_at: iso(end - n * 86_400_000 + 5000),
  };
}

function files(of: Row): Row[] {
  const base = {
    upload_id: of['upload_id'],
    org_id: of['org_id'],
    kind: 'container',
    size_bytes: 2_355_145,
    code: of['code'],
    message: of['message'],
    rows: of['rows'],
    accepted: of['accepted'],
    rejected: of['rejected'],
    reasons:
      Number(of['rejected']) > 0 ? { NEGATIVE_USAGE: 4, UNKNOWN_WORKLOAD_TYPE: 5, MISSING_VALUE: 3 } : {},
    groups: of['accepted'],
    workloads: 13,
    first_interval_start: iso(end - 86_400_000),
    last_interval_end: iso(end),
  };
  const name = String(of['filename']).slice(0, 15);
  return [
    {
      ...base,
      position: 0,
      name: `${name}-ros-openshift-container-202611.0.csv`,
      digest: of['digest'],
      status: of['status'],
    },
    {
      ...base,
      position: 1,
      name: `${name}-cost-pod-202611.1.csv`,
      kind: 'other',
      digest: '',
      status: 'ignored',
      code: 'UNLISTED_FILE',
      message: 'Not listed under resource_optimization_files; nothing was read from it.',
      rows: 0,
      accepted: 0,
      rejected: 0,
      reasons: {},
    },
  ];
}

function rejectedRows(of: Row): Row[] {
  return Array.from({ length: Number(of['rejected']) }, (_, i) => {
    const [code, column, message] = codes[i % 3]!;
    return {
      org_id: of['org_id'],
      cluster_id: clusterId,
      digest: of['digest'],
      row: 17 + i * 31,
      name: `${String(of['filename']).slice(0, 15)}-ros-openshift-container-202611.0.csv`,
      upload_id: of['upload_id'],
      column_name: column,
      code,
      message,
      excerpt: `2026-11-01 00:00:00 +0000 UTC,2026-12-01 00:00:00 +0000 UTC,2026-11-20 0${i % 10}:00:01 +0000 UTC,app,shop-web-${i}`,
    };
  });
}

/** All tables of one organisation. */
export function fixtureRows(org: string): MemoryRows {
  const recommendations = workloads.map((_, index) => recommendation(org, index));
  const namespaces = ['shop', 'payments', 'platform', 'analytics'].map((namespace) =>
    namespaceOf(recommendations.find((row) => row['namespace'] === namespace)!),
  );
  const uploads = [
    upload(org, 0, 'partly-rejected', 6132, 12),
    upload(org, 1, 'accepted', 6144, 0),
    upload(org, 2, 'rejected', 0, 0, [
      'MISSING_COLUMN',
      'The header has no column interval_end: export the report again with all 37 columns.',
    ]),
    upload(org, 3, 'duplicate', 0, 0),
    upload(org, 4, 'reading', 2048, 0),
  ];
  const names = [
    ...new Map(recommendations.map((row) => [`${row['namespace']}/${row['workload']}`, row])).values(),
  ];
  return {
    recommendations: [...recommendations, ...namespaces, withoutAdvice(org)],
    workloads: names.map((row) => ({
      workload_id: idOf(`${org}/${String(row['namespace'])}/${String(row['workload'])}`),
      org_id: org,
      cluster_id: clusterId,
      namespace: row['namespace'],
      workload_type: row['workload_type'],
      workload: row['workload'],
      cluster_alias: 'berlin-1',
      source_id: '111',
      containers: recommendations.filter((r) => r['workload'] === row['workload']).map((r) => r['container']),
      first_interval_end: iso(end - 15 * 86_400_000),
      last_interval_end: row['monitoring_end_time'],
    })),
    uploads,
    upload_files: uploads.flatMap(files),
    rejected_rows: uploads.flatMap(rejectedRows),
    clusters: [
      {
        org_id: org,
        cluster_id: clusterId,
        cluster_alias: 'berlin-1',
        source_id: '111',
        last_reported_at: iso(end + 5000),
      },
    ],
  };
}
