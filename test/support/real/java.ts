/** What comes from Maven and runs on the JVM. */
import { installStep } from './cache.ts';

const NEEDS_JAVA =
  'Java 17 or newer is needed: apt-get install default-jdk-headless (or set PATH to a JDK), then run npm run real:install again.';
const NEEDS_MAVEN =
  'Maven 3.6 or newer is needed, and a repository that it can reach: apt-get install maven, then run npm run real:install again.';
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';

/** The JVM's own words about its version. Throws when there is none, or one that is too old. */
export async function javaVersion(): Promise<string> {
  const version = await installStep('java', ['-version'], { needs: NEEDS_JAVA });
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0);
  if (major < 17) throw new Error(`java is too old:\n${version}${NEEDS_JAVA}`);
  return version;
}

/** Runs a goal of Maven's dependency plugin. */
export async function maven(goal: string, ...args: string[]): Promise<void> {
  await installStep('mvn', ['-B', '-q', ...args, `${PLUGIN}:${goal}`], {
    needs: NEEDS_MAVEN,
  });
}
