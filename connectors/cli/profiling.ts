/** Logs of services into profiles, and profiles as a table and as a body for `services update`. */
import { basename } from 'node:path';
import type { CategoryRules } from '../../projections/placement/profiling/categories.ts';
import { logName, readLog } from '../../projections/placement/profiling/logs.ts';
import type { ProcessUse } from '../../projections/placement/profiling/needs.ts';
import { profileOf } from '../../projections/placement/profiling/profile.ts';
import type { Profile, Requests } from '../../projections/placement/profiling/profile.ts';
import { BadInput } from '../../streams/runtime/errors.ts';
import { readText } from './json-file.ts';
import { tableText } from './table-text.ts';

/** Files of one profiling, and what to take them for. */
export interface Given {
  readonly files: readonly string[];
  /** Files whose requests shared their node, whatever their names say. */
  readonly shared: readonly string[];
  /** The one service that all files are of; absent: as their names say. */
  readonly service?: string | undefined;
  readonly rules: CategoryRules;
}

/** Most files of one call. */
const MOST_FILES = 500;

/** A service with its profile. */
export interface Profiled {
  readonly service: string;
  readonly profile: Profile;
}

interface Gathered {
  alone: Requests;
  shared: Requests;
  readonly uses: ProcessUse[][];
}

/** Reads the files and makes a profile of each service, by name. Two request logs of one kind of one service: BadInput BAD_LOG. */
export async function profiles({ files, shared, service, rules }: Given): Promise<Profiled[]> {
  const all = [...new Set([...files, ...shared])];
  if (all.length === 0) throw new BadInput({ code: 'BAD_OPTION', message: 'name at least one log' });
  if (all.length > MOST_FILES)
    throw new BadInput({ code: 'TOO_MANY_FILES', message: `${all.length} files; at most ${MOST_FILES}` });
  const gathered = new Map<string, Gathered>();
  for (const path of all) {
    const log = readLog(await readText(path), path);
    const named = logName(path);
    const name = service ?? named.service;
    const none = { latencies: [], ends: [] };
    const of = gathered.get(name) ?? { alone: none, shared: none, uses: [] };
    gathered.set(name, of);
    if (log.kind === 'process') of.uses.push([...log.uses]);
    if (log.kind !== 'requests') continue;
    const kind = shared.includes(path) || named.shared ? 'shared' : 'alone';
    if (of[kind].ends.length > 0)
      throw new BadInput({
        code: 'BAD_LOG',
        message: `${basename(path)}: there is a log of requests of ${name}, ${kind}, already; profile each run by itself`,
      });
    of[kind] = log.requests;
  }
  return [...gathered]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, logs]) => ({ service: name, profile: profileOf(logs, rules) }));
}

const kinds = ['none', 'CPU', 'memory', 'both'] as const;

/** A line per service. */
export function profilesText(found: readonly Profiled[], width: number): string {
  const rows = found.map(
    ({ service, profile: { alone, shared, throughput, category, contentions, needs } }) => ({
      service,
      'req/s': throughput === null ? null : round(throughput.average),
      least: throughput === null ? null : round(throughput.least),
      most: throughput === null ? null : round(throughput.most),
      alone: alone === null ? '' : `${ms(alone.p50)} / ${ms(alone.p95)}`,
      shared: shared === null ? '' : `${ms(shared.p50)} / ${ms(shared.p95)}`,
      slowdown:
        category.slowdown === null
          ? ''
          : `${category.slowdown.ratio.toFixed(2)}${category.close ? ' close' : ''}`,
      sensitivity: kinds[category.sensitivity],
      contention: shared === null ? '' : contentions.length === 0 ? 'no' : 'yes',
      cpu: needs === null ? '' : `${needs.cpu}m`,
      memory: needs === null ? '' : `${needs.memory} MB`,
    }),
  );
  const columns = [
    ...['service', 'req/s', 'least', 'most', 'alone', 'shared', 'slowdown', 'sensitivity'],
    ...['contention', 'cpu', 'memory'],
  ];
  return [
    tableText(rows, columns, width),
    '',
    'alone, shared: median / 95th percentile of latencies, ms; cpu, memory: needs of a replica that are proposed',
  ].join('\n');
}

/** A body for `services update`: what profiles propose, of services that were measured. */
export function needsBody(found: readonly Profiled[]): { services: object[] } {
  return {
    services: found.flatMap(({ service: name, profile: { needs, category } }) =>
      needs === null
        ? []
        : [{ name, ...needs, ...(category.slowdown === null ? {} : { sensitivity: category.sensitivity }) }],
    ),
  };
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}

function ms(seconds: number): string {
  return String(Math.round(seconds * 10_000) / 10);
}
