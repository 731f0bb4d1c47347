import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import type { Running } from '../../connectors/cli/running.ts';
import { topics as topicNames } from '../../schemas/topics.ts';
import { ingest, reports } from '../support/crash-reports.ts';
import { kafkaPlace } from '../support/kafka-place.ts';
import type { KafkaPlace } from '../support/kafka-place.ts';
import type { KafkaTools } from '../support/real/kafka-tools.ts';
import type { Outcome } from '../support/real/process.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../support/real/shared.ts';
import { runStock } from '../support/stock-commands.ts';

const root = join(import.meta.dirname, '../..');
const execute = promisify(execFile);
let name: string;
let place: KafkaPlace;
let tools: KafkaTools;
let bootstrap: string;
let app: App;
let running: Running;

beforeAll(async () => {
  const shared = await sharedKafka();
  tools = shared.tools;
  bootstrap = shared.brokers.join(',');
  name = ownName('show');
  place = await kafkaPlace(name, {
    brokers: shared.brokers,
    registryUrl: (await sharedRegistry()).url,
    s3: await sharedS3(),
    databaseUrl: await sharedDatabase(),
  });
  app = await openApp({ dataDir: place.dataDir, profile: place.profile });
  running = (await tryRun(app))!;
  await ingest(app, reports());
  await tools.produce(['--topic', `${name}.intake.json`], 'no json at all\n');
  await caughtUp(app, new AbortController().signal);
});
afterAll(async () => {
  await running.stop();
  await app.close();
  place.close();
});

/** A command of ours, as JSON. */
async function ours<T>(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<T> {
  const file = [join(root, 'dist/rightstream.js'), ...args, '--json'];
  const options = { env: { ...process.env, ...place.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await execute(process.execPath, file, options).catch((error: unknown) => {
    // `plan` ends with 3 when there are changes.
    if ((error as { code?: number }).code === 3) return error as { stdout: string };
    throw error;
  });
  return JSON.parse(stdout) as T;
}

/** What `--show-kafka` prints. */
async function shown(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  return (await ours<{ commands: string[] }>([...args, '--show-kafka'], env)).commands;
}

async function stock(command: string, stdin = ''): Promise<Outcome> {
  const outcome = await runStock(tools, bootstrap, command, undefined, stdin);
  expect(outcome.code, `${command}\n${outcome.stderr}`).toBe(0);
  expect(outcome.stderr).not.toMatch(/deprecated/i);
  return outcome;
}

describe('--show-kafka prints what the tools of Kafka do', () => {
  it('topics', async () => {
    const [list, describe, offsets] = await shown(['topics']);
    expect((await stock(list!)).stdout.split('\n')).toContain(`${name}.usage`);
    expect((await stock(describe!)).stdout).toMatch(new RegExp(`${name}\\.usage.*PartitionCount: 4`));
    const { topics } = await ours<{ topics: { name: string; ends: number[] }[] }>(['topics']);
    const facts = new Set<string>(Object.values(topicNames));
    const ends = topics
      .filter(({ name: topic }) => facts.has(topic))
      .flatMap(({ name: topic, ends: all }) => all.map((end, p) => `${name}.${topic}:${p}:${end}`));
    expect((await stock(offsets!)).stdout.trim().split('\n').toSorted()).toEqual(ends.toSorted());
  });

  it('tail', async () => {
    const [all] = await shown(['tail', 'recommendations', '--limit', '3']);
    const { stdout } = await stock(all!);
    expect(stdout.match(/event-type:RecommendationMade/g)).toHaveLength(3);
    const [first] = await app.log
      .ends('usage')
      .then((ends) => ends.flatMap((end, p) => (end > 1 ? [p] : [])));
    const args = ['tail', 'usage', '--partition', String(first), '--from', '1', '--limit', '1'];
    const [one] = await shown(args);
    const limits = { maxRecords: 1, maxBytes: 1e7 };
    const { records } = await app.log.read({ topic: 'usage', partition: first! }, 1, limits);
    const text = (await stock(one!)).stdout;
    expect(text).toMatch(new RegExp(`Partition:${first}\\tOffset:1\\t`));
    expect(text).toContain(`event-id:${records[0]!.headers['event-id']}`);
    expect(text).toContain(`\t${records[0]!.key}\t`);
  });

  it('produce', async () => {
    const data = { upload_id: 'u-9', org_id: 'acme', digest: 'd', code: 'BY_HAND', message: 'm' };
    const [command] = await shown(['produce', 'intake']);
    await stock(command!, `${JSON.stringify({ key: 'acme', type: 'UploadRefused', data })}\n`);
    await caughtUp(app, new AbortController().signal);
    const { stdout } = await execute(
      process.execPath,
      [join(root, 'dist/rightstream.js'), 'tail', 'intake', '--json', '--limit', '1000'],
      { env: { ...process.env, ...place.env }, maxBuffer: 64 * 1024 * 1024 },
    );
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { key: string; data: object });
    expect(events.filter(({ key }) => key === 'acme').map((event) => event.data)).toEqual([data]);
    const [avro] = await shown(['produce', 'dead-letters']);
    expect(avro).toContain(`--topic ${name}.dead-letters --reader-property parse.key=true`);
  });

  it('dead-letters', async () => {
    const { dead_letters: letters } = await ours<{
      dead_letters: { topic: string; partition: number; record_offset: number }[];
    }>(['dead-letters', 'list']);
    const { topic, partition, record_offset: offset } = letters[0]!;
    const record = `${topic}/${partition}/${offset}`;
    const [facts] = await shown(['dead-letters', 'list']);
    expect((await stock(facts!)).stdout).toContain('event-type:RecordDied');
    const [original] = await shown(['dead-letters', 'show', record]);
    expect((await stock(original!)).stdout).toContain('no json at all');
    await ours(['dead-letters', 'redrive', record]);
    const commands = await shown(['dead-letters', 'redrive', record, '--unit', 'json-intake']);
    const retried = commands.find((command) => command.includes(`${name}.json-intake.retry`));
    expect((await stock(retried!)).stdout).toContain(`redrive-of:${record}`);
  });

  it('replay', async () => {
    const [group] = await shown(['replay', 'recommendations']);
    await expect
      .poll(async () => (await stock(group!)).stdout, { timeout: 60_000 })
      .toMatch(new RegExp(`${name}\\.recommendations +${name}\\.usage +\\d+ +\\d+ +\\d+`));
  });

  it('plan and apply', { timeout: 300_000 }, async () => {
    const env = { KAFKA_TOPIC_PREFIX: `${name}-new.` };
    const commands = (await shown(['plan'], env)).filter((command) => command.includes('--create'));
    expect(commands.length).toBeGreaterThan(15);
    for (const command of commands) await stock(command);
    const topicSteps = async (): Promise<{ kind: string; target: string; name?: string }[]> => {
      const { steps } = await ours<{ steps: { kind: string; target: string; name?: string }[] }>(
        ['plan'],
        env,
      );
      return steps.filter(({ kind }) => kind === 'create-topic' || kind === 'set-config');
    };
    expect(await topicSteps()).toEqual([]);
    const usage = `${name}-new.usage`;
    const alter = ['--alter', '--entity-type', 'topics', '--entity-name', usage];
    await tools.configs([...alter, '--add-config', 'max.message.bytes=1000']);
    expect(await topicSteps()).toMatchObject([
      { kind: 'set-config', target: usage, name: 'max.message.bytes' },
    ]);
    const [set] = (await shown(['apply'], env)).filter((command) => command.startsWith('kafka-configs'));
    await stock(set!);
    expect(await topicSteps()).toEqual([]);
  });
});

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const block = /<!-- kafka-commands:begin -->\s*```sh\n([^]*?)```\s*<!-- kafka-commands:end -->/.exec(
  readme,
)![1]!;
/** What each command of README has to print here. */
const expected: readonly (readonly [RegExp, (text: string) => void])[] = [
  [/^kafka-topics .*--list/, (text) => expect(text).toContain(`${name}.usage`)],
  [/^kafka-topics .*--describe/, (text) => expect(text).toContain('PartitionCount: 4')],
  [/^kafka-configs /, (text) => expect(text).toContain(`Dynamic configs for topic ${name}.usage`)],
  [/^kafka-get-offsets /, (text) => expect(text).toMatch(new RegExp(`^${name}\\.usage:\\d:\\d+`, 'm'))],
  [/^kafka-consumer-groups /, (text) => expect(text).toContain(`${name}.recommendations`)],
  [/^kafka-console-consumer .*--topic usage/, (text) => expect(text).toContain('event-type:ContainerUsage')],
  [
    /^kafka-console-consumer .*--topic dead-letters/,
    (text) => expect(text).toContain('event-type:RecordDied'),
  ],
  [/^echo .*kafka-console-producer/, (text) => expect(text).not.toContain('ERROR')],
  [/^kafka-console-consumer .*--topic intake\.json/, (text) => expect(text).toContain('no json at all')],
];

describe('the commands of README', () => {
  it.each(block.trim().split('\n'))('%s', async (command) => {
    const renamed = (option: string, word: string): string => {
      if (option === '--topic' || option === '--entity-name') return `${name}.${word}`;
      return option === '--group' ? word.replace(/^rightstream\./, `${name}.`) : word;
    };
    const outcome = await runStock(tools, 'localhost:9092', command, renamed);
    expect(outcome.code, outcome.stderr).toBe(0);
    const checks = expected.filter(([pattern]) => pattern.test(command));
    expect(checks, 'one line of `expected` for each command').toHaveLength(1);
    for (const [, check] of checks) check(outcome.stdout);
  });
});
