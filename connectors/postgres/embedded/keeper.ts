/**
 * The connection that each process holds while it uses the bundled Postgres. Postgres itself thus knows who is there:
 * the connection of a process that dies is gone with it.
 */
import pg from 'pg';

/** The start of the application name of every client that Postgres must stay up for. */
export const CLIENT_PREFIX = 'rightstream';

const CONNECT_MS = 10_000;
const GOING_MS = 500;
const POLL_MS = 20;

/** A held connection. */
export interface Keeper {
  /** data_directory of the server. */
  readonly folder: string;
  /** Other clients of ours, waiting half a second for those that are just leaving. */
  others(): Promise<number>;
  /** Whether the connection still stands. */
  readonly connected: boolean;
  /** Resolves when the connection has ended, by either side. */
  readonly ended: Promise<void>;
  release(): Promise<void>;
}

/** Connects. Throws what pg throws. */
export async function keep(url: string): Promise<Keeper> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `${CLIENT_PREFIX}-keeper-${process.pid}`,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  let connected = true;
  const ended = new Promise<void>((resolve) => {
    client.once('end', () => {
      connected = false;
      resolve();
    });
  });
  // the end follows; without a listener the process would
  client.on('error', () => undefined);
  await client.connect();
  const shown = await client.query<{ data_directory: string }>('SHOW data_directory');
  return {
    folder: shown.rows[0]!.data_directory,
    get connected() {
      return connected;
    },
    ended,
    async others() {
      const deadline = Date.now() + GOING_MS;
      for (;;) {
        const { rows } = await client.query<{ others: number }>(
          `SELECT count(*)::int4 AS others FROM pg_stat_activity
           WHERE starts_with(application_name, $1) AND pid <> pg_backend_pid()`,
          [CLIENT_PREFIX],
        );
        const others = rows[0]!.others;
        if (others === 0 || Date.now() > deadline) return others;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    async release() {
      await client.end();
    },
  };
}
