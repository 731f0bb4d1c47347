/**
 * One broker, registry, S3 server, Kubernetes control plane and Postgres for all test files of the project `real`. Each starts when a file first asks
 * for it and stays until the end. Use names of your own (`ownName`), and never stop or pause these: whoever does starts its own.
 */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { type KafkaTools, toolsBy } from './kafka-tools.ts';
import type { Outcome } from './process.ts';
import { createBucket } from './s3-access.ts';
import type { KubernetesAccess, S3Access, S3Server } from './servers.ts';
import type { SharedAnswers, ToolRun } from './shared-desk.ts';

export { PUBLIC_BUCKET } from './shared-desk.ts';

async function ask<K extends keyof SharedAnswers>(what: K): Promise<SharedAnswers[K]> {
  return (await answer(what)) as SharedAnswers[K];
}

async function answer(what: string, body?: ToolRun): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${inject('sharedServers')}/${what}`, init);
  if (!response.ok) throw new Error(`shared servers, ${what}: ${await response.text()}`);
  return response.json();
}

/** The shared broker. */
export async function sharedKafka(): Promise<{ brokers: string[]; tools: KafkaTools }> {
  const { brokers } = await ask('kafka');
  const tools = toolsBy(
    async (script, args, options) => (await answer('tool', { script, args, options })) as Outcome,
  );
  return { brokers, tools };
}

/** The shared registry. */
export function sharedRegistry(): Promise<{ url: string }> {
  return ask('registry');
}

/** The shared S3 server. */
export async function sharedS3(): Promise<S3Access & Pick<S3Server, 'createBucket'>> {
  const access = await ask('s3');
  return { ...access, createBucket: (name) => createBucket(access, name) };
}

/** The shared control plane. Its nodes are everybody's: name yours, and work in a namespace of your own. */
export function sharedKubernetes(): Promise<KubernetesAccess> {
  return ask('kubernetes');
}

/** An empty database of its own on the shared Postgres; its address. */
export async function sharedDatabase(): Promise<string> {
  return (await ask('database')).url;
}

/** A name that nobody else uses: for topics, groups, subjects, buckets. */
export function ownName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}
