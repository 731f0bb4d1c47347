/** What `doctor` looks at in the kafka profile; each thing by itself, so that one that is away hides no other. */
import { planSchemas } from '../../streams/runtime/topology/plan-schemas.ts';
import { planTopics } from '../../streams/runtime/topology/plan-topics.ts';
import type { LiveState, Wanted } from '../../streams/runtime/topology/live.ts';
import type { Step } from '../../streams/runtime/topology/steps.ts';
import { createPool } from '../postgres/pool.ts';
import type { Check } from './checkup.ts';
import { failedCheck } from './checkup.ts';
import type { LiveSystem } from './live.ts';
import type { KafkaProfile } from './profile.ts';

const APPLY = '`rightstream plan` shows the changes, `rightstream apply` makes them';
/** Names that are told; the others are counted. */
const TOLD = 4;

/** Brokers, topics, groups, registry and bucket. */
export async function checkLive(live: LiveSystem, profile: KafkaProfile): Promise<Check[]> {
  const { brokers } = profile.kafka;
  const looks: [string, string, () => Promise<Check[]>][] = [
    ['kafka', `start Kafka at ${brokers.join(', ')}, or check KAFKA_BROKERS`, () => checkKafka(live)],
    [
      'registry',
      `start the registry at ${profile.registry.url}, or check SCHEMA_REGISTRY_URL`,
      () => checkRegistry(live),
    ],
    ['bucket', 'start the store, or check S3_ENDPOINT and the key', () => checkBucket(live)],
  ];
  const checks = looks.map(async ([name, next, look]) => {
    try {
      return await look();
    } catch (error) {
      return [{ ...failedCheck(name, error), next }];
    }
  });
  return (await Promise.all(checks)).flat();
}

/** The database by itself, for when the rest cannot be opened. */
export async function checkDatabase(url: string): Promise<Check> {
  const pool = createPool({ url, applicationName: 'rightstream doctor', max: 1 });
  try {
    const { rows } = await pool.query<{ version: string }>(
      "SELECT current_setting('server_version') AS version",
    );
    const { host, pathname } = new URL(url);
    return { name: 'postgres', ok: true, detail: `${rows[0]!.version} at ${host}${pathname}` };
  } catch (error) {
    return { ...failedCheck('postgres', error), next: 'start Postgres, or check DATABASE_URL' };
  } finally {
    await pool.end();
  }
}

async function checkKafka(live: LiveSystem): Promise<Check[]> {
  const { id, brokers } = await live.kafka.cluster();
  const up = `${brokers.length === 1 ? '1 broker' : `${brokers.length} brokers`} (${shortened(brokers)}), cluster ${id}`;
  const checks: Check[] = [{ name: 'kafka', ok: true, detail: up }];
  const wanted = await live.wanted();
  const there = await live.lookAtTopics(wanted);
  checks.push(...topicChecks(wanted, { ...there, subjects: [] }));
  checks.push(await checkGroups(live, wanted, there.groups));
  return checks;
}

function topicChecks(wanted: Wanted, state: LiveState): Check[] {
  const steps = planTopics(wanted, state);
  const missing = steps.filter(({ kind }) => kind === 'create-topic').map(({ target }) => target);
  const checks = steps.filter(({ kind }) => kind !== 'create-topic').map((step) => stepCheck('topics', step));
  const detail = `${wanted.topics.length - missing.length} of ${wanted.topics.length} are there`;
  if (missing.length === 0) return [{ name: 'topics', ok: true, detail }, ...checks];
  return [
    { name: 'topics', ok: false, detail: `${detail}; missing: ${shortened(missing)}`, next: APPLY },
    ...checks,
  ];
}

async function checkRegistry(live: LiveSystem): Promise<Check[]> {
  // how many copies there are of topics is of no matter here, and Kafka may be away
  const wanted = await live.wanted(1);
  const steps = planSchemas(wanted, {
    brokers: 1,
    topics: [],
    groups: [],
    subjects: await live.lookAtSubjects(wanted),
  });
  const missing = steps.filter(({ kind }) => kind === 'register-schema').map(({ target }) => target);
  const unruled = new Set(
    steps.filter(({ kind }) => kind === 'set-compatibility').map(({ target }) => target),
  );
  const checks = steps
    .filter(({ kind }) => kind === 'refuse' || kind === 'note')
    .map((step) => stepCheck('schemas', step));
  const count = wanted.schemas.length;
  const detail = `${count - missing.length} of ${count} schemas are registered`;
  if (missing.length > 0) {
    return [
      { name: 'registry', ok: false, detail: `${detail}; missing: ${shortened(missing)}`, next: APPLY },
      ...checks,
    ];
  }
  if (unruled.size > 0) {
    return [
      {
        name: 'registry',
        ok: false,
        detail: `${detail}; ${unruled.size} subjects are not BACKWARD_TRANSITIVE`,
        next: APPLY,
      },
      ...checks,
    ];
  }
  return [{ name: 'registry', ok: true, detail }, ...checks];
}

async function checkBucket(live: LiveSystem): Promise<Check[]> {
  const { name, present } = await live.lookAtBucket();
  if (present) return [{ name: 'bucket', ok: true, detail: name }];
  return [{ name: 'bucket', ok: false, detail: `${name} is missing`, next: APPLY }];
}

async function checkGroups(live: LiveSystem, wanted: Wanted, ids: readonly string[]): Promise<Check> {
  const prefix = `${wanted.groupPrefix}.`;
  const groups = await live.kafka.describeGroups(ids.filter((id) => id.startsWith(prefix)));
  const active = new Map(
    groups.filter(({ members }) => members > 0).map((group) => [group.id.slice(prefix.length), group]),
  );
  const idle = wanted.units.filter((unit) => !active.has(unit));
  const strangers = [...active.keys()].filter((unit) => !wanted.units.includes(unit));
  const most = Math.max(0, ...[...active.values()].map(({ members }) => members));
  const parts =
    active.size === 0
      ? ['no process runs the units']
      : [
          `${wanted.units.length - idle.length} of ${wanted.units.length} units run, in ${most === 1 ? '1 process' : `up to ${most} processes`}`,
          ...(idle.length === 0 ? [] : [`idle: ${shortened(idle)}`]),
        ];
  if (strangers.length > 0) parts.push(`of no unit: ${shortened(strangers)}`);
  return { name: 'groups', ok: true, detail: parts.join('; ') };
}

/** A refusal or a change is a problem; a note is none. */
function stepCheck(name: string, step: Step): Check {
  const sides = [step.from, step.to].filter((side) => side !== null).join(' → ');
  const what = `${step.target}: ${sides}`;
  if (step.kind === 'note') return { name, ok: true, detail: `${what}: ${step.why}` };
  if (step.kind === 'refuse') return { name, ok: false, detail: `${step.code} ${what}`, next: step.why };
  return { name, ok: false, detail: `${what} (${step.why})`, next: APPLY };
}

function shortened(names: readonly string[]): string {
  const more = names.length - TOLD;
  return names.slice(0, TOLD).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
