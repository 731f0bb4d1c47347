/** Performs a schedule on real processes and audits what is left. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { caughtUp, tryRun } from '../../connectors/cli/running.ts';
import { units } from '../../connectors/cli/units.ts';
import { pipelineLag, unitInputs } from '../../projections/runtime/pipeline.ts';
import { audit, factsOf } from './audit.ts';
import type { Finding } from './findings.ts';
import { uploadUntilAccepted } from './client.ts';
import { cause, patiently, redriveSound } from './faults.ts';
import type { Scene } from './faults.ts';
import { Member } from './member.ts';
import { watchPositions } from './positions.ts';
import type { Moment, Schedule } from './schedule.ts';
import { deployment, removeTopics } from './servers.ts';
import type { ChaosServers } from './servers.ts';
import { expected, sendings } from './uploads.ts';

/** How to perform. */
export interface Performance {
  readonly servers: ChaosServers;
  /** The bundled process, see bundle.ts. */
  readonly file: string;
  /** A planted defect, see defects/. */
  readonly defect?: string;
  /** How long it may take until everything is caught up once faults are over, ms. */
  readonly catchUpMs?: number;
}

/** What came of it. */
export interface Outcome {
  readonly findings: readonly Finding[];
  readonly seconds: number;
  /** Seconds of its parts. */
  readonly parts: Readonly<Record<string, number>>;
  /** From the end of uploads and faults until everything was caught up, ms. */
  readonly catchUpMs: number;
  /** Starts of processes, by faults and by their own ends. */
  readonly starts: number;
  /** Codes with which processes ended by themselves. */
  readonly ends: readonly string[];
  /** Codes that processes gave for what was tried again, by them or by clients. */
  readonly retries: ReadonlySet<string>;
}

const CATCH_UP_MS = 90_000;
/** Ends that a supervisor may see: something outside was away for longer than the process waits. */
const excusable = /_AWAY$|^KAFKA_GAVE_UP$|^REGISTRY_|^S3_|^STORAGE_FULL$|^POSTGRES_|^EXIT_SIGTERM$/;
let performed = 0;

/** Uploads, breaks, waits, audits. */
export async function perform(schedule: Schedule, at: Performance): Promise<Outcome> {
  const started = performance.now();
  const parts: Record<string, number> = {};
  let last = started;
  const part = (what: string): void => {
    const now = performance.now();
    parts[what] = (now - last) / 1_000;
    last = now;
  };
  let name = '';
  const place = await patiently(() => {
    name = `chaos-${schedule.seed}-${(performed += 1)}-${Date.now().toString(36)}`;
    return deployment(at.servers, name, schedule.faults);
  });
  const findings: Finding[] = [];
  const start = (variant?: string): Member => {
    const member = new Member({ file: at.file, env: place.env, variant, defect: at.defect });
    all.push(member);
    return member;
  };
  const all: Member[] = [];
  const members = [start(), start()];
  const app = await openApp({ dataDir: place.dataDir, profile: place.profile });
  const watch = watchPositions(place.env['DATABASE_URL']!);
  const scene: Scene = {
    servers: at.servers,
    app,
    members,
    watch,
    prefix: `${name}.`,
    units,
    start(variant) {
      const member = start(variant);
      members.push(member);
      return member;
    },
    async betweenRuns(work) {
      const count = members.length;
      await Promise.all(members.map((member) => member.retire()));
      await work();
      members.splice(0, count, ...members.slice(0, count).map((member) => start(member.variant)));
    },
  };
  let catchUpMs = 0;
  try {
    const answers = new Map<string, string>();
    part('deploy');
    await act(scene, schedule, answers);
    part('act');
    const quiet = performance.now();
    const lag = await settled(scene, at.catchUpMs ?? CATCH_UP_MS);
    catchUpMs = performance.now() - quiet;
    part('settle');
    if (lag !== undefined) findings.push({ what: 'did not catch up', details: lag });
    await Promise.all(all.map((member) => member.retire()));
    part('retire');
    if (lag === undefined) {
      const undisturbed = await undisturbedFacts(schedule, at.servers);
      part('undisturbed');
      const audited = { app, units: scene.units, expected: expected(schedule.uploads), answers, undisturbed };
      findings.push(...(await audit(audited)));
    }
    part('audit');
    for (const details of watch.backwards) findings.push({ what: 'a position went back', details });
  } catch (error) {
    findings.push({
      what: 'the schedule could not be performed',
      details: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  } finally {
    await Promise.all(all.map((member) => member.retire()));
    await watch.stop();
    await app.close();
    place.close();
    await removeTopics(at.servers, `${name}.`).catch(() => undefined);
    const { postgres } = at.servers;
    await patiently(() => postgres.drop(place.env['DATABASE_URL']!)).catch((error: unknown) => {
      findings.push({
        what: 'Postgres does not answer',
        details: `${String(error)}\n${postgres.lastLines()}`,
      });
    });
  }
  part('close');
  const failures = all.flatMap((member) => member.failures);
  for (const { code, message } of failures)
    if (!excusable.test(code)) findings.push({ what: 'a process ended', details: `${code}: ${message}` });
  return {
    findings,
    seconds: (performance.now() - started) / 1_000,
    parts,
    catchUpMs,
    starts: all.reduce((sum, member) => sum + member.starts, 0),
    ends: failures.map(({ code }) => code),
    retries: new Set(all.flatMap((member) => [...member.retries])),
  };
}

/** Uploads one after the other, and starts each fault at its moment; resolves when all faults are over. */
async function act(scene: Scene, { uploads, faults }: Schedule, answers: Map<string, string>): Promise<void> {
  const due: Moment[] = [...faults];
  const running = new Map<string, Promise<void>>();
  for (const [done, plan] of uploads.entries()) {
    while (due.length > 0 && due[0]!.after <= done) {
      const fault = due.shift()!;
      // Faults go on side by side and while uploads come; only two of a kind, and what wants all processes ended, come alone.
      const alone = fault.kind === 're-read';
      await (alone ? Promise.all(running.values()) : running.get(fault.kind));
      const going = cause(scene, fault);
      going.catch(() => undefined);
      running.set(fault.kind, going);
      if (alone) await going;
    }
    await Promise.all(
      sendings(plan).map(async (sending, turn) => {
        const id = await uploadUntilAccepted(() => scene.members, done + turn, sending);
        const known = answers.get(sending.requestId);
        if (known !== undefined && known !== id)
          throw new Error(`${sending.requestId} was accepted as ${known} and as ${id}`);
        answers.set(sending.requestId, id);
      }),
    );
  }
  await Promise.all(running.values());
}

/** Waits until nothing is left to do, redriving what died of buggy code; else what is left. */
async function settled({ app, units: code }: Scene, withinMs: number): Promise<string | undefined> {
  const inputs = unitInputs(code);
  const until = Date.now() + withinMs;
  for (;;) {
    const lags = await patiently(() => pipelineLag(inputs, app.pipeline));
    const left = lags.filter(({ lag }) => lag > 0);
    if (left.length === 0 && (await patiently(() => redriveSound(app))) === 0) return undefined;
    if (Date.now() > until) {
      const dead = await patiently(() => redriveSound(app));
      const text = left.map(({ id, partition, lag }) => `${id}/${partition}: ${lag}`).join(', ');
      return `after ${withinMs / 1_000} s: lag ${text === '' ? 0 : text}; ${dead} records die again and again`;
    }
    await sleep(50);
  }
}

/** Facts of the same uploads on the embedded profile, where nothing goes wrong. */
async function undisturbedFacts(
  { uploads }: Schedule,
  servers: ChaosServers,
): Promise<Readonly<Record<string, string>>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rightstream-undisturbed-'));
  const databaseUrl = await servers.postgres.database();
  const app: App = await openApp({ dataDir, databaseUrl, partitions: 1 });
  try {
    const running = await tryRun(app);
    for (const { org, requestId, filename, bytes } of uploads.flatMap(sendings)) {
      await app.uploads.accept({
        ...{ org, requestId, filename, account: null, channel: 'http', maxBytes: 1e8 },
        mediaType: 'application/vnd.redhat.hccm.tar+tgz',
        bytes: (async function* () {
          await Promise.resolve();
          yield bytes;
        })(),
      });
    }
    await caughtUp(app, new AbortController().signal);
    await running?.stop();
    return await factsOf(app, units);
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
    await servers.postgres.drop(databaseUrl);
  }
}
