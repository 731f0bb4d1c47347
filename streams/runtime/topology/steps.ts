/** The steps of a plan. */

/** What every step tells. */
interface About {
  /** Topic, subject, group or bucket. */
  readonly target: string;
  /** What is; null when there is nothing. */
  readonly from: string | null;
  /** What will be, or what was wanted. */
  readonly to: string | null;
  readonly why: string;
}

/** A change that `apply` makes. */
export type Change =
  | (About & {
      readonly kind: 'create-topic';
      readonly partitions: number;
      readonly replication: number;
      readonly configs: Readonly<Record<string, string>>;
    })
  | (About & { readonly kind: 'set-config'; readonly name: string; readonly value: string })
  | (About & { readonly kind: 'register-schema'; readonly fullName: string })
  | (About & { readonly kind: 'set-compatibility' | 'create-bucket' });

/** Something that `apply` does not do: `why` ends with what a person can do. */
export type Refusal = About & {
  readonly kind: 'refuse';
  readonly code: 'PARTITIONS_DIFFER' | 'HISTORY_CUT' | 'HISTORY_COMPACTED' | 'SCHEMA_INCOMPATIBLE';
};

/** Something to know; nothing is done about it. */
export type Note = About & {
  readonly kind: 'note';
  readonly code:
    | 'REPLICATION_DIFFERS'
    | 'COPIES_TOO_FEW'
    | 'HISTORY_BEGINS_LATE'
    | 'GROUP_WITHOUT_UNIT'
    | 'TOPIC_UNLISTED'
    | 'SUBJECT_UNLISTED';
};

/** One line of a plan. */
export type Step = Change | Refusal | Note;

/** Whether this step changes something. */
export function isChange(step: Step): step is Change {
  return step.kind !== 'refuse' && step.kind !== 'note';
}

/** Whether this step forbids all others. */
export function isRefusal(step: Step): step is Refusal {
  return step.kind === 'refuse';
}
