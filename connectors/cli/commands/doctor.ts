/** `rightstream doctor`: whether everything is as it should be, and what to do where it is not. */
import { Command } from 'commander';
import pc from 'picocolors';
import { codeOf } from '../../../streams/runtime/errors.ts';
import { common, defaultDataDir, exitCodes, openFrom, print, printJson } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { checkApp, checkDisk, checkNode, failedCheck } from '../checkup.ts';
import type { Check } from '../checkup.ts';
import { checkDatabase, checkLive } from '../checkup-live.ts';
import { keptFrom } from '../kubernetes-settings.ts';
import { profileFrom } from '../profile.ts';
import type { KafkaProfile, Profile } from '../profile.ts';

/** The command. */
export function doctorCommand(): Command {
  return common(new Command('doctor'))
    .description('Look at everything once: ok, or a problem with the next step.')
    .addHelpText(
      'after',
      '\nExit codes: 0 all is ok, 1 there is a problem.\n\nExamples:\n  $ rightstream doctor\n  $ rightstream doctor --json',
    )
    .action((options: GlobalOptions) => examine(options));
}

async function examine(options: GlobalOptions): Promise<void> {
  const dataDir = options.dataDir ?? defaultDataDir();
  const checks: Check[] = [checkNode(process.versions.node)];
  const profile = await profileFrom(process.env).catch((error: unknown) => {
    checks.push(failedCheck('settings', error));
  });
  if (profile?.kind === 'kafka') checks.push(...(await examineLive(profile, dataDir)));
  if (profile !== undefined) checks.push(...(await examineApp(options, dataDir, profile, checks)));
  checks.push(...(await examineKubernetes()));
  checks.push(await checkDisk(dataDir));
  const ok = checks.every((check) => check.ok);
  if (options.json === true) printJson({ ok, checks });
  else for (const check of checks) print(lineOf(check));
  process.exitCode = ok ? exitCodes.done : exitCodes.failed;
}

async function examineKubernetes(): Promise<Check[]> {
  try {
    const kept = keptFrom(process.env, { org: '' });
    if (kept === undefined) return [];
    const { checkKubernetes } = await import('../checkup-kubernetes.ts');
    return await checkKubernetes(kept);
  } catch (error) {
    return [failedCheck('kubernetes', error)];
  }
}

async function examineLive(profile: KafkaProfile, dataDir: string): Promise<Check[]> {
  const { openLive } = await import('../live.ts');
  const live = openLive(profile, dataDir);
  try {
    return await checkLive(live, profile);
  } finally {
    await live.close();
  }
}

async function examineApp(
  options: GlobalOptions,
  dataDir: string,
  profile: Profile,
  before: readonly Check[],
): Promise<Check[]> {
  try {
    const app = await openFrom(options);
    try {
      return await checkApp(app, dataDir);
    } finally {
      await app.close();
    }
  } catch (error) {
    if (profile.kind !== 'kafka') return [failedCheck('postgres', error)];
    const database = await checkDatabase(profile.databaseUrl);
    // Nothing that was looked at so far tells of another deployment.
    if (codeOf(error) === 'DEPLOYMENT_TAKEN') return [database, failedCheck('deployment', error)];
    const explained = [...before, database].some(({ ok }) => !ok);
    return explained ? [database] : [database, failedCheck('units', error)];
  }
}

function lineOf({ name, ok, detail, next }: Check): string {
  const mark = ok ? pc.green('ok     ') : pc.red('problem');
  return `${mark}  ${name.padEnd(13)} ${detail}${next === undefined ? '' : `\n${' '.repeat(23)}-> ${next}`}`;
}
