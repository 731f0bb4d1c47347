/** Kafka's jars from Maven, and a class archive of this JVM that halves the start. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Report, once } from './cache.ts';
import { javaVersion, maven } from './java.ts';
import { LOG_SETTINGS, formatStorage, serverProperties, writeProperties } from './kafka-settings.ts';
import { freePorts } from './ports.ts';
import { type Command, startChild } from './process.ts';

const VERSION = '4.3.1';

/** An installed Kafka. */
export interface KafkaInstallation {
  /** A program of Kafka's, by its main class. */
  java(mainClass: string, args: readonly string[], jvm?: readonly string[]): Command;
}

/** Installs Kafka into the cache when it is not there. */
export async function installKafka(report: Report = () => undefined): Promise<KafkaInstallation> {
  const java = await javaVersion();
  const libs = await once(
    `kafka-${VERSION}`,
    async (folder) => {
      const pom = join(import.meta.dirname, 'kafka.pom.xml');
      const where = [`-Dkafka.version=${VERSION}`, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
      await maven('copy-dependencies', '-f', pom, ...where);
    },
    report,
  );
  const classPath = readdirSync(libs)
    .sort()
    .map((jar) => join(libs, jar))
    .join(':');
  // the archive fits one JVM and one class path; the JVM goes on without it when they differ
  const fingerprint = createHash('sha256').update(java).update(classPath).digest('hex').slice(0, 12);
  const archive = await once(
    `kafka-${VERSION}-classes-${fingerprint}`,
    (folder) => dumpClasses(installation(classPath), join(folder, 'classes.jsa')),
    report,
  );
  return installation(classPath, join(archive, 'classes.jsa'));
}

function installation(classPath: string, archive?: string): KafkaInstallation {
  const quick = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8'];
  const shared = archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off'];
  const log = `-Dlog4j2.configurationFile=${LOG_SETTINGS}`;
  return {
    java: (mainClass, args, jvm = []) => ({
      file: 'java',
      args: [...quick, ...shared, ...jvm, log, '-cp', classPath, mainClass, ...args],
    }),
  };
}

/** Runs a broker once and keeps the classes that it loaded. */
async function dumpClasses(kafka: KafkaInstallation, archive: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rightstream-kafka-'));
  try {
    const [broker, controller] = (await freePorts(2)) as [number, number];
    const file = writeProperties(folder, serverProperties({ dataDir: folder, broker, controller }));
    await formatStorage(kafka, file);
    const child = await startChild(
      kafka.java('kafka.Kafka', [file], ['-Xmx256m', `-XX:ArchiveClassesAtExit=${archive}`]),
    );
    await child.untilLine(/Kafka Server started/, 60_000);
    await child.stop(60_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
