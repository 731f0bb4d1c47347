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
  const command = new Command('retention').description('How long rows are kept; default for ever.');
  for (const make of [listCommand, setCommand, unsetCommand]) command.addCommand(make());
  return command;
}

function listCommand(): Command {
  return common(new Command('list'))
    .description('List how long rows are kept, and up to when they are gone.')
    .addHelpText('after', '\nExamples:\n  $ rightstream retention list')
    .action((options: GlobalOptions) =>
      withApp(options, async (app) => {
        const known = new Map((await periods(app)).map((period) => [period.rows_of, period]));
        const rows = [ALL_ROWS, ...Object.keys(retained)].map((rows_of) => ({
          rows_of,
          days: known.get(rows_of)?.days ?? null,
          gone_before: known.get(rows_of)?.before ?? null,
        }));
        if (options.json === true) printJson({ retention: rows });
        else print(tableText(rows, ['rows_of', 'days', 'gone_before'], terminalWidth()));
        return exitCodes.done;
      }),
    );
}

function setCommand(): Command {
  return common(new Command('set'))
    .argument('<rows>', 'which')
    .argument('<days>', 'how long')
    .description('Keep rows for so many days, from now on.')
    .addHelpText(
      'after',
      `
Rows: ${Object.keys(retained).join(', ')}; ${ALL_ROWS} for all that have no period of their own.
Usage is kept ${LEAST_USAGE_DAYS} days at least: the longest term looks back 15. What has expired does not come back.

Examples:
  $ rightstream retention set '*' 90
  $ rightstream retention set rejected_rows 30`,
    )
    .action((rows: string, days: string, options: GlobalOptions) =>
      change(rows, daysOf('the period', days), options),
    );
}

function unsetCommand(): Command {
  return common(new Command('unset'))
    .argument('<rows>', 'which')
    .description('Take the period of rows back; what is gone stays gone.')
    .addHelpText('after', '\nExamples:\n  $ rightstream retention unset rejected_rows')
    .action((rows: string, options: GlobalOptions) => change(rows, null, options));
}

async function change(rows: string, days: number | null, options: GlobalOptions): Promise<void> {
  await withApp(options, async (app) => {
    await setPeriod(app, rows, days);
    await settle(app);
    if (options.json === true) printJson({ rows_of: rows, days });
    else print(days === null ? `${rows}: no period of its own` : `${rows}: ${days} days`);
    return exitCodes.done;
  });
}
