/** `rightstream retention`: how long rows are kept. */
import { Command } from 'commander';
import { ALL_ROWS, LEAST_USAGE_DAYS, retained } from '../../../schemas/retention.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { daysOf, periods, setPeriod } from '../retention.ts';
import { settle } from '../settle.ts';
import { tableText } from '../table-text.ts';
import { terminalWidth } from './query.ts';

/** The command. */
export function retentionCommand(): Command {
  const command = common(new Command('retention'))
    .description('Show how long rows are kept, or set it; default for ever.')
    .addHelpText(
      'after',
      `
Rows: ${Object.keys(retained).join(', ')}; ${ALL_ROWS} for all that have no period of their own.
Usage is kept ${LEAST_USAGE_DAYS} days at least: the longest term looks back 15. What has expired does not come back.

Examples:
  $ rightstream retention
  $ rightstream retention set '*' 90
  $ rightstream retention set rejected_rows 30
  $ rightstream retention unset rejected_rows`,
    )
    .action(async (options: GlobalOptions) => {
      await withApp(options, async (app) => {
        const known = new Map((await periods(app)).map((period) => [period.rows_of, period]));
        const rows = [ALL_ROWS, ...Object.keys(retained)].map((rows_of) => ({
          rows_of,
          days: known.get(rows_of)?.days ?? null,
          gone_before: known.get(rows_of)?.before ?? null,
        }));
        if (options.json === true) printJson({ retention: rows });
        else print(tableText(rows, ['rows_of', 'days', 'gone_before'], terminalWidth()));
        return exitCodes.done;
      });
    });
  return command.addCommand(setting('set <rows> <days>')).addCommand(setting('unset <rows>'));
}

function setting(usage: string): Command {
  const [name] = usage.split(' ');
  const about =
    name === 'set'
      ? 'Keep rows for so many days, from now on.'
      : 'Take the period of rows back; what is gone is gone.';
  return common(new Command(usage.split(' ')[0]!).arguments(usage.slice(name!.length + 1)))
    .description(about)
    .action(async (rows: string, ...rest: readonly unknown[]) => {
      const days = name === 'set' ? daysOf('the period', String(rest[0])) : null;
      const options = rest[name === 'set' ? 1 : 0] as GlobalOptions;
      await withApp(options, async (app) => {
        await setPeriod(app, rows, days);
        await settle(app);
        if (options.json === true) printJson({ rows_of: rows, days });
        else print(days === null ? `${rows}: no period of its own` : `${rows}: ${days} days`);
        return exitCodes.done;
      });
    });
}
