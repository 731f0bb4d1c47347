/**
 * Fields of objects by path, as `spec.template.spec.containers[web].image`: where a live object is not what a manifest
 * says, who holds which field, and a manifest without some of them. Lists whose items have keys are compared item by item,
 * as server-side apply merges them; all other lists and some maps are one value.
 */
import type { ClusterObject } from './cluster.ts';
import { canonical } from './manifests/labels.ts';
import { marks } from './names.ts';
import { sameQuantity } from './quantity.ts';

/** What makes an item of a list: the last part of its path, then the fields in the order of the alphabet. */
const listKeys: Readonly<Record<string, readonly string[]>> = {
  'spec.template.spec.containers': ['name'],
  'spec.template.spec.containers[].env': ['name'],
  'spec.template.spec.containers[].ports': ['containerPort', 'protocol'],
  'spec.template.spec.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
  'spec.ports': ['port', 'protocol'],
};
/** Maps that are one value: another key in them means something else. */
const wholeMaps = new Set([
  'spec.selector.matchLabels',
  'spec.template.spec.nodeSelector',
  'spec.template.spec.topologySpreadConstraints[].labelSelector.matchLabels',
]);
/** Written anew with every change, and no part of what an object is. */
const bookkeeping: readonly string[] = [marks.spec, marks.decision, marks.position];

type Fields = Readonly<Record<string, unknown>>;

/** A field that is not as a manifest says. */
export interface FieldDifference {
  readonly path: string;
  /** Plain JSON; undefined: it is not there. */
  readonly live: unknown;
  readonly wanted: unknown;
}

/** Where the live object says something else than the manifest, or nothing; what it says beside is not looked at. */
export function differences(manifest: ClusterObject, live: ClusterObject): FieldDifference[] {
  const { labels = {}, annotations = {} } = manifest.metadata;
  const wanted = { ...manifest, metadata: { labels, annotations: withoutBookkeeping(annotations) } };
  const found: FieldDifference[] = [];
  compare('', '', wanted, live, manifest.kind === 'Service', found);
  return found;
}

function withoutBookkeeping(annotations: Fields): Fields {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !bookkeeping.includes(name)));
}

/** `shape` is the path without what its items are. */
function compare(
  path: string,
  shape: string,
  wanted: unknown,
  live: unknown,
  service: boolean,
  found: FieldDifference[],
): void {
  if (isFields(wanted) && isFields(live)) {
    if (wholeMaps.has(shape) || (service && shape === 'spec.selector')) {
      if (canonical(wanted) !== canonical(live)) found.push({ path, live, wanted });
      return;
    }
    for (const [name, value] of Object.entries(wanted)) {
      const there = Object.hasOwn(live, name) ? live[name] : undefined;
      if (there === value) continue; // most are, and their paths are not needed
      compare(step(path, name), step(shape, name), value, there, service, found);
    }
    return;
  }
  if (Array.isArray(wanted) && Array.isArray(live)) {
    compareLists(path, shape, wanted, live, service, found);
    return;
  }
  if (!sameValue(shape, wanted, live)) found.push({ path, live, wanted });
}

function compareLists(
  path: string,
  shape: string,
  wanted: readonly unknown[],
  live: readonly unknown[],
  service: boolean,
  found: FieldDifference[],
): void {
  const keys = listKeys[shape];
  if (keys === undefined) {
    const before = found.length;
    wanted.forEach((item, i) => {
      compare(path, `${shape}[]`, item, live[i], service, found);
    });
    if (wanted.length !== live.length || found.length > before)
      found.splice(before, found.length, { path, live, wanted });
    return;
  }
  for (const item of wanted) {
    const id = itemId(keys, item);
    const there = live.find((other) => itemId(keys, other) === id);
    compare(`${path}[${id}]`, `${shape}[]`, item, there, service, found);
  }
}

function sameValue(shape: string, wanted: unknown, live: unknown): boolean {
  if (wanted === live) return true;
  const amounts = /\.resources\.(requests|limits)\./.test(shape);
  return amounts && typeof wanted === 'string' && typeof live === 'string' && sameQuantity(wanted, live);
}

function itemId(keys: readonly string[], item: unknown): string {
  return keys.map((key) => String(isFields(item) ? item[key] : item)).join('/');
}

function step(path: string, name: string): string {
  if (path === '') return name;
  return /^[A-Za-z0-9_-]+$/.test(name) ? `${path}.${name}` : `${path}[${name}]`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Most levels and fields of managedFields that are read: the API server bounds objects, a proxy before it may not. */
const MOST_LEVELS = 40;
const MOST_FIELDS = 20_000;

/** Paths of single values by who holds them, from metadata.managedFields; parts that are not understood are passed over. */
export function holders(live: ClusterObject): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const entry of live.metadata.managedFields ?? []) {
    if (!isFields(entry) || typeof entry['manager'] !== 'string') continue;
    // The status is written by controllers, and no part of a manifest.
    if (entry['subresource'] === 'status') continue;
    const manager = entry['manager'];
    walk('', entry['fieldsV1'], 0, (path) => {
      if (found.size >= MOST_FIELDS) return;
      found.set(path, (found.get(path) ?? new Set()).add(manager));
    });
  }
  return found;
}

function walk(path: string, fields: unknown, level: number, leaf: (path: string) => void): void {
  if (!isFields(fields) || level > MOST_LEVELS) return;
  const inner = Object.entries(fields).filter(([name]) => name !== '.');
  if (inner.length === 0 && path !== '') leaf(path);
  for (const [name, value] of inner) {
    if (name.startsWith('f:')) walk(step(path, name.slice(2)), value, level + 1, leaf);
    else if (name.startsWith('k:')) walk(`${path}[${keyOf(name.slice(2))}]`, value, level + 1, leaf);
  }
}

function keyOf(json: string): string {
  try {
    const key: unknown = JSON.parse(json);
    if (!isFields(key)) return json;
    return Object.keys(key)
      .sort()
      .map((name) => String(key[name]))
      .join('/');
  } catch {
    return json; // no key of ours
  }
}

/** The manifest without these fields, each the path of a single value; what makes an item of a list stays. */
export function without(manifest: ClusterObject, paths: ReadonlySet<string>): ClusterObject {
  return paths.size === 0 ? manifest : (pruned('', '', manifest, paths) as ClusterObject);
}

function pruned(path: string, shape: string, value: unknown, paths: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    const keys = listKeys[shape];
    if (keys === undefined) return value;
    return value.map((item: unknown) => {
      const kept = pruned(`${path}[${itemId(keys, item)}]`, `${shape}[]`, item, paths);
      const id = Object.fromEntries(keys.map((key) => [key, (item as Fields)[key]]));
      return { ...id, ...(kept as Fields) };
    });
  }
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !paths.has(step(path, name)))
      .map(([name, inner]) => [name, pruned(step(path, name), step(shape, name), inner, paths)]),
  );
}
