/** `rightstream query TABLE`: rows of a read model. */
import { Command } from 'commander';
import pc from 'picocolors';
import type { PastQuery, Query, TableInfo } from '../../../projections/runtime/ports.ts';
import { Signals } from '../../../streams/runtime/signals.ts';
import { common, exitCodes, print, printJson, withApp } from '../context.ts';
import type { GlobalOptions } from '../context.ts';
import type { App } from '../app.ts';
import { csvText } from '../csv-text.ts';
import { commandBounds, openPast } from '../past.ts';
import { count, progress } from '../progress.ts';
import { tableText } from '../table-text.ts';
import { list, parseOrder, parseWhere, wholeNumber } from '../where.ts';

interface Options extends GlobalOptions {
  readonly where?: readonly string[];
  readonly order?: string;
  readonly limit: string;
  readonly columns?: string;
  readonly csv?: boolean;
  readonly asOf?: string;
  readonly org: string;
}

/** The command. */
export function queryCommand(): Command {
  return common(new Command('query'))
    .description('Print rows of a table; without a table, list the tables.')
    .argument('[table]', 'table, e.g. recommendations')
    .option(
      '--where <condition...>',
      'k=v, k!=v, k>v, k>=v, k<v, k<=v, k~v (contains); k=null; all must hold',
    )
    .option('--order <columns>', 'column[:desc], several with commas')
    .option('--limit <n>', 'at most this many rows, up to 10000', '50')
    .option('--columns <names>', 'columns to print, with commas between them')
    .option('--csv', 'print CSV')
    .option(
      '--as-of <time|positions>',
      'the table as it was: ISO 8601 with zone, ms since 1970, or topic/partition@offset,…',
    )
    .option('--org <org>', 'organisation that owns the data', 'local')
    .addHelpText(
      'after',
      `
Examples:
  $ rightstream query
  $ rightstream query recommendations --where namespace=shop 'cpu_request_current>1' --order monitoring_end_time:desc
  $ rightstream query uploads --columns upload_id,status,rejected --csv
  $ rightstream query recommendations --as-of 2026-03-29T14:00:00Z --where namespace=shop

--as-of folds the log again up to there, beside the tables of now, and prints the positions, which can be asked for again.
It is quick when the conditions name one record key (cluster_id, namespace, workload_type and workload) or a row by its id.`,
    )
    .action((table: string | undefined, options: Options) =>
      withApp(options, (app) =>
        table === undefined ? Promise.resolve(listTables(app, options)) : query(app, table, options),
      ),
    );
}

/** Columns of the terminal. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : 160;
}

function listTables(app: App, options: Options): number {
  const tables = app.readModels.tables();
  if (options.json === true) printJson({ tables });
  else {
    const longest = Math.max(...tables.map(({ name }) => name.length));
    for (const { name, comment } of tables) print(`${pc.bold(name.padEnd(longest))}  ${comment}`);
  }
  return exitCodes.done;
}

async function query(app: App, table: string, options: Options): Promise<number> {
  const scope = { table, org: options.org, where: (options.where ?? []).map(parseWhere) };
  const page: Query = {
    ...scope,
    limit: wholeNumber('--limit', options.limit, 1, 10_000),
    ...(options.order === undefined ? {} : { orderBy: parseOrder(options.order) }),
    ...(options.columns === undefined ? {} : { columns: list(options.columns) }),
  };
  if (options.asOf !== undefined) return queryPast(app, options, page, { ...scope, asOf: options.asOf });
  const rows = await app.readModels.select(page);
  const info = infoOf(app, table);
  if (options.json === true) {
    const positions = Object.fromEntries(await app.store.positions(info.projection));
    printJson({ rows, position: { [info.projection]: positions } });
  } else if (rows.length === 0 && options.csv !== true) {
    process.stderr.write(`${await emptyText(app, table, options)}\n`);
  } else printRows(info, rows, options);
  return exitCodes.done;
}

async function queryPast(app: App, options: Options, page: Query, question: PastQuery): Promise<number> {
  const bar = progress();
  const signals = new Signals();
  signals.on((signal) => {
    if (signal.kind !== 'rebuild' || signal.total === 0) return;
    bar.show(`${count(signal.done)} of ${count(signal.total)} events`, signal.done / signal.total);
  });
  const past = openPast(app, commandBounds, signals);
  try {
    const { rows, positions } = await past.read(question, async (then) => ({
      rows: await then.select(page),
      positions: then.positions,
    }));
    bar.done();
    if (options.json === true) printJson({ rows, as_of: positions });
    else {
      process.stderr.write(`As of ${positions}\n`);
      if (rows.length > 0 || options.csv === true) printRows(infoOf(app, page.table), rows, options);
      else process.stderr.write(`No row of ${page.table} was there then that fits.\n`);
    }
    return exitCodes.done;
  } finally {
    await past.close();
  }
}

function infoOf(app: App, table: string): TableInfo {
  return app.readModels.tables().find(({ name }) => name === table)!;
}

function printRows(info: TableInfo, rows: readonly Record<string, unknown>[], options: Options): void {
  const all = info.columns.filter(({ type }) => type !== 'bytea').map(({ name }) => name);
  const columns = options.columns === undefined ? all : list(options.columns);
  print(options.csv === true ? csvText(rows, columns) : tableText(rows, columns, terminalWidth()));
}

/** Why nothing is there, and what to do about it. */
async function emptyText(app: App, table: string, { org, where }: Options): Promise<string> {
  const total = await app.readModels.count({ table, org });
  if (total > 0 && where !== undefined) {
    return `No row of ${table} fits ${where.join(' and ')}; without --where there are ${total} rows of organisation ${org}.`;
  }
  const elsewhere = await app.pool.query<{ org_id: string }>(
    `SELECT DISTINCT org_id FROM public.${table} ORDER BY 1 LIMIT 5`,
  );
  const others = elsewhere.rows.map((row) => row.org_id).filter((other) => other !== org);
  return others.length > 0
    ? `${table} has no row of organisation ${JSON.stringify(org)}; there are rows of ${others.join(', ')}: choose with --org.`
    : `${table} is empty: bring in data with \`rightstream ingest FILE\`, then \`rightstream doctor\` shows what is behind.`;
}
