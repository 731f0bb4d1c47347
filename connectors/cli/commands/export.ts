/** `rightstream export FOLDER`: everything as of one moment, to be imported elsewhere. */
import { Command } from 'commander';
import pc from 'picocolors';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { exportTo } from '../exporting.ts';
import { pace } from '../pace.ts';
import { bytesText, count, progress } from '../progress.ts';

/** The command. */
export function exportCommand(): Command {
  return common(new Command('export'))
    .description('Write topics, positions, request ids and uploaded files into a folder, as of one moment.')
    .argument('<folder>', 'a folder that is empty or not there')
    .option('--no-blobs', 'leave the uploaded files out')
    .addHelpText(
      'after',
      `
The system may go on working: it pauses until what it emitted is in the log, then the moment is fixed.
No password or key is written, but the uploaded data is: keep the folder as safe as the system.

Examples:
  $ rightstream export /backup/rightstream
  $ RIGHTSTREAM_PROFILE=kafka rightstream import /backup/rightstream`,
    )
    .action((folder: string, options: GlobalOptions & { readonly blobs: boolean }) =>
      withApp(options, async (app) => {
        const bar = progress();
        const line = pace();
        const started = Date.now();
        const manifest = await exportTo(app, folder, {
          blobs: options.blobs,
          onStep: (step) => {
            const { text, share } = line(step);
            bar.show(text, share);
          },
        });
        bar.done();
        const files = manifest.topics.flatMap(({ partitions }) => partitions);
        const result = {
          folder,
          made_at: manifest.made_at,
          events: files.reduce((sum, { lines }) => sum + lines, 0),
          bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
          request_ids: manifest.keys.lines,
          blobs: manifest.blobs,
          missing_blobs: manifest.missing_blobs,
          seconds: (Date.now() - started) / 1000,
        };
        if (options.json === true) printJson(result);
        else {
          print(
            `${count(result.events)} events (${bytesText(result.bytes)}), ${count(result.request_ids)} request ids, ${blobsText(result.blobs)} in ${result.seconds.toFixed(1)} s`,
          );
          if (result.missing_blobs > 0)
            print(pc.yellow(`${count(result.missing_blobs)} uploaded files were gone already`));
          print(`The moment: ${result.made_at}. Next: \`rightstream import ${folder}\` at the new place.`);
        }
        return exitCodes.done;
      }),
    );
}

function blobsText(blobs: { readonly files: number; readonly bytes: number } | null): string {
  if (blobs === null) return 'no uploaded files';
  return `${count(blobs.files)} uploaded files (${bytesText(blobs.bytes)})`;
}
