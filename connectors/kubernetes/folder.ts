/**
 * A folder in place of a cluster: one file per object, so that a version control shows a decision. What is ours is told by
 * labels as in a cluster; other files are never touched, and nothing outside the folder is.
 */
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput, codeOf, messageOf } from '../../streams/runtime/errors.ts';
import type { Action, ObjectPlan } from './actions.ts';
import type { ClusterObject, ObjectRef } from './cluster.ts';
import type { DesiredCluster } from './desired.ts';
import { sorted } from './lists.ts';
import { manifestsOf } from './manifests/index.ts';
import type { DesiredObjects } from './manifests/index.ts';
import type { ManifestSettings } from './manifests/settings.ts';
import { labelValue } from './names.ts';
import { defaultPlanPolicy, idOf, plan, WRITTEN_KINDS } from './plan.ts';

/** Manifests as text and back; `read` throws on what is none. */
export interface ManifestFormat {
  write(manifest: ClusterObject): string;
  read(text: string): unknown;
}

/** Most files of a folder, and most bytes of one. */
const MOST_FILES = 50_000;
const MOST_BYTES = 1024 * 1024;
/** Nobody waits for pods, and everything that nothing wants goes at once. */
const policy = { ...defaultPlanPolicy, oneNodeAtATime: false, removals: MOST_FILES };
const ourFile = /^(configmap|service|deployment)-([a-z][a-z0-9-]{0,62})\.yaml$/;

/** Where the files of a cluster are below a folder of several: `<org>/<cluster>`, each as its label is. */
export function folderOf(folder: string, { org, cluster }: Pick<DesiredCluster, 'org' | 'cluster'>): string {
  return join(folder, labelValue(org), labelValue(cluster));
}

/** What has to change in a cluster's folder. Unreadable: BadInput BAD_FOLDER. */
export async function planFolder(
  folder: string,
  desired: DesiredCluster,
  settings: ManifestSettings,
  format: ManifestFormat,
): Promise<ObjectPlan> {
  const wanted = manifestsOf(desired, settings, { fenced: false });
  const files = await filesOf(folder, settings.namespace, format);
  const actions = plan(
    desired,
    wanted,
    [...files.values()].map(({ object }) => object),
    policy,
  );
  const texts = new Map(wanted.objects.map(({ ref, manifest }) => [idOf(ref), format.write(manifest)]));
  return {
    actions: actions.map((action) => exactly(action, desired, wanted, files, texts)),
    problems: wanted.problems,
  };
}

/** A file shall say what it is written to say and nothing beside, unless hand edits are adopted. */
function exactly(
  action: Action,
  { placing }: DesiredCluster,
  { objects }: DesiredObjects,
  files: ReadonlyMap<string, Found>,
  texts: ReadonlyMap<string, string>,
): Action {
  const id = idOf(action.ref);
  if (action.code !== 'EQUAL' || files.get(id)?.text === texts.get(id) || placing.drift === 'adopt')
    return action;
  const { manifest } = objects.find(({ ref }) => idOf(ref) === id)!;
  const why = 'changed by somebody else: its file says more than was written, or says it otherwise';
  return { ...action, kind: 'put-back', code: 'HAND_EDITED', why, manifest };
}

/** Makes the changes of a plan; each file is old or new whenever the process ends. Broken off, the next plan goes on. */
export async function applyFolder(
  folder: string,
  actions: readonly Action[],
  format: ManifestFormat,
): Promise<void> {
  const changes = actions.filter(({ kind }) => kind !== 'leave');
  if (changes.length === 0) return;
  await using(folder, async () => {
    await mkdir(folder, { recursive: true });
    for (const { kind, ref, manifest } of changes) {
      const name = fileName(ref);
      if (kind === 'remove') await rm(join(folder, name), { force: true });
      else await replace(folder, name, format.write(manifest!));
    }
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  });
}

async function replace(folder: string, name: string, text: string): Promise<void> {
  const next = join(folder, `.${name}.next`);
  await rm(next, { force: true }); // of a process that was killed
  const handle = await open(next, 'wx', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, join(folder, name));
}

function fileName({ kind, name }: ObjectRef): string {
  const file = `${kind.toLowerCase()}-${name}.yaml`;
  if (ourFile.test(file)) return file;
  throw new BadInput({ code: 'BAD_NAME', message: `${kind} ${name} cannot be the name of a file` });
}

interface Found {
  readonly object: ClusterObject;
  readonly text: string;
}

/** Objects by id of the files that have a name as ours; what is in them and is no such object stands there as somebody else's. */
async function filesOf(
  folder: string,
  namespace: string,
  format: ManifestFormat,
): Promise<ReadonlyMap<string, Found>> {
  const entries = await entriesOf(folder);
  const names = sorted(entries, (name) => name).filter((name) => ourFile.test(name));
  if (names.length > MOST_FILES) {
    const message = `${folder} has ${names.length} manifests; at most ${MOST_FILES} are read`;
    throw new BadInput({ code: 'BAD_FOLDER', message });
  }
  const found = new Map<string, Found>();
  for (const file of names) {
    const [, kindText, name] = ourFile.exec(file)!;
    const kind = WRITTEN_KINDS.find((it) => it.toLowerCase() === kindText)!;
    const ref = { kind, namespace, name: name! };
    const text = await using(folder, () => textOf(join(folder, file)));
    found.set(idOf(ref), { object: objectOf(text, ref, format), text: text ?? '' });
  }
  return found;
}

/** Text of a file; null of what is no file (a link is none), or too large for a manifest. */
async function textOf(path: string): Promise<string | null> {
  const info = await lstat(path);
  return info.isFile() && info.size <= MOST_BYTES ? readFile(path, 'utf8') : null;
}

function objectOf(text: string | null, ref: ObjectRef, format: ManifestFormat): ClusterObject {
  const nobodys = {
    apiVersion: 'v1',
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace! },
  };
  if (text === null) return nobodys;
  try {
    const object = format.read(text);
    if (!isObject(object) || object.kind !== ref.kind || object.metadata.name !== ref.name) return nobodys;
    // Written before the namespace was set otherwise, it is to be written again and stands in no other file.
    return { ...object, metadata: { ...object.metadata, namespace: ref.namespace! } };
  } catch {
    return nobodys; // no YAML, so not of ours
  }
}

function isObject(value: unknown): value is ClusterObject {
  if (typeof value !== 'object' || value === null || !('metadata' in value) || !('kind' in value))
    return false;
  const { metadata } = value;
  if (typeof metadata !== 'object' || metadata === null) return false;
  return ['labels', 'annotations'].every((name) => {
    const map = (metadata as Readonly<Record<string, unknown>>)[name] ?? {};
    return typeof map === 'object' && !Array.isArray(map);
  });
}

/** Names in the folder; none where there is no folder yet. */
async function entriesOf(folder: string): Promise<string[]> {
  return using(folder, () =>
    readdir(folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }),
  );
}

/** What the file system refuses as BadInput BAD_FOLDER. */
async function using<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BadInput) throw error;
    const message = `${folder} cannot be used: ${messageOf(error)}`;
    throw new BadInput({ code: 'BAD_FOLDER', message }, { cause: error });
  }
}
