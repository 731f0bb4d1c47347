/** Settings of the bundled Postgres: durable, local, small. Given on the command line, so an upgrade of ours reaches old folders. */

const settings: Readonly<Record<string, string | number>> = {
  // only this machine, over TCP
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 64,
  // an acknowledged commit is on the disk
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // nobody follows this server
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_replication_slots: 0,
  max_logical_replication_workers: 0,
  max_wal_size: '512MB',
  min_wal_size: '80MB',
  checkpoint_timeout: '10min',
  // small: a few MB per connection, no helpers for parallel or asynchronous reading
  shared_buffers: '64MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  io_method: 'sync',
  max_worker_processes: 0,
  max_parallel_workers: 0,
  max_parallel_workers_per_gather: 0,
  max_parallel_maintenance_workers: 0,
  autovacuum_max_workers: 1,
  autovacuum_worker_slots: 2,
  autovacuum_naptime: '30s',
  huge_pages: 'off',
  jit: 'off',
  // what a statement of ours does wrong is told to the client and logged there
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  log_timezone: 'UTC',
  timezone: 'UTC',
  lc_messages: 'C',
};

/** Arguments for `postgres`. */
export function serverArguments(clusterDir: string, port: number): string[] {
  return [
    '-D',
    clusterDir,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Arguments for `initdb`: text sorts by code point on every machine, whatever locales it has. */
export function initArguments(clusterDir: string, passwordFile: string, user: string): string[] {
  return [
    `--pgdata=${clusterDir}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
}
