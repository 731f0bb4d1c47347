/** What became of objects, as events: told when it is news, seeded from the table `objects`, kept in memory after. */
import type {
  DriftFound,
  ObjectApplied,
  ObjectFailed,
  ObjectRefused,
  ObjectRemoved,
} from '../../schemas/generated/events.ts';
import type { Action } from './actions.ts';
import type { ObjectRef } from './cluster.ts';
import type { DesiredCluster } from './desired.ts';
import { Refused, type Postponed } from './errors.ts';
import { idOf } from './plan.ts';

/** An outcome. */
export type Outcome =
  | { readonly type: 'ObjectApplied'; readonly data: ObjectApplied }
  | { readonly type: 'ObjectRemoved'; readonly data: ObjectRemoved }
  | { readonly type: 'ObjectRefused'; readonly data: ObjectRefused }
  | { readonly type: 'ObjectFailed'; readonly data: ObjectFailed }
  | { readonly type: 'DriftFound'; readonly data: DriftFound };

/** Of what state the actions are, and when. */
export interface Moment {
  readonly desired: DesiredCluster;
  /** ms since 1970. */
  readonly at: number;
}

/** What is known of an object: state, and what was told of it. */
interface Known {
  readonly ref: ObjectRef;
  readonly service: string | null;
  readonly node: string | null;
  readonly state: string;
  /** Code and message of what is wrong. */
  readonly trouble: string;
  /** Fields that were adopted. */
  readonly adopted: string;
  /** Of the state that the last outcome followed from. */
  readonly position: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Leaves that a user has to know of. */
const TOLD_LEAVES: ReadonlySet<string> = new Set(['OBJECT_NOT_OURS', 'NOT_WRITABLE', 'NEWER_POSITION']);
/** A conflict is nothing to tell of before it has come so often in a row. */
const CONFLICTS = 5;

/** The memory of one cluster. */
export class Outcomes {
  readonly #known = new Map<string, Known>();

  /** `rows`: all rows of `objects` of the cluster. */
  constructor(rows: readonly Fields[]) {
    for (const row of rows) {
      const ref = { kind: row['kind'], namespace: row['namespace'], name: row['name'] } as ObjectRef;
      const text = (name: string) => (typeof row[name] === 'string' ? row[name] : null);
      this.#known.set(idOf(ref), {
        ref,
        service: text('service'),
        node: text('node'),
        state: String(row['state']),
        trouble: troubleOf(text('code'), text('message')),
        adopted: row['drift_action'] === 'adopted' ? fieldsText(row['drift_fields']) : '',
        position: Number(row['position']),
      });
    }
  }

  /** A write that was made. */
  done(action: Action, moment: Moment): Outcome[] {
    const data = dataOf(action, moment);
    if (action.kind === 'remove') return [{ type: 'ObjectRemoved', data }];
    const change =
      action.kind === 'create' ? 'created' : action.kind === 'configure' ? 'configured' : 'put-back';
    const applied: Outcome = { type: 'ObjectApplied', data: { ...data, change } };
    if (change !== 'put-back') return [applied];
    const fields = action.fields.map(({ path }) => path);
    return [{ type: 'DriftFound', data: { ...data, fields, action: 'put-back' } }, applied];
  }

  /** A write that was not made; `attempts` so far. */
  undone(action: Action, error: Postponed | Refused, attempts: number, moment: Moment): Outcome[] {
    const { code, message } = error;
    const data = { ...dataOf(action, moment), code, message, http_status: error.httpStatus ?? null };
    if (error instanceof Refused) {
      return this.#news(action.ref, 'refused', code, message) ? [{ type: 'ObjectRefused', data }] : [];
    }
    if (code === 'CLUSTER_CONFLICT' && attempts < CONFLICTS) return [];
    // the first time, and then less and less often
    const told = Number.isInteger(Math.log2(attempts)) || this.#news(action.ref, 'failed', code, message);
    return told ? [{ type: 'ObjectFailed', data: { ...data, attempts } }] : [];
  }

  /** Nothing was done to it: tells what is not known of it yet, such as a write whose outcome was lost. */
  left(action: Action, moment: Moment): Outcome[] {
    const { ref, code, why: message } = action;
    const data = dataOf(action, moment);
    if (TOLD_LEAVES.has(code)) {
      const event = { ...data, code, message, http_status: null };
      return this.#news(ref, 'refused', code, message) ? [{ type: 'ObjectRefused', data: event }] : [];
    }
    const known = this.#known.get(idOf(ref));
    if (code === 'ADOPTED') {
      const fields = action.fields.map(({ path }) => path);
      if (known?.adopted === fields.join()) return [];
      return [{ type: 'DriftFound', data: { ...data, fields, action: 'adopted' } }];
    }
    const told = known?.state === 'applied' && known.position >= action.livePosition;
    if (code !== 'EQUAL' || told) return [];
    return [{ type: 'ObjectApplied', data: { ...data, change: 'configured' } }];
  }

  /** Objects in this namespace that are known and neither wanted nor there: removed, and nobody has told. */
  vanished(actions: readonly Action[], namespace: string, moment: Moment): Outcome[] {
    const there = new Set(actions.map(({ ref }) => idOf(ref)));
    return [...this.#known]
      .filter(([id, { ref }]) => !there.has(id) && ref.namespace === namespace)
      .map(([, known]) => ({ type: 'ObjectRemoved', data: dataOf(known, moment) }));
  }

  /** To be called when the log has them. */
  keep(outcomes: readonly Outcome[]): void {
    for (const { type, data } of outcomes) {
      const ref = { kind: data.kind, namespace: data.namespace, name: data.name } as ObjectRef;
      const { service, node, position } = data;
      const before = this.#known.get(idOf(ref));
      const base = { ref, service, node, state: 'applied', trouble: '', adopted: '', position };
      if (type === 'ObjectRemoved') this.#known.delete(idOf(ref));
      else if (type === 'ObjectApplied') this.#known.set(idOf(ref), base);
      else if (type === 'DriftFound') {
        const adopted = data.action === 'adopted' ? data.fields.join() : '';
        this.#known.set(idOf(ref), { ...base, ...before, adopted });
      } else {
        const state = type === 'ObjectRefused' ? 'refused' : 'failed';
        this.#known.set(idOf(ref), { ...base, state, trouble: troubleOf(data.code, data.message) });
      }
    }
  }

  #news(ref: ObjectRef, state: string, code: string, message: string): boolean {
    const known = this.#known.get(idOf(ref));
    return known?.state !== state || known.trouble !== troubleOf(code, message);
  }
}

function troubleOf(code: string | null, message: string | null): string {
  return code === null ? '' : `${code}: ${message ?? ''}`;
}

function fieldsText(cell: unknown): string {
  const fields: unknown = typeof cell === 'string' ? JSON.parse(cell) : cell;
  return Array.isArray(fields) ? fields.join() : '';
}

function dataOf(
  { ref, service, node }: Pick<Action, 'ref' | 'service' | 'node'>,
  { desired, at }: Moment,
): ObjectRemoved {
  const { org: org_id, cluster: cluster_id, decisions: decision, position } = desired;
  const { kind, namespace = '', name } = ref;
  return { org_id, cluster_id, kind, namespace, name, service, node, decision, position, at };
}
