/** A real Prometheus of the system that scrapes one target every second; none is installed by us. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.ts';
import { startChild } from './process.ts';

const places = ['/usr/bin/prometheus', '/usr/local/bin/prometheus'];
const found = places.find((path) => existsSync(path));

/** Suffix of suite names: says why they are skipped when they are. */
export const whyNoPrometheus =
  found === undefined ? ` (skipped: no Prometheus at ${places.join(', ')}; apt-get install prometheus)` : '';

/** A running server. */
export interface RealPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it in a folder of its own; `target` is host:port of what has /metrics. */
export async function startPrometheus(target: string): Promise<RealPrometheus> {
  const dir = await mkdtemp(join(tmpdir(), 'rightstream-prometheus-'));
  const [port] = await freePorts(1);
  const config = `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: t, static_configs: [{ targets: ['${target}'] }] }]\n`;
  await writeFile(join(dir, 'prometheus.yml'), config);
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild({
    file: found ?? '',
    args: [
      `--config.file=${join(dir, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
  });
  await child.until(
    'Prometheus is ready',
    () =>
      fetch(`${url}/-/ready`).then(
        (it) => it.ok,
        () => false,
      ),
    60_000,
  );
  return {
    url,
    async stop() {
      await child.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
