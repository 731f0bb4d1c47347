/** What has to be done so that a cluster is as it shall be: pure, the same for any order of what is there. */
import type { Action, Phase } from './actions.ts';
import type { ClusterObject, ObjectKind, ObjectRef } from './cluster.ts';
import type { DesiredCluster, DriftPolicy } from './desired.ts';
import { differences, holders, without } from './fields.ts';
import type { FieldDifference } from './fields.ts';
import { sorted } from './lists.ts';
import type { DesiredObject, DesiredObjects } from './manifests/index.ts';
import { isOurs, originOf, positionOf } from './manifests/labels.ts';
import { MANAGER, marks } from './names.ts';
import { base, leave } from './pairs.ts';
import type { Pair, Planned } from './pairs.ts';
import { newBeforeOld, oneNodeAtATime } from './roll-out.ts';
import { fullNodes, shrinks, weightOf } from './weight.ts';
import type { Change } from './weight.ts';

/** The kinds that are written, and among which what nothing wants any more is looked for. */
export const WRITTEN_KINDS = ['ConfigMap', 'Service', 'Deployment'] as const satisfies readonly ObjectKind[];

/** How a plan is made. */
export interface PlanPolicy {
  /** Most objects that one plan removes. */
  readonly removals: number;
  /** Field managers whose fields are left to them: neither compared nor written. */
  readonly yieldsTo: readonly string[];
  /**
   * Whether a healthy Deployment gets new pods only while every other one of its service has its own, and an old one goes only
   * when those that take its place have theirs.
   */
  readonly oneNodeAtATime: boolean;
}

/** What holds where nothing is said. */
export const defaultPlanPolicy: PlanPolicy = {
  removals: 500,
  yieldsTo: ['rightstream-resize'],
  oneNodeAtATime: true,
};

/**
 * Actions on every object that is wanted or ours, sorted by phase, kind and name. `live` are all objects of the written
 * kinds in the namespace, also those of others: a name that is taken is seen then. What is not ours is never changed.
 */
export function plan(
  desired: DesiredCluster,
  wanted: DesiredObjects,
  live: readonly ClusterObject[],
  policy: PlanPolicy = defaultPlanPolicy,
): Action[] {
  const pairs = pairsOf(desired, wanted, live);
  const actions = pairs.map((pair) => ({ pair, action: actionOn(desired, pair, policy) }));
  if (!policy.oneNodeAtATime) return bounded(inPhases(desired, actions), policy.removals);
  return bounded(newBeforeOld(inPhases(desired, oneNodeAtATime(actions))), policy.removals);
}

function pairsOf(
  desired: DesiredCluster,
  { objects }: DesiredObjects,
  live: readonly ClusterObject[],
): Pair[] {
  const there = new Map(live.filter(isWrittenKind).map((object) => [idOf(refOf(object)), object]));
  const all = new Map<string, Pair>();
  for (const wanted of objects)
    all.set(idOf(wanted.ref), { ref: wanted.ref, wanted, live: there.get(idOf(wanted.ref)) });
  for (const [id, object] of there)
    if (!all.has(id) && isOurs(object, desired))
      all.set(id, { ref: refOf(object), wanted: undefined, live: object });
  return sorted(all.values(), ({ ref }) => idOf(ref));
}

function isWrittenKind({ kind }: ClusterObject): boolean {
  return WRITTEN_KINDS.some((written) => written === kind);
}

/** What names an object, as one text. */
export function idOf({ kind, namespace = '', name }: ObjectRef): string {
  return `${kind}/${namespace}/${name}`;
}

function refOf({ kind, metadata: { namespace, name } }: ClusterObject): ObjectRef {
  return { kind, ...(namespace === undefined ? {} : { namespace }), name };
}

function actionOn(desired: DesiredCluster, pair: Pair, policy: PlanPolicy): Action {
  const { wanted, live } = pair;
  if (live === undefined) return onMissing(pair, wanted!);
  if (!isOurs(live, desired))
    return leave(
      pair,
      'OBJECT_NOT_OURS',
      'an object of that name belongs to somebody else; rename one of the two',
    );
  if (live.metadata.deletionTimestamp !== undefined)
    return leave(pair, 'BEING_DELETED', 'it is being deleted; what shall be there comes after that');
  const newer = positionOf(live);
  if (newer > desired.position)
    return leave(
      pair,
      'NEWER_POSITION',
      `it was written at position ${newer}, and what is known here is not as far; where that lasts, another log has kept this cluster`,
    );
  if (wanted === undefined)
    return { ...base(pair), kind: 'remove', code: 'NOT_WANTED', why: whyNot(desired, live) };
  if (wanted.problem !== null) return leave(pair, 'NOT_WRITABLE', wanted.problem.message);
  return onBoth(desired, pair, wanted, live, policy);
}

function onMissing(pair: Pair, wanted: DesiredObject): Action {
  if (wanted.problem !== null) return leave(pair, 'NOT_WRITABLE', wanted.problem.message);
  const { manifest } = wanted;
  const why = `it is not there; ${purpose(wanted)}`;
  return { ...base(pair), kind: 'create', code: 'MISSING', why, manifest };
}

function purpose({ ref, service, node, manifest }: DesiredObject): string {
  if (ref.kind === 'ConfigMap') return `${service} reads from it where the next stages are`;
  if (ref.kind === 'Service') return `others reach ${service} by it`;
  const { replicas } = manifest['spec'] as { readonly replicas: number };
  if (node === null)
    return replicas === 1
      ? `1 replica of ${service} is wanted`
      : `${replicas} replicas of ${service} are wanted`;
  return replicas === 1
    ? `1 replica of ${service} has its place on ${node}`
    : `${replicas} replicas of ${service} have their place on ${node}`;
}

/** What is there and wanted: equal, decided otherwise, or changed by somebody else. */
function onBoth(
  { placing: { drift }, decisions }: DesiredCluster,
  pair: Pair,
  { manifest }: DesiredObject,
  live: ClusterObject,
  policy: PlanPolicy,
): Action {
  const all = differences(manifest, live);
  const { yielded, adopted, known } = givenAway(live, drift, policy);
  const fields = all.filter(({ path }) => !covers(yielded, path) && !covers(adopted, path));
  const same = live.metadata.annotations?.[marks.spec] === manifest.metadata.annotations?.[marks.spec];
  if (!same) {
    const applied = without(manifest, new Set([...yielded, ...adopted]));
    const force = drift === 'put-back' || !known;
    const why = `decided otherwise, up to decision ${decisions}: ${fieldsText(fields)}`;
    return {
      ...base(pair),
      kind: 'configure',
      code: 'DECIDED_OTHERWISE',
      why,
      manifest: applied,
      force,
      fields,
    };
  }
  if (fields.length > 0 && drift === 'put-back') {
    const why = `changed by somebody else: ${fieldsText(fields)}`;
    const applied = without(manifest, yielded);
    return {
      ...base(pair),
      kind: 'put-back',
      code: 'HAND_EDITED',
      why,
      manifest: applied,
      force: true,
      fields,
    };
  }
  const taken = drift === 'adopt' ? all.filter(({ path }) => !covers(yielded, path)) : [];
  if (taken.length === 0) return leave(pair, 'EQUAL', 'it is as it shall be');
  const why = `somebody else changed it, and that is adopted: ${fieldsText(taken)}`;
  return { ...leave(pair, 'ADOPTED', why), fields: taken };
}

/** Fields that are left to others: by name of their manager always, and those that we have lost when drift is adopted. */
function givenAway(live: ClusterObject, drift: DriftPolicy, { yieldsTo }: PlanPolicy) {
  const held = [...holders(live)];
  const known = held.some(([, managers]) => managers.has(MANAGER));
  const paths = (wanted: (managers: ReadonlySet<string>) => boolean) =>
    new Set(held.filter(([, managers]) => wanted(managers)).map(([path]) => path));
  return {
    known,
    yielded: paths((managers) => yieldsTo.some((name) => managers.has(name))),
    // Where we hold nothing at all, the object was brought by other means and is taken over whole.
    adopted: paths((managers) => drift === 'adopt' && known && !managers.has(MANAGER)),
  };
}

function covers(given: ReadonlySet<string>, path: string): boolean {
  if (given.has(path)) return true;
  return [...given].some((above) => path.startsWith(`${above}.`) || path.startsWith(`${above}[`));
}

function whyNot({ services }: DesiredCluster, live: ClusterObject): string {
  const { service, node } = originOf(live);
  if (service === null) return 'nothing that is declared wants it';
  if (!services.some(({ name }) => name === service)) return `service ${service} is not declared any more`;
  if (live.kind === 'ConfigMap') return `${service} sends to no stage that can be reached any more`;
  if (live.kind === 'Service') return `${service} has no port any more that others reach`;
  return node === null
    ? `the nodes of ${service} are chosen by the placer now, or it has no replicas`
    : `no replica of ${service} has its place on ${node} any more`;
}

/** Up to three paths, and how many more there are. */
function fieldsText(fields: readonly FieldDifference[]): string {
  if (fields.length === 0) return 'what was said before is not said any more';
  const shown = fields.slice(0, 3).map(({ path }) => path);
  const more = fields.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Every action with its phase, in the order in which they are taken. */
function inPhases({ nodes }: DesiredCluster, items: readonly Planned[]): Planned[] {
  const changes = items.map(({ pair: { wanted, live }, action }): Change => {
    const before = weightOf(live);
    const after = action.kind === 'leave' ? before : weightOf(wanted?.manifest);
    return { node: action.node, before, after };
  });
  const full = fullNodes(nodes, changes);
  const phased = items.map(({ pair, action }, i) => ({
    pair,
    action: { ...action, phase: phaseOf(action, changes[i]!, full) },
  }));
  return phased.sort((a, b) => a.action.phase - b.action.phase); // stable: kind and name within a phase
}

function phaseOf({ ref, kind, node }: Action, change: Change, full: ReadonlySet<string>): Phase {
  if (ref.kind !== 'Deployment') return kind === 'remove' ? 4 : 0;
  if (kind !== 'remove' && !shrinks(change)) return 2;
  return node !== null && full.has(node) ? 1 : 3;
}

/** Removals beyond the bound wait for the next pass. */
function bounded(items: readonly Planned[], most: number): Action[] {
  let removed = 0;
  return items.map(({ action }) => {
    if (action.kind !== 'remove' || ++removed <= most) return action;
    const why = `${action.why}; a pass removes ${most} objects at most, this one waits for the next`;
    return { ...action, kind: 'leave', code: 'REMOVALS_BOUNDED', why };
  });
}
