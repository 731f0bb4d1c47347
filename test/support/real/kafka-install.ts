/** Kafka's jars from Maven, and how to run its programs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Report, once } from './cache.ts';
import { QUICK, classArchive, javaVersion, maven } from './java.ts';
import { LOG_SETTINGS, formatStorage, serverProperties, writeProperties } from './kafka-settings.ts';
import { readied, removeFolder, temporaryFolder } from './native.ts';
import { freePorts } from './ports.ts';
import { type Child, type Command, startChild } from './process.ts';
import { VERSIONS } from './versions.ts';

/** An installed Kafka. */
export interface KafkaInstallation {
  /** A program of Kafka's, by its main class. */
  java(mainClass: string, args: readonly string[], jvm?: readonly string[]): Command;
}

const START_MS = 60_000;

/** Installs Kafka into the cache when it is not there. */
export async function installKafka(report: Report = () => undefined): Promise<KafkaInstallation> {
  await javaVersion();
  const name = `kafka-${VERSIONS.kafka}`;
  const libs = await once(
    name,
    async (folder) => {
      const pom = join(import.meta.dirname, 'kafka.pom.xml');
      const version = `-Dkafka.version=${VERSIONS.kafka}`;
      await maven(
        'copy-dependencies',
        ...['-f', pom, version, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`],
      );
    },
    report,
  );
  const jars = readdirSync(libs).sort();
  const classPath = jars.map((jar) => join(libs, jar)).join(':');
  const folder = temporaryFolder('kafka');
  try {
    const bare = installation(classPath, []);
    const start = (jvm: readonly string[]) => startOnce(bare, folder, jvm);
    return installation(classPath, await classArchive({ name, classPath }, start, report));
  } finally {
    removeFolder(folder);
  }
}

function installation(classPath: string, archive: readonly string[]): KafkaInstallation {
  const log = `-Dlog4j2.configurationFile=${LOG_SETTINGS}`;
  return {
    java: (mainClass, args, jvm = []) => ({
      file: 'java',
      args: [...QUICK, ...archive, ...jvm, log, '-cp', classPath, mainClass, ...args],
    }),
  };
}

async function startOnce(kafka: KafkaInstallation, dataDir: string, jvm: readonly string[]): Promise<Child> {
  const [broker, controller] = (await freePorts(2)) as [number, number];
  const file = writeProperties(dataDir, serverProperties({ dataDir, broker, controller }));
  await formatStorage(kafka, file);
  const child = await startChild(kafka.java('kafka.Kafka', [file], ['-Xmx256m', ...jvm]));
  return readied(child, () => child.untilLine(/Kafka Server started/, START_MS));
}
