/** What has been told of the objects of a kind, so that only news is told: seeded from the tables, kept in memory after. */
import type { ClusterObject, Listed } from './cluster.ts';
import { gist, gone, identityOf, observed } from './observed.ts';
import type { Observation, ObservedKind, View } from './observed.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Known {
  readonly gist: string;
  /** Tells that it is gone. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The table that a kind is seeded from. */
export const tablesOf: Readonly<Record<ObservedKind, string>> = {
  Node: 'observed_nodes',
  Deployment: 'deployments',
  Pod: 'pods',
};

/** The memory of one kind of one cluster. */
export class Told {
  readonly #kind: ObservedKind;
  readonly #known = new Map<string, Known>();

  /** `rows`: all rows of its table of the cluster. */
  constructor(kind: ObservedKind, rows: readonly Fields[]) {
    this.#kind = kind;
    for (const row of rows) this.#keep(String(row[kind === 'Node' ? 'name' : 'uid']), row);
  }

  /** The observation of an object, when it is news. */
  changed(object: ClusterObject, view: View): Observation[] {
    const seen = observed(object, view);
    if (seen === undefined || object.kind !== this.#kind) return [];
    return this.#known.get(identityOf(seen))?.gist === gist(this.#kind, fieldsOf(seen)) ? [] : [seen];
  }

  /** That an object is gone, when it was known or may have been told of. */
  gone(object: ClusterObject, view: View): Observation[] {
    const seen = object.kind === this.#kind ? gone(object, view) : undefined;
    return seen === undefined || this.#known.get(identityOf(seen))?.gist === 'gone' ? [] : [seen];
  }

  /**
   * What is news of everything that is there: what has changed, what is known and not there, and of nodes those that are declared
   * (`view.names`) and not there.
   */
  synced({ objects, resourceVersion }: Listed, view: View): Observation[] {
    const seen = objects.flatMap((object) => observed(object, view) ?? []);
    const there = new Set(seen.map(identityOf));
    const news = objects.flatMap((object) => this.changed(object, view));
    const missing = [...this.#known].filter(([id, known]) => !there.has(id) && known.gist !== 'gone');
    this.#forgetGone(view);
    const never =
      this.#kind === 'Node'
        ? [...new Set(view.names.values())].filter((name) => !there.has(name) && !this.#known.has(name))
        : [];
    return [
      ...news,
      ...missing.map(([id, known]) => this.#goneOf(id, known, resourceVersion, view)),
      ...never.map((name) => this.#goneOf(name, undefined, resourceVersion, view)),
    ];
  }

  /** What went and is not declared is told again when it is declared again, for it may be forgotten by then. */
  #forgetGone({ names }: View): void {
    if (this.#kind !== 'Node') return;
    const declared = new Set(names.values());
    for (const [id, known] of this.#known)
      if (known.gist === 'gone' && !declared.has(id)) this.#known.delete(id);
  }

  /** To be called when the log has them. */
  keep(observations: readonly Observation[]): void {
    for (const one of observations) {
      const id = identityOf(one);
      if (one.type === 'PodGone' || one.type === 'DeploymentGone') this.#known.delete(id);
      else this.#keep(id, fieldsOf(one));
    }
  }

  #keep(id: string, from: Fields): void {
    const name = String(from['pod'] ?? from['name'] ?? from['node']);
    const namespace = String(from['namespace'] ?? '');
    const uid = String(from['uid'] ?? '');
    this.#known.set(id, { gist: gist(this.#kind, from), namespace, name, uid });
  }

  #goneOf(
    id: string,
    known: Known | undefined,
    resource_version: string,
    { org, cluster, at }: View,
  ): Observation {
    const common = { org_id: org, cluster_id: cluster, resource_version, at };
    const { namespace = '', name = id, uid = '' } = known ?? {};
    switch (this.#kind) {
      case 'Node':
        return { type: 'NodeGone', data: { ...common, node: id, uid: uid === '' ? null : uid } };
      case 'Deployment':
        return { type: 'DeploymentGone', data: { ...common, namespace, name, uid } };
      case 'Pod':
        return { type: 'PodGone', data: { ...common, namespace, pod: name, uid } };
    }
  }
}

/** With what tells that it is gone. */
function fieldsOf({ type, data }: Observation): Fields {
  return type === 'NodeGone' ? { ...data, gone: true } : { ...data };
}
