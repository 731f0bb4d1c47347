import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allTopics } from '../../../connectors/cli/backbone.ts';
import { eventSchemas } from '../../../schemas/generated/events.ts';
import type { KafkaTools } from '../../support/real/kafka-tools.ts';
import { ownName, sharedDatabase, sharedKafka, sharedRegistry, sharedS3 } from '../../support/real/shared.ts';

const folder = mkdtempSync(join(tmpdir(), 'rightstream-plan-'));
const prefix = `${ownName('plan')}.`;
const TOPICS = allTopics().length;
const SCHEMAS = Object.keys(eventSchemas).length;

/** Subjects of others, more than a registry lists at once. */
async function crowd(url: string): Promise<void> {
  const others = ownName('others');
  for (let n = 0; n < 1_200; n += 50) {
    const names = Array.from({ length: 50 }, (_, i) => `${others}-${n + i}`);
    const answers = await Promise.all(
      names.map((name) =>
        fetch(`${url}/subjects/${name}/versions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ schema: '"string"' }),
        }),
      ),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
  }
}

let env: Record<string, string>;
let tools: KafkaTools;
let registry: string;
beforeAll(async () => {
  const [kafka, schemas, s3, database] = await Promise.all([
    sharedKafka(),
    sharedRegistry(),
    sharedS3(),
    sharedDatabase(),
  ]);
  tools = kafka.tools;
  registry = schemas.url;
  await crowd(registry);
  env = {
    RIGHTSTREAM_PROFILE: 'kafka',
    RIGHTSTREAM_DATA_DIR: join(folder, 'data'),
    DATABASE_URL: database,
    KAFKA_BROKERS: kafka.brokers.join(','),
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_GROUP_PREFIX: prefix.slice(0, -1),
    SCHEMA_REGISTRY_URL: registry,
    S3_ENDPOINT: s3.endpoint,
    S3_REGION: s3.region,
    S3_BUCKET: ownName('bucket'),
    S3_ACCESS_KEY_ID: s3.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
  };
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line. */
async function run(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(process.execPath, ['dist/rightstream.js', ...args], {
    env: { ...process.env, ...env, ...more },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  return { code, out, err };
}

interface Plan {
  readonly changes: number;
  readonly refused: number;
  readonly steps: readonly { readonly kind: string; readonly target: string; readonly code?: string }[];
}

async function plan(): Promise<Plan & { readonly exit: number | null }> {
  const { code, out } = await run(['plan', '--json']);
  return { ...(JSON.parse(out) as Plan), exit: code };
}

async function topicsOfTest(): Promise<string[]> {
  const { stdout } = await tools.topics(['--list']);
  return stdout.split('\n').filter((name) => name.startsWith(prefix));
}

function kinds({ steps }: Plan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of steps) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly next?: string;
}

async function doctor(more: Readonly<Record<string, string>> = {}): Promise<readonly Check[]> {
  const { out } = await run(['doctor', '--json'], more);
  return (JSON.parse(out) as { checks: Check[] }).checks;
}

// each test goes on where the one before has left the system
describe.sequential('plan and apply', () => {
  it('on an empty system: doctor says what is missing, and creates nothing', async () => {
    const checks = await doctor();
    const problems = checks.filter(({ ok }) => !ok);
    expect(problems.map(({ name }) => name).toSorted()).toEqual(['bucket', 'registry', 'topics']);
    for (const { next } of problems) expect(next).toContain('rightstream apply');
    expect(checks.find(({ name }) => name === 'kafka')).toMatchObject({ ok: true });
    expect(checks.find(({ name }) => name === 'postgres')).toMatchObject({ ok: true });
    expect(await topicsOfTest()).toEqual([]);
  });

  it.each([['up', '--port', '0'], ['topics'], ['ingest', 'package.json']])(
    'starting `%s` on it fails, names the command and creates nothing',
    async (...args) => {
      const { code, err } = await run(args);
      expect(code).not.toBe(0);
      expect(err).toContain('SCHEMA_NOT_REGISTERED');
      expect(err).toContain('rightstream apply');
      expect(await topicsOfTest()).toEqual([]);
    },
  );

  it('plan shows every change and makes none', async () => {
    const first = await plan();
    expect(kinds(first)).toEqual({
      'create-bucket': 1,
      'create-topic': TOPICS,
      'register-schema': SCHEMAS,
      'set-compatibility': SCHEMAS,
      note: 1,
    });
    expect(first.exit).toBe(3);
    expect(await plan()).toEqual(first);
    expect(await topicsOfTest()).toEqual([]);
  });

  it('apply makes them, then there is nothing to do', async () => {
    const applied = await run(['apply']);
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.out).toContain(`Done: ${1 + TOPICS + 2 * SCHEMAS} changes.`);
    expect(await plan()).toMatchObject({ exit: 0, changes: 0, refused: 0 });
    expect((await run(['apply'])).out).toContain('Nothing to do.');
    expect(await topicsOfTest()).toHaveLength(TOPICS);
    const { stdout } = await tools.topics(['--describe', '--topic', `${prefix}read-usage-reports.retry`]);
    expect(stdout).toMatch(/PartitionCount: 4\b/);
    expect(stdout).toContain('retention.ms=-1');
  });

  it('doctor has no problem with it', async () => {
    expect((await doctor()).filter(({ ok }) => !ok)).toEqual([]);
  });

  it('a setting that somebody changed is set back', async () => {
    const topic = `${prefix}usage`;
    const change = ['--alter', '--entity-type', 'topics', '--entity-name', topic, '--add-config'];
    await tools.configs([...change, 'retention.ms=86400000,segment.ms=3600000']);
    expect(await plan()).toMatchObject({
      exit: 3,
      changes: 1,
      steps: [{ kind: 'set-config', target: topic }, {}],
    });
    expect((await run(['apply'])).out).toContain('retention.ms=86400000 → retention.ms=-1');
    const { stdout } = await tools.topics(['--describe', '--topic', topic]);
    expect(stdout).toContain('retention.ms=-1');
    expect(stdout).toContain('segment.ms=3600000');
    expect(await plan()).toMatchObject({ exit: 0 });
  });

  it('a group of no unit is told', async () => {
    const group = `${prefix}gone`;
    await tools.consume([
      '--topic',
      `${prefix}usage`,
      '--group',
      group,
      '--timeout-ms',
      '5000',
      '--from-beginning',
    ]);
    const { exit, steps } = await plan();
    expect(exit).toBe(0);
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'note', code: 'GROUP_WITHOUT_UNIT', target: group }),
    );
  });

  it('a topic that is missing is created by no start', async () => {
    const topic = `${prefix}usage`;
    await tools.topics(['--delete', '--topic', topic]);
    const { code, err } = await run(['up', '--port', '0']);
    expect(code).toBe(2);
    expect(err).toMatch(/TOPIC_MISSING.* usage: .*rightstream apply/);
    const problems = (await doctor()).filter(({ ok }) => !ok);
    expect(problems).toMatchObject([{ name: 'topics', next: expect.stringContaining('apply') as string }]);
    expect(await topicsOfTest()).not.toContain(topic);
    expect((await run(['apply'])).code).toBe(0);
  });

  it('a schema that could not read older records is refused before anything is done', async () => {
    const subject = `${prefix}dead-letters-rightstream.operations.RecordRedriven`;
    const { avro } = eventSchemas.RecordRedriven;
    const schema = JSON.parse(avro) as { fields: { name: string; type: unknown }[] };
    const other = { ...schema, fields: schema.fields.filter(({ name }) => name !== 'by') };
    // registered by somebody who switched the rule off
    await put(`/config/${subject}`, { compatibility: 'NONE' });
    await post(`/subjects/${subject}/versions`, { schema: JSON.stringify(other) });
    await tools.topics(['--delete', '--topic', `${prefix}rejections`]);
    const refused = await plan();
    expect(refused).toMatchObject({ exit: 2, refused: 1 });
    expect(refused.steps[0]).toMatchObject({ kind: 'refuse', code: 'SCHEMA_INCOMPATIBLE', target: subject });
    const { code, out } = await run(['apply']);
    expect(code).toBe(2);
    expect(out).toContain('SCHEMA_INCOMPATIBLE');
    expect(await topicsOfTest()).not.toContain(`${prefix}rejections`);
    await fetch(`${registry}/subjects/${subject}`, { method: 'DELETE' });
    expect((await run(['apply'])).code).toBe(0);
    expect(await plan()).toMatchObject({ exit: 0 });
  });

  it('other partitions are refused', async () => {
    const topic = `${prefix}usage`;
    await tools.topics(['--alter', '--topic', topic, '--partitions', '6']);
    const { exit, steps } = await plan();
    expect(exit).toBe(2);
    expect(steps[0]).toMatchObject({ kind: 'refuse', code: 'PARTITIONS_DIFFER', target: topic });
    expect((await run(['apply'])).code).toBe(2);
    expect((await run(['up', '--port', '0'])).err).toContain('NOT_COPARTITIONED');
    expect((await doctor()).filter(({ ok }) => !ok)).toContainEqual(
      expect.objectContaining({
        name: 'topics',
        detail: expect.stringContaining('PARTITIONS_DIFFER') as string,
      }),
    );
  });

  it('each server that is away is told by itself, with the next step', async () => {
    const away = 'http://127.0.0.1:9';
    const checks = await doctor({
      KAFKA_BROKERS: '127.0.0.1:9',
      SCHEMA_REGISTRY_URL: away,
      S3_ENDPOINT: away,
      DATABASE_URL: 'postgres://nobody:hunter2@127.0.0.1:9/none',
    });
    const problems = new Map(checks.filter(({ ok }) => !ok).map((check) => [check.name, check]));
    expect([...problems.keys()].toSorted()).toEqual(['bucket', 'kafka', 'postgres', 'registry']);
    expect(problems.get('kafka')!.next).toContain('127.0.0.1:9');
    expect(problems.get('registry')!.next).toContain('SCHEMA_REGISTRY_URL');
    expect(JSON.stringify(checks)).not.toContain('hunter2');
    expect(await run(['plan'], { KAFKA_BROKERS: '127.0.0.1:9' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('KAFKA_AWAY') as string,
    });
  });
});

async function put(path: string, body: object): Promise<void> {
  await send('PUT', path, body);
}

async function post(path: string, body: object): Promise<void> {
  await send('POST', path, body);
}

async function send(method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(registry + path, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}
