/** `rightstream replay PROJECTION`: rebuilds tables from the log beside the live ones. */
import { Command } from 'commander';
import { rebuild } from '../../../projections/runtime/rebuild.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { groupCommands, SHOW_KAFKA, showStockOf } from '../kafka-tools.ts';
import { count, progress } from '../progress.ts';
import { rebuildLock } from '../running.ts';
import { withLock } from '../../postgres/transaction.ts';
import { units } from '../units.ts';

/** The command. */
export function replayCommand(): Command {
  return common(new Command('replay'))
    .description('Rebuild the tables of a projection from the log, beside the live ones, and swap.')
    .argument('<projection>', `one of: ${units.projections.map(({ id }) => id).join(', ')}`)
    .option(...SHOW_KAFKA)
    .option('--verify', 'swap only when every table is equal, byte for byte; exit 1 when not')
    .addHelpText('after', '\nExamples:\n  $ rightstream replay recommendations --verify')
    .action(async (id: string, options: GlobalOptions & { verify?: boolean; showKafka?: boolean }) => {
      const projection = units.projections.find((candidate) => candidate.id === id);
      if (projection === undefined) {
        const known = units.projections.map((candidate) => candidate.id).join(', ');
        throw new BadInput({
          code: 'UNKNOWN_PROJECTION',
          message: `there is no projection ${id}; there are: ${known}`,
        });
      }
      if (options.showKafka === true) {
        await showStockOf(options, (names) => groupCommands(names, [id]));
        return;
      }
      await withApp(options, async (app) => {
        const bar = progress();
        app.signals.on((signal) => {
          if (signal.kind !== 'rebuild') return;
          const left = signal.perSecond > 0 ? Math.ceil((signal.total - signal.done) / signal.perSecond) : 0;
          bar.show(
            `${count(signal.done)} of ${count(signal.total)} events, ${count(signal.perSecond)}/s, ${left} s to go`,
            signal.total === 0 ? 1 : signal.done / signal.total,
          );
        });
        const verify = options.verify === true;
        const result = await withLock(app.pool, rebuildLock(id), () =>
          rebuild(projection, { ...app.pipeline, generations: app.generations }, { verify }),
        );
        bar.done();
        if (options.json === true) printJson({ ...result, positions: Object.fromEntries(result.positions) });
        else {
          print(`${count(result.events)} events folded in ${result.seconds.toFixed(1)} s`);
          for (const [i, live] of result.live.entries()) {
            const rebuilt = result.rebuilt[i]!;
            print(
              `${live.sha256 === rebuilt.sha256 ? 'equal ' : 'DIFFER'} ${live.table} (${count(live.rows)} rows)`,
            );
            print(`  live    ${live.sha256}\n  rebuilt ${rebuilt.sha256}`);
          }
          print(result.swapped ? 'The rebuilt tables are live.' : 'Not swapped: the tables differ.');
        }
        return verify && !result.equal ? exitCodes.failed : exitCodes.done;
      });
    });
}
