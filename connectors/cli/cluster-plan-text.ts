/** Plans of a cluster for people and scripts. */
import pc from 'picocolors';
import type { Action, ActionCode, ActionKind } from '../kubernetes/actions.ts';
import { isChange } from '../kubernetes/actions.ts';
import type { FieldDifference } from '../kubernetes/fields.ts';
import type { ManifestProblem } from '../kubernetes/manifests/index.ts';
import { planCodes } from './planning.ts';
import { cellText, cut } from './table-text.ts';

/** Left because something is wrong that somebody has to mend. */
const refusals: readonly ActionCode[] = ['OBJECT_NOT_OURS', 'NOT_WRITABLE', 'REFUSED_BY_SERVER'];
/** Most fields of one object that are shown. */
const MOST_FIELDS = 12;

/** What `cluster diff` ends with: as `plan` does. */
export function diffCode(actions: readonly Action[]): number {
  if (actions.some(isRefused)) return planCodes.refused;
  return actions.some(isChange) ? planCodes.changes : planCodes.nothing;
}

/** A line per object that is changed or left for a reason, its fields below it, problems, and one sentence about all. */
export function diffText(
  actions: readonly Action[],
  problems: readonly ManifestProblem[],
  width: number,
): string {
  const shown = actions.filter(({ code }) => code !== 'EQUAL');
  const told = new Set(shown.filter(isRefused).map(({ why }) => why));
  const notes = problems.filter(({ message }) => !told.has(message));
  return [
    ...shown.flatMap((action) => actionLines(action, width)),
    ...notes.map(({ code, message }) =>
      cut(`${pc.yellow('note'.padEnd(WIDTH))} ${code}: ${cellText(message)}`, width * 2),
    ),
    diffSummary(actions),
  ].join('\n');
}

/** The same as one value; manifests are left out. */
export function diffJson(actions: readonly Action[], problems: readonly ManifestProblem[]): object {
  return {
    changes: actions.filter(isChange).length,
    refused: actions.filter(isRefused).length,
    equal: actions.filter(({ code }) => code === 'EQUAL').length,
    actions: actions
      .filter(({ code }) => code !== 'EQUAL')
      .map(({ kind, code, why, ref, phase, fields, service, node }) => ({
        ...{ kind, code, why, object: ref.kind, name: ref.name, namespace: ref.namespace ?? null },
        ...{ phase, service, node },
        fields: fields.map(({ path, live, wanted }) => ({
          path,
          live: live ?? null,
          wanted: wanted ?? null,
        })),
      })),
    problems,
  };
}

/** How many of which. */
export function diffSummary(actions: readonly Action[]): string {
  const kinds: readonly ActionKind[] = ['create', 'configure', 'put-back', 'remove'];
  const counts = kinds
    .map((kind) => [kind, actions.filter((action) => action.kind === kind).length] as const)
    .filter(([, n]) => n > 0)
    .map(([kind, n]) => `${n} to ${words[kind]}`);
  const equal = actions.filter(({ code }) => code === 'EQUAL').length;
  const refused = actions.filter(isRefused).length;
  const rest = [
    ...(refused > 0 ? [`${refused} refused`] : []),
    equal === 1 ? '1 is as it shall be' : `${equal} are as they shall be`,
  ];
  return `${counts.length === 0 ? 'Nothing to do' : counts.join(', ')}; ${rest.join(', ')}.`;
}

const words: Readonly<Record<ActionKind, string>> = {
  create: 'create',
  configure: 'configure',
  'put-back': 'put back',
  remove: 'remove',
  leave: 'leave',
};
const WIDTH = 'configure'.length;

function actionLines(action: Action, width: number): string[] {
  const { kind, code, why, ref, fields } = action;
  const reason = kind === 'leave' ? `${code}: ${why}` : why;
  const shown = fields
    .slice(0, MOST_FIELDS)
    .map((field) => cut(`${' '.repeat(WIDTH + 1)}${fieldText(field)}`, width));
  const more = fields.length - shown.length;
  return [
    `${colored(action)} ${ref.kind} ${cellText(ref.name)}  ${cellText(reason)}`,
    ...shown,
    ...(more > 0 ? [`${' '.repeat(WIDTH + 1)}and ${more} more`] : []),
  ];
}

function fieldText({ path, live, wanted }: FieldDifference): string {
  return `${cellText(path)}: ${cellText(live)} → ${cellText(wanted)}`;
}

function colored(action: Action): string {
  const text = (isRefused(action) ? 'refuse' : words[action.kind]).padEnd(WIDTH);
  if (isRefused(action)) return pc.red(text);
  if (action.kind === 'remove') return pc.magenta(text);
  return isChange(action) ? pc.green(text) : pc.dim(text);
}

function isRefused({ code }: Action): boolean {
  return refusals.includes(code);
}
