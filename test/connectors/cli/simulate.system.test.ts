import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-simulate-'));

const onPlace = commandLine(join(folder, 'data'));
const run = (...args: string[]) => onPlace(args);

interface Found {
  readonly totals: readonly {
    readonly name: string;
    readonly cpu: { readonly periods: number } | null;
    readonly memory: object | null;
  }[];
  readonly containers: readonly { readonly container: string; readonly periods: number }[];
}

beforeAll(async () => {
  const report = join(folder, 'report.csv');
  expect(await run('bench-data', report, '--containers', '3', '--days', '5')).toMatchObject({ code: 0 });
  expect(await run('ingest', report)).toMatchObject({ code: 0 });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('rightstream simulate', () => {
  it('replays all engines over the stored containers', async () => {
    const { code, out, err } = await run('simulate', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const found = JSON.parse(out) as Found;
    expect(found.containers.map(({ periods }) => periods)).toEqual([3, 3, 3]);
    expect(found.totals.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['vpa', 'balanced', 'hindsight max']),
    );
    for (const { name, cpu, memory } of found.totals) {
      expect({ name, periods: cpu?.periods }).toEqual({ name, periods: 9 });
      expect(memory).not.toBeNull();
    }
  });

  it('takes some containers, one engine and tunables, and writes a page', async () => {
    const page = join(folder, 'page.html');
    const policy = '{"careful": {"engine": "balanced", "risk_budget": 0.001}}';
    const { code, out } = await run('simulate', '--policy', policy, '--limit', '1', '--html', page);
    expect(code).toBe(0);
    expect(out).toMatch(/1 containers, 3 periods of 1 d[^]*careful[^]*hindsight P99[^]*Memory/);
    expect(readFileSync(page, 'utf8')).toMatch(/<svg[^]*careful/);
  });

  it('shows another organisation nothing', async () => {
    const { code, err } = await run('simulate', '--org', 'other');
    expect(code).toBe(2);
    expect(err).toContain('NO_CONTAINERS: organisation other has no container that fits');
  });

  it('replays a trace, and ends with 3 when rows were set aside', async () => {
    const trace = join(folder, 'trace.csv');
    const rows = Array.from({ length: 96 * 4 }, (_, i) => `${1_700_000_000 + 900 * i},${1 + (i % 7)}`);
    writeFileSync(trace, ['time,cpu', ...rows, 'x,1'].join('\n'));
    const { code, out, err } = await run('simulate', '--trace', trace, '--engine', 'balanced');
    expect(code).toBe(3);
    expect(out).toMatch(/1 containers, 2 periods[^]*balanced/);
    expect(err).toContain('row 386, column time: BAD_TIME "x" is no time');
  });

  it.each([
    [['--engine', 'best'], 'UNKNOWN_ENGINE'],
    [['--policy', '{"cost": {"window_days": 99}}'], 'BAD_POLICY'],
    [['--policy', '{'], 'BAD_POLICY'],
    [['--policy', 'nowhere.json'], 'FILE_NOT_FOUND'],
    [['--trace', 'nowhere.csv'], 'FILE_NOT_FOUND'],
    [['--from', 'once'], 'BAD_OPTION'],
    [['--period', '0'], 'BAD_OPTION'],
  ])('refuses %j', async (args, code) => {
    const ran = await run('simulate', ...args);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(`${code}: `);
  });
});
