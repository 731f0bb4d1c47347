/** `rightstream doctor`: whether everything is as it should be, and what to do where it is not. */
import { Command } from 'commander';
import pc from 'picocolors';
import { common, defaultDataDir, exitCodes, openFrom, print, printJson } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { checkApp, checkDisk, checkNode, failedCheck } from '../checkup.ts';
import type { Check } from '../checkup.ts';

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
  try {
    const app = await openFrom(options);
    try {
      checks.push(...(await checkApp(app, dataDir)));
    } finally {
      await app.close();
    }
  } catch (error) {
    checks.push(failedCheck('postgres', error));
  }
  checks.push(await checkDisk(dataDir));
  const ok = checks.every((check) => check.ok);
  if (options.json === true) printJson({ ok, checks });
  else for (const check of checks) print(lineOf(check));
  process.exitCode = ok ? exitCodes.done : exitCodes.failed;
}

function lineOf({ name, ok, detail, next }: Check): string {
  const mark = ok ? pc.green('ok     ') : pc.red('problem');
  return `${mark}  ${name.padEnd(13)} ${detail}${next === undefined ? '' : `\n${' '.repeat(23)}-> ${next}`}`;
}
