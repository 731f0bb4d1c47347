/** What is in the cluster now, of some kinds: fed by watches and by the answers to our own writes, whichever is newer. */
import type { ClusterObject, Listed, ObjectKind, WatchHandlers } from './cluster.ts';
import { Gone } from './gone.ts';

/** Objects of some kinds in one namespace. */
export class LiveObjects {
  readonly #kinds = new Map<ObjectKind, Map<string, ClusterObject> | undefined>();
  readonly #gone = new Gone();
  readonly #changed: () => void;

  /** `changed` is called after every change that a watch tells of. */
  constructor(kinds: readonly ObjectKind[], changed: () => void) {
    for (const kind of kinds) this.#kinds.set(kind, undefined);
    this.#changed = changed;
  }

  /** Whether every kind has been listed. */
  get complete(): boolean {
    return [...this.#kinds.values()].every((objects) => objects !== undefined);
  }

  /** All of them. */
  all(): ClusterObject[] {
    return [...this.#kinds.values()].flatMap((objects) => [...(objects?.values() ?? [])]);
  }

  /** What the watch of a kind tells. */
  handlers(kind: ObjectKind): Pick<WatchHandlers, 'synced' | 'changed' | 'gone'> {
    return {
      synced: ({ objects }: Listed) => {
        this.#kinds.set(kind, new Map(objects.map((object) => [object.metadata.name, object])));
        this.#changed();
      },
      changed: (object) => {
        if (this.put(object)) this.#changed();
      },
      gone: (object) => {
        this.#gone.add(object.metadata.uid);
        this.drop(object);
        this.#changed();
      },
    };
  }

  /** Keeps an object unless a newer state of it is known, or it is gone; whether it was kept. */
  put(object: ClusterObject): boolean {
    if (this.#gone.has(object.metadata.uid)) return false;
    const objects = this.#kinds.get(object.kind);
    const known = objects?.get(object.metadata.name);
    if (known !== undefined && revisionOf(known) >= revisionOf(object)) return false;
    objects?.set(object.metadata.name, object);
    return true;
  }

  /** Forgets an object; another one of its name stays. */
  drop({ kind, metadata: { name, uid } }: Pick<ClusterObject, 'kind' | 'metadata'>): void {
    const objects = this.#kinds.get(kind);
    if (objects?.get(name)?.metadata.uid === uid) objects?.delete(name);
  }
}

/** Of two states of objects the one with the higher revision is the later. */
function revisionOf({ metadata: { resourceVersion = '' } }: ClusterObject): bigint {
  return /^\d{1,30}$/.test(resourceVersion) ? BigInt(resourceVersion) : -1n;
}
