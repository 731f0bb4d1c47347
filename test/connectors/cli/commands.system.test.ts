import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from '../../support/command-line.ts';
import type { Ran } from '../../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-cli-'));
const dataDir = join(folder, 'data');

const onPlace = commandLine(dataDir);
const run = (args: readonly string[], input = '') => onPlace(args, { input });

async function json<T>(args: readonly string[], input = ''): Promise<T> {
  const { code, out, err } = await run([...args, '--json'], input);
  expect(err).toBe('');
  expect({ args, code }).toEqual({ args, code: 0 });
  return JSON.parse(out) as T;
}

interface Letters {
  readonly dead_letters: readonly { readonly partition: number; readonly record_offset: number }[];
}

interface Event {
  readonly key: string;
  readonly type: string;
  readonly offset: number;
  readonly data: Readonly<Record<string, unknown>>;
}

let usage: Event[] = [];

beforeAll(async () => {
  const report = join(folder, 'report.csv');
  const made = await json<{ rows: number }>(['bench-data', report, '--containers', '4', '--days', '2']);
  expect(made.rows).toBe(4 * 192);
  expect(await run(['ingest', report])).toMatchObject({ code: 0 });
  const { out } = await run(['tail', 'usage', '--json', '--full']);
  usage = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('reading', () => {
  test('query prints rows and the positions that they stand for', async () => {
    const where = ['--where', 'namespace=team-0', 'container~app', '--order', 'container:desc'];
    const answer = await json<{
      rows: { container: string }[];
      position: Record<string, Record<string, Record<string, number>>>;
    }>(['query', 'recommendations', ...where]);
    expect(answer.rows.map(({ container }) => container)).toEqual(['app-1', 'app-0']);
    const read = Object.values(answer.position['recommendations']!).map((at) => at['usage'] ?? 0);
    expect(read.reduce((a, b) => a + b)).toBe(usage.length);
  });

  test('query says why nothing is there', async () => {
    const none = await run(['query', 'recommendations', '--where', 'namespace=nope']);
    expect(none).toMatchObject({ code: 0, out: '' });
    expect(none.err).toContain('without --where there are 4 rows');
    expect(await run(['query', 'nope'])).toMatchObject({ code: 2 });
  });

  test('report writes what is advised in every format', async () => {
    const table = await run(['report', '--engine', 'performance']);
    expect(table).toMatchObject({ code: 0 });
    expect(table.out).toMatch(/^team-0 +service-1 +sidecar-1 /m);
    expect(table.out).toContain('4 of 4 containers have advice');
    const { proposals } = await json<{ proposals: { container: string }[] }>([
      ...['report', '--where', 'container~app', '--term', 'short'],
    ]);
    expect(proposals.map(({ container }) => container)).toEqual(['app-0', 'app-1']);
    const heads = {
      csv: 'Cluster,Namespace,Name,Pods',
      html: '<!doctype html>',
      message: 'Right-sizing: 4 of 4',
      prometheus: '# HELP rightstream_request_current',
      patches: '---\napiVersion: apps/v1',
      vpa: '---\napiVersion: autoscaling.k8s.io/v1',
    };
    for (const [format, head] of Object.entries(heads)) {
      const one = await run(['report', '--format', format]);
      expect({ format, code: one.code, out: one.out.slice(0, head.length) }).toEqual({
        format,
        code: 0,
        out: head,
      });
    }
  });

  test('report puts a kustomize component into a folder, and says what it cannot do', async () => {
    const out = join(folder, 'kustomize');
    expect(await run(['report', '--format', 'kustomize', '--out', out])).toMatchObject({ code: 0, out: '' });
    const cluster = '00000000-0000-0000-0000-000000000000';
    const component = readFileSync(join(out, cluster, 'kustomization.yaml'), 'utf8');
    const paths = [...component.matchAll(/path: (\S+)/g)].map((match) => match[1]!);
    expect(paths.length).toBe(2);
    for (const path of paths) expect(existsSync(join(out, cluster, path))).toBe(true);
    expect((await run(['report', '--format', 'kustomize'])).err).toContain('OUT_MISSING');
    expect((await run(['report', '--org', 'nobody'])).err).toContain('No container of organisation nobody');
    const wrong = await run(['report', '--format', 'html', '--out', join(out, cluster)]);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain('OUT_NOT_WRITABLE');
  });

  test('explain derives every recommendation again from the log', async () => {
    const one = await run(['explain', 'team-0/service-0/app-0', '--verify']);
    expect(one).toMatchObject({ code: 0 });
    expect(one.out).toContain('Verified');
    expect(one.out).toContain('<- decided on this');
    expect(await json(['explain', '--all', '--verify'])).toMatchObject({ verified: 4, differ: 0 });
    expect(await run(['explain', 'team-0/nope'])).toMatchObject({ code: 2 });
  });

  test('tail decodes events and spells packed columns out', () => {
    const total = usage.reduce((sum, { data }) => sum + Number(data['intervals']), 0);
    expect(total).toBe(4 * 192);
    const columns = usage[0]!.data['columns'] as Record<string, number[]>;
    expect(columns['interval_end']!.length).toBe(usage[0]!.data['intervals']);
  });
});

test('produce takes the good lines, a poisoned one dies, and redriving it is recorded', async () => {
  const { key, type, data } = usage[0]!;
  const poison = { ...data, workload: 'poisoned', columns: Buffer.from('poison').toString('base64') };
  const again = { ...data, workload: 'copied' };
  const lines = [
    JSON.stringify({ key: key.replace(/[^/]+$/, 'poisoned'), type, data: poison }),
    '{oops',
    JSON.stringify({ key: key.replace(/[^/]+$/, 'copied'), type, data: again }),
  ];
  const produced = await run(['produce', 'usage', '--wait', '--json'], `${lines.join('\n')}\n`);
  expect(produced.code).toBe(3);
  expect(JSON.parse(produced.out)).toMatchObject({ appended: 2, errors: [{ line: 2, code: 'BAD_JSON' }] });
  expect(await run(['explain', 'team-0/copied', '--verify'])).toMatchObject({ code: 0 });

  const { dead_letters: letters } = await json<Letters>(['dead-letters', 'list']);
  expect(letters).toMatchObject([{ topic: 'usage', unit: 'recommendations', status: 'dead' }]);
  const record = `usage/${letters[0]!.partition}/${letters[0]!.record_offset}`;
  expect(await json(['dead-letters', 'show', record])).toMatchObject({
    record: { data: { workload: 'poisoned', columns: { unreadable: expect.any(String) as string } } },
  });
  expect(await run(['doctor'])).toMatchObject({ code: 1 });
  const redriven = await json(['dead-letters', 'redrive', record, '--wait', '--reason', 'once more']);
  expect(redriven).toMatchObject({ redriven: [{ record, unit: 'recommendations', attempt: 1 }] });
  // The retry died as well: that counts for the record that was redriven.
  expect((await json<Letters>(['dead-letters', 'list'])).dead_letters).toMatchObject([
    { topic: 'usage', status: 'dead', attempts: 1, died_attempt: 1 },
  ]);
  expect(await json(['dead-letters', 'summary', '--code', 'UNEXPECTED'])).toMatchObject({
    total: 1,
    groups: [{ unit: 'recommendations', code: 'UNEXPECTED', status: 'dead', count: 1 }],
  });
});

test('an edited copy is checked, takes effect, and everything is recorded', async () => {
  const { dead_letters: letters } = await json<Letters>(['dead-letters', 'list']);
  const record = `usage/${letters[0]!.partition}/${letters[0]!.record_offset}`;
  const mended = join(folder, 'mended.json');
  const edited = await run(['dead-letters', 'edit', record]);
  expect(edited.err).toContain('cannot be read in full');
  const line = JSON.parse(edited.out) as { data: Record<string, unknown> };
  const redrive = (text: string, ...more: string[]): Promise<Ran> => {
    writeFileSync(mended, text);
    return run(['dead-letters', 'redrive', record, '--with', mended, '--json', ...more]);
  };
  expect(await redrive(edited.out)).toMatchObject({ code: 2, out: expect.stringContaining('EVENT_INVALID') });
  const good = { ...line, data: { ...line.data, columns: usage[0]!.data['columns'] } };
  const moved = JSON.stringify({ ...good, key: 'elsewhere' });
  expect(await redrive(moved)).toMatchObject({ code: 2, out: expect.stringContaining('EDIT_MOVES_RECORD') });
  expect((await json<Letters>(['dead-letters', 'list'])).dead_letters[0]).toMatchObject({ attempts: 1 });
  expect(await redrive(JSON.stringify(good), '--wait')).toMatchObject({ code: 0 });
  expect(await json(['explain', '--all', '--verify'])).toMatchObject({ verified: 6, differ: 0 });
  const { history } = await json<{ history: Record<string, unknown>[] }>(['dead-letters', 'history', record]);
  const by = expect.stringMatching(/^cli:/) as string;
  expect(history).toMatchObject([
    { step: 'died', attempt: 0, code: 'UNEXPECTED', died_record: record },
    { step: 'redriven', attempt: 1, edited: false, reason: 'once more', asked_by: by },
    { step: 'died', attempt: 1, died_record: expect.stringMatching(/^recommendations\.retry\//) as string },
    { step: 'redriven', attempt: 2, edited: true },
  ]);

  expect(await json(['dead-letters', 'redrive', record])).toMatchObject({ redriven: [], passed_over: 1 });
  expect(
    await json(['dead-letters', 'discard', record, '--status', 'redriven', '--reason', 'done', '--wait']),
  ).toMatchObject({ counts: { discarded: 1 } });
  expect(await json(['dead-letters', 'list', '--status', 'discarded'])).toMatchObject({
    dead_letters: [{ topic: 'usage' }],
  });
});

test('topics are counted, and the stock Kafka command is shown', async () => {
  const { topics } = await json<{ topics: { name: string; records: number }[] }>(['topics']);
  expect(topics.find(({ name }) => name === 'recommendations.retry')?.records).toBe(2);
  const kafka = await run(['tail', 'usage', '--show-kafka']);
  expect(kafka.out).toContain('kafka-console-consumer --bootstrap-server');
});

test('query --as-of shows a table as it was, and its positions can be asked for again', async () => {
  const query = ['query', 'recommendations', '--columns', 'recommendation_id,intervals'];
  const now = await json<{ rows: unknown[] }>(query);
  expect(now.rows.length).toBeGreaterThanOrEqual(4);
  const then = await json<{ rows: unknown[]; as_of: string }>([...query, '--as-of', String(Date.now())]);
  expect(then.rows).toEqual(now.rows);
  const none = then.as_of.replaceAll(/@\d+/g, '@0');
  expect(await json([...query, '--as-of', none])).toEqual({ rows: [], as_of: none });
  const text = await run([...query, '--as-of', then.as_of, '--csv']);
  expect(text).toMatchObject({ code: 0, err: `As of ${then.as_of}\n` });
  expect(text.out.trim().split('\n')).toHaveLength(now.rows.length + 1);
  const bad = await run([...query, '--as-of', 'yesterday']);
  expect(bad.code).toBe(2);
  expect(bad.err).toContain('BAD_AS_OF');
});

test('export and import move everything into another folder; what is refused says what to do', async () => {
  const moved = join(folder, 'moved');
  const made = await json<{ events: number }>(['export', moved]);
  expect(made).toMatchObject({ missing_blobs: 0, blobs: { files: 1 } });
  const copy = join(folder, 'copy');
  const found = await json<{ tables: { compared: boolean }[] }>(['import', moved, '--data-dir', copy]);
  expect(found).toMatchObject({ events: made.events, resumed: false });
  expect(found.tables.every(({ compared }) => compared)).toBe(true);
  const query = ['query', 'recommendations', '--columns', 'recommendation_id,intervals,document'];
  expect(await json([...query, '--data-dir', copy])).toEqual(await json(query));

  const again = await run(['import', moved, '--data-dir', copy]);
  expect(again.code).toBe(2);
  expect(again.err).toMatch(/TOPIC_NOT_EMPTY: .*name another data folder/);
  expect(await run(['export', moved])).toMatchObject({ code: 2 });
  expect((await run(['import', folder])).err).toContain('MANIFEST_MISSING');
});
