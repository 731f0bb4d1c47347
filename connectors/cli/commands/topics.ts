/** `rightstream topics`: what the log holds. */
import { Command } from 'commander';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { SHOW_KAFKA, showStockOf, topicsCommands } from '../kafka-tools.ts';
import { tableText } from '../table-text.ts';
import { terminalWidth } from './query.ts';

/** The command. */
export function topicsCommand(): Command {
  return common(new Command('topics'))
    .description('List the topics of the log: partitions and records.')
    .addHelpText('after', '\nExamples:\n  $ rightstream topics\n  $ rightstream topics --json')
    .option(...SHOW_KAFKA)
    .action(async (options: GlobalOptions & { readonly showKafka?: boolean }) => {
      if (options.showKafka === true) {
        await showStockOf(options, (names) => topicsCommands(names));
        return;
      }
      await withApp(options, async (app) => {
        const topics = await Promise.all(
          (await app.log.topics()).map(async ({ name, partitions }) => {
            const ends = await app.log.ends(name);
            return { name, partitions, records: ends.reduce((sum, end) => sum + end, 0), ends };
          }),
        );
        if (options.json === true) printJson({ topics });
        else print(tableText(topics, ['name', 'partitions', 'records', 'ends'], terminalWidth()));
        return exitCodes.done;
      });
    });
}
