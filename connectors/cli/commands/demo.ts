/** `rightstream demo`: the whole product on made-up data, in a temporary folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { rebuild } from '../../../projections/runtime/rebuild.ts';
import { openApp } from '../app.ts';
import { profileFrom } from '../profile.ts';
import type { App } from '../app.ts';
import { print } from '../context.ts';
import { DEMO_DAYS, demoContainers, demoPayload } from '../demo-data.ts';
import { bytesText, count, progress } from '../progress.ts';
import { caughtUp } from '../running.ts';
import { serve } from '../serving.ts';
import { units } from '../units.ts';
import { findAll } from '../verifying.ts';
import { stopSignal } from './run.ts';

const ORG = 'local';

/** The command. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Show the whole product on sixteen days of made-up usage, in a temporary folder (kafka profile: on its servers).',
    )
    .option('--keep', 'leave the dashboard running until Ctrl-C')
    .option('--port <number>', 'port of the dashboard; 0 takes a free one', '0')
    .action(async (options: { keep?: boolean; port: string }) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'rightstream-demo-'));
      // The bundled Postgres unless the environment names the servers of the kafka profile; never a database of somebody's data.
      const profile = await profileFrom(process.env);
      const app = await openApp({
        dataDir,
        profile: profile.kind === 'kafka' ? profile : { kind: 'embedded' },
      });
      try {
        process.exitCode = await demo(app, options);
      } finally {
        await app.close();
        await rm(dataDir, { recursive: true, force: true });
      }
    });
}

async function demo(app: App, options: { keep?: boolean; port: string }): Promise<number> {
  const servers =
    app.profile.kind === 'kafka' ? 'Kafka and its companions as they are' : 'a Postgres of its own';
  print(pc.bold(`1. Start: ${servers}, the units, the HTTP API and the dashboard`));
  const served = await serve(
    app,
    { port: Number(options.port), defaultOrg: ORG },
    { units, http: true, guest: true },
  );
  const url = served.url!;
  print(`   ${url}`);
  try {
    print(pc.bold(`2. Upload ${DEMO_DAYS} days of usage, one payload a day, as the operator does`));
    await uploadAll(url);
    await Promise.race([caughtUp(app, new AbortController().signal), served.failed]);
    print(pc.bold('3. What the containers should request'));
    await showRecommendations(app);
    print(pc.bold('4. Rows that were set aside'));
    await showRejected(app);
    print(pc.bold('5. Replay: fold the log again beside the live tables and compare, byte for byte'));
    const equal = await replayAll(app);
    print(pc.bold('6. Derive every recommendation again from the log'));
    let [total, differ] = [0, 0];
    for await (const { differences } of findAll(app, ORG)) {
      total += 1;
      if (differences.length > 0) differ += 1;
    }
    print(`   ${total - differ} of ${total} recommendations derived again, equal to the letter`);
    if (options.keep === true) {
      print(`\nThe dashboard stays at ${pc.bold(url)} until Ctrl-C.`);
      await Promise.race([stopSignal(), served.failed]);
    }
    return equal && differ === 0 && total > 0 ? 0 : 1;
  } finally {
    await served.stop();
  }
}

async function uploadAll(url: string): Promise<void> {
  const bar = progress();
  const started = Date.now();
  let bytes = 0;
  for (let day = 0; day < DEMO_DAYS; day++) {
    const payload = await demoPayload(day, started);
    const form = new FormData();
    const type = 'application/vnd.redhat.hccm.tar+tgz';
    form.set('file', new Blob([new Uint8Array(payload.bytes)], { type }), payload.name);
    const answer = await fetch(`${url}/api/ingress/v1/upload`, { method: 'POST', body: form });
    if (answer.status !== 202) throw new Error(`upload answered ${answer.status}: ${await answer.text()}`);
    bytes += payload.bytes.length;
    bar.show(`day ${day + 1} of ${DEMO_DAYS}, ${bytesText(bytes)}`, (day + 1) / DEMO_DAYS);
  }
  bar.done();
  print(`   ${DEMO_DAYS} uploads, ${bytesText(bytes)}, each answered 202`);
}

async function showRecommendations(app: App): Promise<void> {
  const rows = await app.readModels.select({ table: 'recommendations', org: ORG, limit: 100 });
  const line = (cells: readonly string[]): string =>
    `   ${cells.map((cell, i) => (i < 2 ? cell.padEnd(i === 0 ? 30 : 26) : cell.padStart(i < 4 ? 16 : 20))).join(' ')}`;
  print(pc.dim(line(['container', 'what it is', 'CPU request', 'saving', 'memory request', 'saving'])));
  for (const { story, namespace, workload, container } of demoContainers) {
    const row = rows.find(
      (r) => r['namespace'] === namespace && r['workload'] === workload && r['container'] === container,
    );
    const number = (name: string): number | null => row?.[name] as number | null;
    const cpu = [number('cpu_request_current'), number('long_cost_cpu_request')] as const;
    const memory = [number('memory_request_current'), number('long_cost_memory_request')] as const;
    print(
      line([
        `${namespace}/${workload}/${container}`,
        story,
        `${cores(cpu[0])} → ${cores(cpu[1])}`,
        saving(cpu),
        `${mib(memory[0])} → ${mib(memory[1])}`,
        saving(memory),
      ]),
    );
  }
  print(
    pc.dim('   long term (15 days), cost engine; "rightstream explain" prints the formula with its numbers'),
  );
}

function cores(value: number | null): string {
  return value === null ? '-' : value < 1 ? `${Math.round(value * 1000)}m` : value.toFixed(2);
}

function mib(bytes: number | null): string {
  return bytes === null ? '-' : `${count(bytes / 1024 / 1024)} Mi`;
}

function saving([now, then]: readonly [number | null, number | null]): string {
  if (now === null || then === null || now === 0) return '-';
  const percent = Math.round((1 - then / now) * 100);
  return percent >= 0 ? `${percent} %` : `${percent} % (more)`;
}

async function showRejected(app: App): Promise<void> {
  const rows = await app.readModels.select({ table: 'rejected_rows', org: ORG, limit: 5 });
  const total = await app.readModels.count({ table: 'rejected_rows', org: ORG });
  for (const row of rows) {
    print(
      `   row ${String(row['row'])} of ${String(row['name']).slice(-36)}: ${pc.yellow(String(row['code']))} ${String(row['message']).slice(0, 100)}`,
    );
  }
  print(`   ${total} rows in all; every other row counts`);
}

async function replayAll(app: App): Promise<boolean> {
  let all = true;
  for (const projection of units.projections) {
    const result = await rebuild(
      projection,
      { ...app.pipeline, generations: app.generations },
      { verify: true },
    );
    all &&= result.equal;
    const rate = result.seconds > 0 ? count(result.events / result.seconds) : '-';
    print(
      `   ${projection.id}: ${count(result.events)} events in ${result.seconds.toFixed(1)} s (${rate}/s), ${result.equal ? pc.green('equal') : pc.red('DIFFERENT')}`,
    );
    for (const table of result.live.filter(({ table: name }) => name === 'recommendations')) {
      print(pc.dim(`   sha256 live    ${table.sha256}`));
      print(
        pc.dim(`   sha256 rebuilt ${result.rebuilt.find(({ table: name }) => name === table.table)!.sha256}`),
      );
    }
  }
  return all;
}
