/** What docker-compose.yml starts its servers with, so that tests start the same without Docker: only addresses and folders are others. */
import { join } from 'node:path';
import type { ComposeFile } from './compose-file.ts';

/** Variables of a process. */
export type Variables = Readonly<Record<string, string>>;

/** Where a server is to be instead of in its container. */
export interface Place {
  /** Folder for its data. */
  readonly dataDir: string;
  /** Ports of this machine by port of the container. */
  readonly ports: Readonly<Record<number, number>>;
}

const HERE = '127.0.0.1';

/** The environment of a service, as its process sees it. */
export function environmentOf(compose: ComposeFile, service: string): Variables {
  const environment = compose.services[service]?.environment;
  if (environment === undefined) throw new Error(`docker-compose.yml has no environment of ${service}`);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
}

/** Environment of the image apache/kafka with the addresses and the folder of `place`. */
export function kafkaEnvironment(compose: ComposeFile, place: Place): Variables {
  return Object.fromEntries(
    Object.entries(environmentOf(compose, 'kafka')).map(([name, value]) => [
      name,
      name === 'KAFKA_LOG_DIRS'
        ? place.dataDir
        : value.replace(
            /(:\/\/|@)[^:,]*:(\d+)/g,
            (_, before: string, port: string) => `${before}${HERE}:${portAt(place, Number(port))}`,
          ),
    ]),
  );
}

/** Variables of the image that are no setting of the broker. */
const notOfTheBroker = new Set([
  ...['KAFKA_VERSION', 'KAFKA_HEAP_OPTS', 'KAFKA_LOG4J_OPTS', 'KAFKA_OPTS', 'KAFKA_JMX_OPTS'],
  ...['KAFKA_JVM_PERFORMANCE_OPTS', 'KAFKA_GC_LOG_OPTS', 'KAFKA_LOG4J_ROOT_LOGLEVEL', 'KAFKA_LOG4J_LOGGERS'],
  ...['KAFKA_TOOLS_LOG4J_LOGLEVEL', 'KAFKA_JMX_HOSTNAME'],
]);

/** server.properties as the image makes it from the environment: `KAFKA_A_B` is a.b, `__` an underscore, `___` a dash. */
export function kafkaProperties(environment: Variables): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('KAFKA_') || notOfTheBroker.has(name)) continue;
    const key = name
      .slice('KAFKA_'.length)
      .toLowerCase()
      .replaceAll('_', '.')
      .replaceAll('...', '-')
      .replaceAll('..', '_');
    properties[key] = value;
  }
  return properties;
}

/** Memory options of the broker. */
export function kafkaHeap(compose: ComposeFile): string[] {
  return environmentOf(compose, 'kafka')['KAFKA_HEAP_OPTS']!.split(' ');
}

/** What the image chrislusf/seaweedfs puts between `server` and the options given. */
const seaweedDefaults = ['-volume.max=0', '-master.volumePreallocate', '-master.volumeSizeLimitMB=1024'];
/** Ports of SeaweedFS that are its own business, by option. */
const seaweedPorts = {
  ...{ 'master.port': 9333, 'volume.port': 8080, 'filer.port': 8888 },
  ...{
    'master.port.grpc': 19333,
    'volume.port.grpc': 18080,
    'filer.port.grpc': 18888,
    's3.port.grpc': 19000,
  },
} as const;

/** Every port of a container that has to have a place on this machine. */
export const innerPorts = {
  kafka: [9092, 9093, 29092],
  s3: [9000, ...Object.values(seaweedPorts)],
} as const;

/** Arguments of `weed` with the addresses and folders of `place`, where the file identities.json has {@link s3Identities}. */
export function seaweedArguments(compose: ComposeFile, place: Place): string[] {
  const [server, ...given] = compose.services['s3']?.command ?? [];
  if (server !== 'server') throw new Error('the service s3 of docker-compose.yml does not run `weed server`');
  const options = given.map((option) =>
    option
      .replace(/^-(ip|ip\.bind)=.*/, `-$1=${HERE}`)
      .replace(/^-s3\.port=(\d+)/, (_, port: string) => `-s3.port=${portAt(place, Number(port))}`)
      .replace(/^-s3\.config=.*/, `-s3.config=${join(place.dataDir, 'identities.json')}`),
  );
  const ports = Object.entries(seaweedPorts).map(([name, port]) => `-${name}=${portAt(place, port)}`);
  const sockets = ['s3', 'filer'].map(
    (part) => `-${part}.localSocket=${join(place.dataDir, `${part}.sock`)}`,
  );
  return [server, `-dir=${place.dataDir}`, ...seaweedDefaults, ...options, ...ports, ...sockets];
}

/** Who may use the object store: the content of SeaweedFS's identities file. */
export function s3Identities(compose: ComposeFile): string {
  const content = compose.configs?.['identities']?.content;
  if (content === undefined) throw new Error('docker-compose.yml has no config "identities"');
  return content;
}

function portAt({ ports }: Place, port: number): number {
  const here = ports[port];
  if (here === undefined)
    throw new Error(`no port of this machine is given for port ${port} of the container`);
  return here;
}
