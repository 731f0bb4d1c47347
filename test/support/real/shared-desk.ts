/** What global-setup.ts and the tests say to each other about the shared servers. */
import type { Script, ToolOptions } from './kafka-tools.ts';
import type { KubernetesAccess, S3Access } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for the shared servers. */
    sharedServers: string;
  }
}

/** What is answered, by what is asked for. */
export interface SharedAnswers {
  readonly kafka: { readonly brokers: string[] };
  readonly registry: { readonly url: string };
  readonly s3: S3Access;
  readonly kubernetes: KubernetesAccess;
  readonly database: { readonly url: string };
}

/** A run of a console tool against the shared broker. */
export interface ToolRun {
  readonly script: Script;
  readonly args: readonly string[];
  readonly options: ToolOptions | undefined;
}

/** Bucket of the shared S3 server whose objects anybody may read. */
export const PUBLIC_BUCKET = 'ros-data';
