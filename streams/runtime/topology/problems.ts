/** What a check of the topology reports: where, what, and what was probably meant. */

/** A place in a file, both from 1. */
export interface At {
  readonly line: number;
  readonly column: number;
}

/** Stable codes of problems. */
export type ProblemCode =
  | 'TOPOLOGY_SYNTAX'
  | 'UNKNOWN_KEY'
  | 'MISSING_KEY'
  | 'WRONG_TYPE'
  | 'BAD_ID'
  | 'UNKNOWN_TOPIC'
  | 'TOPIC_UNREAD'
  | 'TOPIC_UNWRITTEN'
  | 'TOPIC_WITHOUT_CONSTANT'
  | 'CONSTANT_WITHOUT_TOPIC'
  | 'HISTORY_CUT'
  | 'UNKNOWN_EVENT'
  | 'EVENT_UNDECLARED'
  | 'EVENT_DECLARED_TWICE'
  | 'SCHEMA_WITHOUT_DOC'
  | 'ID_WITHOUT_FILE'
  | 'FILE_WITHOUT_ID'
  | 'ID_WITHOUT_CODE'
  | 'ID_DECLARED_TWICE'
  | 'FROM_DIFFERS'
  | 'TO_DIFFERS'
  | 'TABLES_DIFFER'
  | 'HANDLER_NEVER_CALLED'
  | 'NOT_COPARTITIONED'
  | 'TABLE_OWNED_TWICE'
  | 'TABLE_WITHOUT_COMMENT'
  | 'CYCLE_UNDECLARED'
  | 'CYCLE_ABSENT'
  | 'UNKNOWN_CONNECTOR'
  | 'CONNECTOR_WITHOUT_FOLDER'
  | 'MOUNT_COLLIDES';

/** One thing that is wrong. */
export interface Problem extends At {
  readonly code: ProblemCode;
  /** Path in the repository. */
  readonly file: string;
  readonly message: string;
}

/** Takes a problem of the file that is being checked. */
export type Report = (code: ProblemCode, at: At, message: string) => void;

/** `topology.yaml:12:5 UNKNOWN_TOPIC message`, as editors and people can follow. */
export function formatProblem({ file, line, column, code, message }: Problem): string {
  return `${file}:${line}:${column} ${code} ${message}`;
}

/** In the order of the file, then by code. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (a, b) =>
      a.file.localeCompare(b.file, 'en') ||
      a.line - b.line ||
      a.column - b.column ||
      a.code.localeCompare(b.code, 'en') ||
      a.message.localeCompare(b.message, 'en'),
  );
}

/** ` (did you mean x?)` when a known name is near, else nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  let best = '';
  // a third of the letters may be wrong, but two always: short names have typing errors, too
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < least && distance < candidate.length) [best, least] = [candidate, distance];
  }
  return best === '' ? '' : ` (did you mean ${best}?)`;
}

/** Insertions, deletions, replacements and swaps of neighbours that make one text of another. */
export function editDistance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      row.push(cost);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
