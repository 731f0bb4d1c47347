import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../connectors/csv/random.ts';
import { commandLine } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-profile-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const onPlace = commandLine(join(folder, 'data'));
const run = (...args: string[]) => onPlace(['profile', ...args]);

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
/** One request every 20 ms, around `middle` seconds each. */
function requests(name: string, middle: number, seed: number): string {
  const random = randomFrom(seed);
  const rows = Array.from(
    { length: 1_000 },
    (_, i) => `${(middle * (0.95 + 0.1 * random())).toFixed(4)},${10 + i * 0.02}`,
  );
  return file(name, ['response_time,norm_time', ...rows]);
}
const alone = requests('detect_without_shared_resource.csv', 0.1, 1);
const shared = requests('detect_shared_resource.csv', 0.16, 2);
const used = file('detect_f50.csv', [
  'cpu_usage,memory_usage,gpu_usage,no_child,no_child_active,child_cpu,child_memory,execution_time',
  ...Array.from({ length: 50 }, (_, i) => `${1_000 + i},200,18,1,1,200,20,${i}`),
]);

describe('rightstream profile', () => {
  it('prints a line per service, and writes what is proposed for services update', async () => {
    const out = join(folder, 'needs.json');
    const ended = await run(alone, shared, used, '--out', out);
    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(ended.out).toMatch(
      /detect\s+50\.51\s+50\.51\s+50\.51\s+99\.9 \/ 104\.\d\s+160\.\d \/ 167\.\d\s+1\.60\s+CPU\s+yes\s+1230m\s+220 MB/,
    );
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({
      services: [
        {
          name: 'detect',
          cpu: 1230,
          memory: 220,
          cores: [100, 23],
          accelerators: { gpu: 18 },
          sensitivity: 1,
        },
      ],
    });
  });

  it('what it writes changes the needs of a declared service, and nothing else of it', async () => {
    const detect = { name: 'detect', cpu: 4000, memory: 500, cores: [100], replicas: 2, image: 'detect:1' };
    const services = file('services.json', [JSON.stringify({ services: [detect] })]);
    expect((await onPlace(['services', 'add', '-f', services])).code).toBe(0);
    const updated = await onPlace(['services', 'update', '-f', join(folder, 'needs.json')]);
    expect(updated.out).toMatch(/detect\s+updated/);
    expect(JSON.parse((await onPlace(['services', '--json'])).out)).toMatchObject({
      services: [
        { name: 'detect', cpu: 1230, cores: [100, 23], sensitivity: 1, replicas: 2, image: 'detect:1' },
      ],
    });
  });

  it('prints one value for scripts; names and kinds can be said', async () => {
    const plain = requests('b.csv', 0.12, 3);
    const { out } = await run(alone, '--shared', plain, '--service', 'x', '--json');
    expect(JSON.parse(out)).toMatchObject({
      profiles: [
        {
          service: 'x',
          profile: {
            category: { sensitivity: 0, cpuShare: null },
            contentions: [{ from: 0, to: null }],
            needs: null,
          },
        },
      ],
    });
  });

  it.each<[string[], string, string]>([
    [['nowhere.csv'], 'FILE_NOT_FOUND', 'nowhere.csv'],
    [[file('bad.csv', ['response_time,norm_time', '0.1,1', 'x,2'])], 'BAD_LOG', 'bad.csv:3: response_time'],
    [[file('odd.csv', ['a,b'])], 'BAD_LOG', 'response_time,norm_time'],
    [[alone, shared, '--service', 'x', '--shared', used, alone], 'BAD_LOG', 'already'],
    [[alone, '--node', '4000'], 'BAD_OPTION', '--node'],
    [[alone, '--out', folder], 'CANNOT_WRITE', folder],
  ])('%j is refused with %s', async (args, code, text) => {
    const { code: exit, err } = await run(...args);
    expect([exit, err.includes(code), err.includes(text)]).toEqual([2, true, true]);
  });
});
