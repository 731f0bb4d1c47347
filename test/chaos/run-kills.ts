/** How long until everything that was in the log when a process (or the broker) was killed has had its effect, under load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { caughtUp } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { unitInputs } from '../../projections/runtime/pipeline.ts';
import { Retryable } from '../../streams/runtime/errors.ts';
import { uploadUntilAccepted } from './client.ts';
import { patiently } from './faults.ts';
import { Member } from './member.ts';
import type { Performance } from './perform.ts';
import type { UploadPlan } from './schedule.ts';
import { deployment, removeTopics } from './servers.ts';
import type { ChaosServers } from './servers.ts';
import { expected, sendings } from './uploads.ts';

/** What is killed how often. */
export interface Kills {
  readonly processes: number;
  readonly brokers: number;
}

/** Between two uploads of one client, ms. */
const PACE_MS = 100;
const CLIENTS = 2;
const POLL_MS = 10;
const GIVE_UP_MS = 60_000;

/** Measures and prints; true when every accepted row has had its effect once. */
export async function runKills({ servers, file }: Performance, kills: Kills): Promise<boolean> {
  const name = `kills-${Date.now().toString(36)}`;
  const place = await deployment(servers, name);
  const members = [0, 1].map(() => new Member({ file, env: place.env }));
  const app = await openApp({ dataDir: place.dataDir, profile: place.profile });
  const load = new Load(members);
  try {
    await Promise.all(members.map((member) => member.running()));
    load.start();
    await sleep(2_000);
    const ofProcesses: number[] = [];
    for (let i = 0; i < kills.processes; i++) {
      const member = members[i % 2]!;
      ofProcesses.push(await untilPassed(app, () => Promise.resolve(member.kill())));
      await member.running();
      await sleep(1_000);
    }
    show('kill -9 of one of two processes', ofProcesses);
    const ofBrokers: number[] = [];
    const back: number[] = [];
    for (let i = 0; i < kills.brokers; i++) {
      ofBrokers.push(await untilPassed(app, async () => void back.push(await restarted(servers))));
      await sleep(2_000);
    }
    show('kill -9 of the broker, until it answered again', back);
    show('kill -9 of the broker, until it was back and all was caught up', ofBrokers);
    const plans = await load.stop();
    await patiently(() => caughtUp(app, new AbortController().signal));
    const { intervals } = expected(plans);
    const { rows } = await app.pool.query<{ n: number }>(
      'SELECT coalesce(sum(rows), 0)::int AS n FROM public.container_usage',
    );
    const right = rows[0]!.n === intervals.size;
    console.log(
      `${plans.length} uploads, ${intervals.size} rows uploaded, ${rows[0]!.n} in the tables: ${right ? 'each once' : 'NOT EACH ONCE'}`,
    );
    return right;
  } finally {
    await load.stop();
    await Promise.all(members.map((member) => member.retire()));
    await app.close();
    place.close();
    await removeTopics(servers, `${name}.`).catch(() => undefined);
  }
}

/** Resolves with the ms until it is up again. */
async function restarted({ kafka }: ChaosServers): Promise<number> {
  const started = performance.now();
  await kafka.kill();
  await kafka.restart();
  return performance.now() - started;
}

/** Kills, and resolves with the ms until every unit has passed what the log held before. */
async function untilPassed(app: App, kill: () => Promise<void>): Promise<number> {
  const inputs = unitInputs(units);
  const topics = [...new Set(inputs.flatMap((unit) => unit.inputs))];
  const ends = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await app.log.ends(topic)] as const)),
  );
  const started = performance.now();
  const killed = kill();
  while (performance.now() - started < GIVE_UP_MS) {
    if (await passed(app, inputs, ends)) {
      await killed;
      return performance.now() - started;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`not caught up ${GIVE_UP_MS} ms after a kill`);
}

async function passed(
  app: App,
  inputs: ReturnType<typeof unitInputs>,
  ends: ReadonlyMap<string, readonly number[]>,
): Promise<boolean> {
  try {
    for (const unit of inputs) {
      const positions = await app.store.positions(unit.id);
      for (const topic of unit.inputs)
        for (const [partition, end] of ends.get(topic)!.entries())
          if ((positions.get(partition)?.[topic] ?? 0) < end) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof Retryable) return false;
    throw error;
  }
}

/** Clients that upload all the time. */
class Load {
  readonly #members: readonly Member[];
  readonly #plans: UploadPlan[] = [];
  #clients: Promise<void>[] = [];
  #stopped = false;

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  start(): void {
    this.#clients = Array.from({ length: CLIENTS }, () => this.#client());
  }

  /** Waits for uploads under way; all that were accepted. */
  async stop(): Promise<readonly UploadPlan[]> {
    this.#stopped = true;
    await Promise.all(this.#clients);
    return this.#plans;
  }

  async #client(): Promise<void> {
    while (!this.#stopped) {
      const n = this.#plans.length;
      const files = [{ name: `k${n}`, containers: 4, intervals: 4, bad: 0 }];
      const plan = { requestId: `kills-${n}`, org: `org-${n % 5}`, minute: n, files };
      this.#plans.push(plan);
      for (const sending of sendings(plan)) await uploadUntilAccepted(() => this.#members, n, sending);
      await sleep(PACE_MS);
    }
  }
}

function show(what: string, ms: readonly number[]): void {
  if (ms.length === 0) return;
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! / 1_000).toFixed(2);
  console.log(`${what}: ${ms.length} times, p50 ${at(0.5)} s, p99 ${at(0.99)} s, most ${at(1)} s`);
}
