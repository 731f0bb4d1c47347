/** What comes from Maven and runs on the JVM. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Report, installStep, once } from './cache.ts';
import type { Child } from './process.ts';

const NEEDS_JAVA =
  'Java 17 or newer is needed: apt-get install default-jdk-headless (or set PATH to a JDK), then run npm run real:install again.';
const NEEDS_MAVEN =
  'Maven 3.6 or newer is needed, and a repository that it can reach: apt-get install maven, then run npm run real:install again.';
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';
const STOP_MS = 60_000;

/** Options for a JVM that shall start soon and stay small. */
export const QUICK = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8'];

let asked: Promise<string> | undefined;

/** The JVM's own words about its version, asked once. Throws when there is none, or one that is too old. */
export function javaVersion(): Promise<string> {
  asked ??= askVersion();
  return asked;
}

async function askVersion(): Promise<string> {
  const version = await installStep('java', ['-version'], { needs: NEEDS_JAVA });
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0);
  if (major < 17) throw new Error(`java is too old:\n${version}${NEEDS_JAVA}`);
  return version;
}

/** Runs a goal of Maven's dependency plugin. */
export async function maven(goal: string, ...args: string[]): Promise<void> {
  await installStep('mvn', ['-B', '-q', ...args, `${PLUGIN}:${goal}`], { needs: NEEDS_MAVEN });
}

/**
 * Options for a JVM that takes its classes from an archive, which halves its start. Where there is no archive yet, the
 * program is started once and the classes that it had loaded by then are kept.
 */
export async function classArchive(
  program: { readonly name: string; readonly classPath: string },
  start: (jvm: readonly string[]) => Promise<Child>,
  report: Report,
): Promise<string[]> {
  const version = await javaVersion();
  // an archive fits one JVM and one class path; a JVM goes on without it when they differ
  const fingerprint = createHash('sha256').update(version).update(program.classPath).digest('hex');
  const folder = await once(
    `${program.name}-classes-${fingerprint.slice(0, 12)}`,
    async (unfinished) => {
      const child = await start([`-XX:ArchiveClassesAtExit=${join(unfinished, 'classes.jsa')}`]);
      await child.stop(STOP_MS);
    },
    report,
  );
  return [`-XX:SharedArchiveFile=${join(folder, 'classes.jsa')}`, '-Xlog:cds=off'];
}
