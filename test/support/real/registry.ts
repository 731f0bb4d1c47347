/** A real schema registry for a test: Apicurio, which speaks Confluent's API; schemas and ids outlive a kill. */
import { join } from 'node:path';
import { type Report, once } from './cache.ts';
import { inContainers, startRegistryContainer } from './docker.ts';
import { QUICK, classArchive, javaVersion, maven } from './java.ts';
import {
  type NativeServer,
  nativeServer,
  readied,
  removeFolder,
  temporaryFolder,
  withFreePorts,
} from './native.ts';
import { freePorts } from './ports.ts';
import { type Child, startChild } from './process.ts';
import { type RegistryServer, registryUrl } from './servers.ts';
import { VERSIONS } from './versions.ts';

const ARTIFACT = `io.apicurio:apicurio-registry-app:${VERSIONS.apicurio}:tar.gz:all`;
const START_MS = 60_000;

/** An installed registry. */
interface RegistryInstallation {
  readonly jar: string;
  readonly jvm: readonly string[];
}

/** Installs the registry into the cache when it is not there. */
export async function installRegistry(report: Report = () => undefined): Promise<RegistryInstallation> {
  await javaVersion();
  const name = `apicurio-${VERSIONS.apicurio}`;
  const home = await once(
    name,
    (folder) => maven('unpack', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`),
    report,
  );
  const jar = join(home, `apicurio-registry-app-${VERSIONS.apicurio}-runner.jar`);
  const folder = temporaryFolder('registry');
  try {
    const start = async (jvm: readonly string[]) => {
      const [port] = (await freePorts(1)) as [number];
      return startProcess({ jar, jvm }, folder, port);
    };
    return { jar, jvm: await classArchive({ name, classPath: jar }, start, report) };
  } finally {
    removeFolder(folder);
  }
}

/** Starts a registry and resolves when it answers. Its compatibility rule is its default, none. */
export async function startRegistry(): Promise<RegistryServer> {
  return (await inContainers(startRegistryContainer)) ?? startNativeRegistry();
}

/** Starts a registry as a process, whether there is a Docker daemon or not. */
export async function startNativeRegistry(): Promise<RegistryServer & NativeServer> {
  const installation = await installRegistry();
  const dataDir = temporaryFolder('registry');
  const cleanUp = () => {
    removeFolder(dataDir);
  };
  try {
    return await withFreePorts(async () => {
      const [port] = (await freePorts(1)) as [number];
      const server = await nativeServer(() => startProcess(installation, dataDir, port), { cleanUp });
      return Object.assign(server, { url: registryUrl(port) });
    });
  } catch (error) {
    cleanUp();
    throw error;
  }
}

async function startProcess(
  { jar, jvm }: RegistryInstallation,
  dataDir: string,
  port: number,
): Promise<Child> {
  const settings = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': port,
    // what was answered is in the file, also after a kill
    'quarkus.datasource.jdbc.url': `jdbc:h2:file:${join(dataDir, 'registry')};WRITE_DELAY=0`,
    'quarkus.log.level': 'WARN',
    'quarkus.banner.enabled': false,
  };
  const properties = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  const child = await startChild({
    file: 'java',
    args: [...QUICK, '-Xms64m', '-Xmx128m', ...jvm, ...properties, '-jar', jar],
  });
  const answers = async () => (await fetch(`${registryUrl(port)}/subjects`)).ok;
  return readied(child, () => child.until('answer', answers, START_MS));
}
