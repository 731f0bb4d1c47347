/** What every command gets: where the data is, how to print, and how to end. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { codeOf, messageOf, BadInput } from '../../streams/runtime/errors.ts';
import { openApp } from './app.ts';
import type { App, AppOptions } from './app.ts';
import { kafkaEnvironment, profileFrom } from './profile.ts';
import { kubernetesEnvironment } from './kubernetes-settings.ts';
import { prometheusEnvironment } from './prometheus.ts';
import { rbacEnvironment } from './rbac.ts';
import { retentionEnvironment } from './retention.ts';

/** Exit codes: 0 done, 1 failed, 2 bad input, 3 partly rejected. */
export const exitCodes = { done: 0, failed: 1, badInput: 2, partlyRejected: 3 } as const;

/** Options that every command has. */
export interface GlobalOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** Documented environment variables. */
export const environment = {
  ...kafkaEnvironment,
  ...rbacEnvironment,
  ...retentionEnvironment,
  ...kubernetesEnvironment,
  ...prometheusEnvironment,
  DATABASE_URL: 'An existing Postgres 14 or later, instead of the bundled one.',
  EVENTSTOREDB_URL: 'Where `audit` writes decisions: esdb://host:2113?tls=false, or with user and password.',
  RIGHTSTREAM_DATA_DIR: 'Default of --data-dir.',
  RIGHTSTREAM_CRASH_AT: 'Tests only: kill the process at a named point, NAME:N.',
} as const;

/** A per-user folder. */
export function defaultDataDir(): string {
  const { RIGHTSTREAM_DATA_DIR: chosen, XDG_DATA_HOME: data } = process.env;
  return chosen ?? join(data ?? join(homedir(), '.local', 'share'), 'rightstream');
}

/** Adds the common options to a command. */
export function common(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'where everything is kept (default: a per-user folder)')
    .option('--json', 'print one JSON value for scripts');
}

/** Opens the app of the common options and the environment. */
export async function openFrom(options: GlobalOptions, more: Partial<AppOptions> = {}): Promise<App> {
  const { RIGHTSTREAM_CRASH_AT: crashAt } = process.env;
  return openApp({
    dataDir: options.dataDir ?? defaultDataDir(),
    profile: await profileFrom(process.env),
    ...(crashAt === undefined ? {} : { crashAt }),
    ...more,
  });
}

/** Runs a command's work on an open app and closes it; what the work returns is the exit code. */
export async function withApp(
  options: GlobalOptions,
  work: (app: App) => Promise<number>,
  more: Partial<AppOptions> = {},
): Promise<void> {
  const app = await openFrom(options, more);
  try {
    process.exitCode = await work(app);
  } finally {
    await app.close();
  }
}

/** Prints a line. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints one JSON value. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Prints what went wrong and sets the exit code. */
export function report(error: unknown, json: boolean): void {
  const code = codeOf(error);
  if (json) printJson({ error: { code, message: messageOf(error) } });
  else process.stderr.write(`rightstream: ${code}: ${messageOf(error)}\n`);
  process.exitCode = error instanceof BadInput ? exitCodes.badInput : exitCodes.failed;
}
