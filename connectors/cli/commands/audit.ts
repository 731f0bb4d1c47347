/** `rightstream audit`: every decision into EventStoreDB, a stream per thing that is decided on. */
import { Command } from 'commander';
import { decodeRecord } from '../../../streams/runtime/records.ts';
import { readSettings } from '../../define.ts';
import { auditRules } from '../../eventstoredb/rules.ts';
import { auditSettings } from '../../eventstoredb/settings.ts';
import { auditSink } from '../../eventstoredb/sink.ts';
import type { AuditReport, AuditSignal } from '../../eventstoredb/sink.ts';
import { eventStoreDb } from '../../eventstoredb/store.ts';
import { BadInput } from '../../../streams/runtime/errors.ts';
import type { App } from '../app.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import { cellText } from '../table-text.ts';

interface Options extends GlobalOptions {
  readonly once?: boolean;
  readonly prefix?: string;
}

/** The command. */
export function auditCommand(): Command {
  return common(new Command('audit'))
    .description('Write every decision into EventStoreDB (EVENTSTOREDB_URL), and go on with new ones.')
    .option('--once', 'end when what is in the log now is written')
    .option('--prefix <word>', 'first word of all stream names (default: rightstream)')
    .addHelpText(
      'after',
      `
It may be stopped, killed and run twice: each decision is written once, in order.

Examples:
  $ EVENTSTOREDB_URL='esdb://127.0.0.1:2113?tls=false' rightstream audit
  $ EVENTSTOREDB_URL='esdb://127.0.0.1:2113?tls=false' rightstream audit --once --json`,
    )
    .action((options: Options) => {
      const { EVENTSTOREDB_URL: url } = process.env;
      if (url === undefined || url === '') {
        throw new BadInput({
          code: 'BAD_SETTINGS',
          message: 'EVENTSTOREDB_URL is not set: where is EventStoreDB, e.g. esdb://127.0.0.1:2113?tls=false',
        });
      }
      return withApp(options, (app) => audit(app, url, options));
    });
}

async function audit(app: App, url: string, options: Options): Promise<number> {
  const { prefix } = options;
  const settings = readSettings('eventstoredb', auditSettings, prefix === undefined ? {} : { prefix });
  const store = eventStoreDb(url, settings.deadlineMs);
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort();
  };
  process.once('SIGINT', abort).once('SIGTERM', abort);
  const sink = auditSink({
    log: app.log,
    decode: (record) => decodeRecord(app.codec, record),
    store,
    rules: auditRules,
    settings,
    signal: (signal) => {
      tell(signal, options);
    },
  });
  try {
    const report = await (options.once === true ? sink.once(stop.signal) : sink.follow(stop.signal));
    if (options.json === true) printJson(report);
    else print(reportText(report));
    return exitCodes.done;
  } finally {
    process.off('SIGINT', abort).off('SIGTERM', abort);
    await store.close();
  }
}

/** What an operator should see goes to stderr, so that stdout has the report alone. */
function tell(signal: AuditSignal, { once }: Options): void {
  if (signal.kind === 'batch') {
    const { topic, partition, position, appended, closed, foreign } = signal;
    const notes = [
      ...(appended > 0 && once !== true ? [`${appended} written`] : []),
      ...(closed > 0 ? [`${closed} not written, for their streams were deleted for good`] : []),
      ...(foreign > 0 ? [`${foreign} events in the streams came from somebody else`] : []),
    ];
    if (notes.length > 0) say(`${topic}/${partition} up to ${position}: ${notes.join('; ')}`);
  } else if (signal.kind === 'unreadable') {
    say(`${signal.code}: ${signal.message}; its bytes are kept in ${signal.stream}`);
  } else {
    say(`${signal.code}: ${signal.message}, in ${Math.ceil(signal.inMs)} ms`);
  }
}

function say(text: string): void {
  process.stderr.write(`${cellText(text)}\n`);
}

function reportText({ appended, repeated, closed, foreign, unreadable, positions }: AuditReport): string {
  const taken = positions.reduce((sum, { next }) => sum + next, 0);
  return [
    `${appended} decisions written, ${repeated} were there already or repeated; up to record ${taken} of ${positions.length} partitions`,
    ...(unreadable > 0 ? [`${unreadable} records could not be read; their bytes are kept`] : []),
    ...(closed > 0 ? [`${closed} decisions belong to streams that were deleted for good`] : []),
    ...(foreign > 0 ? [`${foreign} events in the streams came from somebody else`] : []),
  ].join('\n');
}
