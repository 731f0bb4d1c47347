/** `rightstream import FOLDER`: an export into a place that is empty. */
import { Command } from 'commander';
import { readManifest } from '../../transfer/manifest.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { importFrom, partitionsOf } from '../importing.ts';
import { pace } from '../pace.ts';
import { count, progress } from '../progress.ts';

/** The command. */
export function importCommand(): Command {
  return common(new Command('import'))
    .description('Bring an export into empty topics and an empty database, and verify every table.')
    .argument('<folder>', 'what `rightstream export` wrote')
    .addHelpText(
      'after',
      `
Offsets come out equal; positions, marks and request ids are carried; tables are built from the log and
compared with those of the source. An import that was interrupted goes on when it is run again; until it
is finished nothing else runs there. Kafka: run \`rightstream apply\` first.

Examples:
  $ rightstream import /backup/rightstream --data-dir ./copy
  $ RIGHTSTREAM_PROFILE=kafka rightstream import /backup/rightstream`,
    )
    .action(async (folder: string, options: GlobalOptions) => {
      const read = await readManifest(folder);
      const started = Date.now();
      await withApp(
        options,
        async (app) => {
          const bar = progress();
          const line = pace();
          const result = await importFrom(app, folder, read, (step) => {
            const { text, share } = line(step);
            bar.show(text, share);
          });
          bar.done();
          const seconds = (Date.now() - started) / 1000;
          if (options.json === true) printJson({ folder, ...result, seconds });
          else {
            const how = result.resumed ? ' (went on where it had stopped)' : '';
            print(
              `${count(result.events)} events, ${count(read.manifest.keys.lines)} request ids, ${count(result.blobs)} uploaded files in ${seconds.toFixed(1)} s${how}`,
            );
            for (const { table, rows, compared } of result.tables)
              print(`${compared ? 'equal ' : 'built '} ${table} (${count(rows)} rows)`);
            print(nextStep(app.profile.kind, read.manifest.blobs === null));
          }
          return exitCodes.done;
        },
        { importing: true, partitions: partitionsOf(read.manifest) },
      );
    });
}

function nextStep(profile: string, withoutBlobs: boolean): string {
  const next =
    profile === 'kafka' ? 'Next: `rightstream doctor`, then `rightstream up`.' : 'Next: `rightstream up`.';
  if (!withoutBlobs) return next;
  return `The export has no uploaded files: uploads that were not read yet become dead letters. ${next}`;
}
