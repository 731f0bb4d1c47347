/** The port to a cluster over the API server's HTTP API. */
import type { KubeConfig } from '@kubernetes/client-node';
import { readSettings } from '../define.ts';
import {
  OBJECT_KINDS,
  type ApplyOptions,
  type Cluster,
  type ClusterObject,
  type ContainerResources,
  type Listed,
  type ObjectQuery,
  type ObjectRef,
  type Permission,
  type Precondition,
} from './cluster.ts';
import { Postponed, Refused } from './errors.ts';
import { lead } from './lease.ts';
import { collectionPath, nameOf, objectPath } from './paths.ts';
import { clusterSettings, type ClusterSettings } from './settings.ts';
import { transportOf, type Transport } from './transport.ts';
import { watch } from './watch.ts';

/** Owner of the fields that we apply. */
export const FIELD_MANAGER = 'rightstream';
/** No object has it: revisions of the store begin later. So it is met by an object that is not there, and by no other. */
const NEVER = '1';
/** Lists that begin anew because their pages had expired. */
const LIST_TRIES = 3;

/** Opens a client; nothing is asked yet. Wrong settings: BadInput BAD_SETTINGS. */
export function openCluster(config: KubeConfig, input: unknown = {}): Cluster {
  const settings = readSettings('kubernetes', clusterSettings, input);
  const transport = transportOf(config, settings);
  const listAll = (query: ObjectQuery, signal?: AbortSignal) => list(transport, settings, query, signal);
  return {
    async version() {
      const answer = await transport.json({ what: 'ask for the version', method: 'GET', path: '/version' });
      return (answer as { gitVersion: string }).gitVersion;
    },
    list: listAll,
    async read(ref) {
      const found = await transport.find({ what: `read ${nameOf(ref)}`, path: objectPath(ref) });
      return (found as ClusterObject | undefined) ?? null;
    },
    watch: (query, handlers, signal) =>
      watch({ transport, settings, list: listAll }, query, handlers, signal),
    apply: (manifest, options = {}) => apply(transport, manifest, options),
    remove: (ref, precondition) => remove(transport, ref, precondition),
    resizePod: (pod, containers, options = {}) => resizePod(transport, pod, containers, options),
    allowed: (permission) => allowed(transport, permission),
    lead: (place, signal) => lead(transport, settings, place, signal),
    close() {
      transport.close();
      return Promise.resolve();
    },
  };
}

async function list(
  transport: Transport,
  settings: ClusterSettings,
  query: ObjectQuery,
  signal?: AbortSignal,
): Promise<Listed> {
  for (let tries = 1; ; tries++) {
    try {
      return await listOnce(transport, settings, query, signal);
    } catch (error) {
      // the pages that were begun are forgotten by the server
      const expired = error instanceof Postponed && error.httpStatus === 410;
      if (!expired || tries === LIST_TRIES) throw error;
    }
  }
}

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly ClusterObject[] | null;
}

async function listOnce(
  transport: Transport,
  { pageSize, maxObjects }: ClusterSettings,
  query: ObjectQuery,
  signal?: AbortSignal,
): Promise<Listed> {
  const { kind, namespace, labelSelector, fieldSelector } = query;
  const what = `list ${kind}`;
  const objects: ClusterObject[] = [];
  let next: string | undefined;
  for (;;) {
    const page = (await transport.json({
      what,
      method: 'GET',
      path: collectionPath(kind, namespace),
      query: { limit: pageSize, continue: next, labelSelector, fieldSelector },
      ...(signal && { signal }),
    })) as Page;
    // objects of a list do not say what they are
    const { apiVersion } = OBJECT_KINDS[kind];
    for (const item of page.items ?? []) objects.push({ ...item, apiVersion, kind });
    if (objects.length > maxObjects) {
      throw new Refused({
        code: 'CLUSTER_TOO_MANY',
        message: `${what}: there are more than ${maxObjects}. Name a namespace or labels, or raise maxObjects.`,
      });
    }
    next = page.metadata.continue;
    if (next === undefined || next === '') {
      return { objects, resourceVersion: page.metadata.resourceVersion };
    }
  }
}

async function apply(
  transport: Transport,
  manifest: ClusterObject,
  { expect, force = false, fieldManager = FIELD_MANAGER, dryRun = false }: ApplyOptions,
): Promise<ClusterObject> {
  const { kind, metadata } = manifest;
  const ref: ObjectRef = { kind, name: metadata.name, ...namespaced(metadata.namespace) };
  const resourceVersion = expect === 'absent' ? NEVER : expect;
  const body = {
    ...manifest,
    // what the server writes by itself is no part of a manifest; undefined fields are not sent
    metadata: { ...metadata, resourceVersion, managedFields: undefined },
  };
  const applied = await transport.json({
    what: `apply ${nameOf(ref)}`,
    method: 'PATCH',
    path: objectPath(ref),
    query: { fieldManager, force, fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined },
    mime: 'application/apply-patch+yaml',
    body,
  });
  return applied as ClusterObject;
}

function namespaced(namespace: string | undefined): { namespace?: string } {
  return namespace === undefined ? {} : { namespace };
}

async function remove(transport: Transport, ref: ObjectRef, preconditions: Precondition): Promise<boolean> {
  try {
    await transport.json({
      what: `remove ${nameOf(ref)}`,
      method: 'DELETE',
      path: objectPath(ref),
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions },
    });
    return true;
  } catch (error) {
    if (error instanceof Refused && error.httpStatus === 404) return false;
    throw error;
  }
}

async function resizePod(
  transport: Transport,
  pod: { readonly namespace: string; readonly name: string },
  containers: readonly ContainerResources[],
  {
    expect,
    fieldManager = FIELD_MANAGER,
    dryRun = false,
  }: Pick<ApplyOptions, 'expect' | 'fieldManager' | 'dryRun'>,
): Promise<ClusterObject> {
  const ref: ObjectRef = { kind: 'Pod', ...pod };
  const what = `resize ${nameOf(ref)}`;
  try {
    const resized = await transport.json({
      what,
      method: 'PATCH',
      path: `${objectPath(ref)}/resize`,
      query: { fieldManager, fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined },
      mime: 'application/strategic-merge-patch+json',
      body: {
        ...(expect !== undefined && { metadata: { resourceVersion: expect } }),
        spec: { containers },
      },
    });
    return resized as ClusterObject;
  } catch (error) {
    // a server says of a pod that it is not found; one that knows no resizes says the same of the path
    const unnamed = error instanceof Refused && error.httpStatus === 404 && !saysGone(error, pod.name);
    if (!unnamed) throw error;
    const found = await transport.find({ what: `read ${nameOf(ref)}`, path: objectPath(ref) });
    if (found === undefined) throw error;
    throw new Refused({
      code: 'CLUSTER_NOT_SERVED',
      message: `${what}: the API server serves no pods/resize. Kubernetes 1.33 and newer do.`,
      httpStatus: 404,
    });
  }
}

function saysGone({ message }: Refused, name: string): boolean {
  return message.includes(`pods "${name}" not found`);
}

async function allowed(transport: Transport, permission: Permission): Promise<boolean> {
  const { verb, kind, subresource, namespace } = permission;
  const { apiVersion, plural } = OBJECT_KINDS[kind];
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const resourceAttributes = { verb, group, version, resource: plural, subresource, namespace };
  const review = await transport.json({
    what: `ask whether we may ${verb} ${kind}`,
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    },
  });
  return (review as { status?: { allowed?: boolean } }).status?.allowed === true;
}
