/** The containers (or namespaces) of one report, numbered by first appearance. */
import { recordKey } from '../../schemas/keys.ts';
import type { ReportBatch } from '../runtime/ports.ts';
import { grown, mix } from './hashing.ts';
import { standsAlone, isBlank, workloadOf } from './identity.ts';
import { MAX_OBJECTS } from './rejections.ts';
import { textIndex } from './rules.ts';

/** One object, and what the whole report says of it. */
export interface ReportedObject {
  /** Record key: org/cluster/namespace/type/workload. */
  readonly key: string;
  readonly namespace: string;
  /** `namespace` for a namespace. */
  readonly type: string;
  /** The namespace for a namespace. */
  readonly workload: string;
  /** Empty for a namespace. */
  readonly container: string;
  /** Events so far: the chunk number of the next one. */
  chunks: number;
  /** Latest interval end in what was emitted of it, and the image in it. */
  end: number;
  image: string;
}

/** Finds the object of a row by the ids of its texts; compares the texts themselves only once per combination. */
export class Objects {
  /** By number. */
  readonly all: ReportedObject[] = [];
  private readonly scope: readonly [org: string, cluster: string];
  private readonly kind: 'container' | 'namespace';
  private readonly seed: number;
  private readonly max: number;
  private readonly byName = new Map<string, number>();
  private readonly workloadNames = new Set<string>();
  private readonly at: Readonly<
    Record<'namespace' | 'container' | 'owner' | 'ownerKind' | 'workload' | 'type', number>
  >;
  private epoch = -1;
  /** Per text id: 1 + the alone-standing kind's number for owner kinds, 1 when blank for workloads. */
  private alone: number[] = [];
  private blank: number[] = [];
  private table = new Int32Array(2048).fill(-1);
  private tuples = new Int32Array(1024 * 5);
  private followers = new Int32Array(1024);
  private last = 0;
  private count = 0;

  constructor(
    kind: 'container' | 'namespace',
    scope: readonly [org: string, cluster: string],
    seed: number,
    max = MAX_OBJECTS,
  ) {
    this.max = max;
    this.kind = kind;
    this.scope = scope;
    this.seed = seed;
    this.at = {
      namespace: textIndex(kind, 'namespace'),
      container: textIndex(kind, 'container_name'),
      owner: textIndex(kind, 'owner_name'),
      ownerKind: textIndex(kind, 'owner_kind'),
      workload: textIndex(kind, 'workload'),
      type: textIndex(kind, 'workload_type'),
    };
  }

  /** Distinct workloads (or namespaces). */
  get workloads(): number {
    return this.workloadNames.size;
  }

  /** Takes note of a batch's dictionaries; call it before {@link find}. */
  learn(batch: ReportBatch): void {
    if (batch.dictionaryEpoch !== this.epoch) {
      this.epoch = batch.dictionaryEpoch;
      this.alone = [];
      this.blank = [];
      this.count = 0;
      this.last = 0;
      this.followers.fill(0);
      this.table.fill(-1);
    }
    if (this.kind === 'namespace') return;
    const dictionaries = batch.dictionaries;
    const kinds = dictionaries[this.at.ownerKind]!;
    for (let id = this.alone.length; id < kinds.length; id++) {
      const kind = standsAlone(kinds[id]!);
      this.alone.push(kind === undefined ? 0 : kind === 'replicaset' ? 1 : 2);
    }
    const workloads = dictionaries[this.at.workload]!;
    for (let id = this.blank.length; id < workloads.length; id++)
      this.blank.push(isBlank(workloads[id]!) ? 1 : 0);
  }

  /** The number of a row's object; -1 when it would be one too many. */
  find(batch: ReportBatch, row: number): number {
    const { texts } = batch;
    const { at } = this;
    const namespace = texts[at.namespace]![row]!;
    // What decides type and name: (kind, owner) of a workload that stands alone, else (type, workload).
    let type = 0;
    let name = 0;
    let container = 0;
    if (this.kind === 'container') {
      container = texts[at.container]![row]!;
      name = texts[at.workload]![row]!;
      const alone = this.blank[name] === 1 ? this.alone[texts[at.ownerKind]![row]!]! : 0;
      if (alone === 0) type = texts[at.type]![row]!;
      else {
        type = -alone;
        name = texts[at.owner]![row]!;
      }
    }
    const { table, tuples } = this;
    // Containers come in the same order every interval: look first at the one that followed last time.
    const guess = this.followers[this.last]!;
    const g = guess * 5;
    if (
      tuples[g + 2] === container &&
      tuples[g + 1] === name &&
      tuples[g] === namespace &&
      tuples[g + 3] === type &&
      guess < this.count
    ) {
      this.last = guess;
      return tuples[g + 4]!;
    }
    const hash = mix(mix(mix(mix(namespace ^ this.seed) + name) + container) + type);
    const mask = table.length - 1;
    let slot = hash & mask;
    for (let entry = table[slot]!; entry !== -1; entry = table[slot]!) {
      const e = entry * 5;
      if (
        tuples[e + 2] === container &&
        tuples[e + 1] === name &&
        tuples[e] === namespace &&
        tuples[e + 3] === type
      ) {
        this.follow(entry);
        return tuples[e + 4]!;
      }
      slot = (slot + 1) & mask;
    }
    const object = this.byText(batch, row);
    if (object !== -1) this.remember(slot, namespace, name, container, type, object);
    return object;
  }

  private follow(entry: number): void {
    this.followers[this.last] = entry;
    this.last = entry;
  }

  private byText(batch: ReportBatch, row: number): number {
    const dictionaries = batch.dictionaries;
    const text = (index: number) => dictionaries[index]![batch.texts[index]![row]!]!;
    const namespace = text(this.at.namespace);
    const isContainer = this.kind === 'container';
    const { type, name } = isContainer
      ? workloadOf({
          ownerKind: text(this.at.ownerKind),
          ownerName: text(this.at.owner),
          workload: text(this.at.workload),
          workloadType: text(this.at.type),
        })
      : { type: 'namespace', name: namespace };
    const container = isContainer ? text(this.at.container) : '';
    const key = recordKey(...this.scope, namespace, type, name);
    const full = `${key}/${container}`;
    const known = this.byName.get(full);
    if (known !== undefined) return known;
    const number = this.all.length;
    if (number >= this.max) return -1;
    this.all.push({ key, namespace, type, workload: name, container, chunks: 0, end: -Infinity, image: '' });
    this.byName.set(full, number);
    this.workloadNames.add(key);
    return number;
  }

  private remember(
    slot: number,
    namespace: number,
    name: number,
    container: number,
    type: number,
    object: number,
  ): void {
    if ((this.count + 1) * 5 > this.tuples.length) this.tuples = grown(this.tuples, this.tuples.length * 2);
    this.tuples.set([namespace, name, container, type, object], this.count * 5);
    if (this.count === this.followers.length)
      this.followers = grown(this.followers, this.followers.length * 2);
    this.table[slot] = this.count;
    this.follow(this.count++);
    if (this.count * 2 > this.table.length) this.rehash();
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 2).fill(-1);
    const mask = table.length - 1;
    const { tuples } = this;
    for (let entry = 0; entry < this.count; entry++) {
      const e = entry * 5;
      const hash = mix(
        mix(mix(mix(tuples[e]! ^ this.seed) + tuples[e + 1]!) + tuples[e + 2]!) + tuples[e + 3]!,
      );
      let slot = hash & mask;
      while (table[slot] !== -1) slot = (slot + 1) & mask;
      table[slot] = entry;
    }
    this.table = table;
  }
}
