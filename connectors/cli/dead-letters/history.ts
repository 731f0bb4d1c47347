/** What happened to a dead letter, in order. */
import type { App } from '../app.ts';
import { cellText } from '../table-text.ts';
import type { DeadLetter } from './finding.ts';

/** A row of the table dead_letter_history, as it is read. */
export interface HistoryStep extends Readonly<Record<string, unknown>> {
  readonly unit: string;
  readonly attempt: number;
  readonly step: 'died' | 'redriven' | 'discarded';
  readonly at: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly died_record: string | null;
  readonly event_id: string | null;
  readonly edited: boolean;
  readonly value_sha256: string | null;
  readonly asked_by: string | null;
  readonly host: string | null;
  readonly reason: string | null;
}

/** Within one attempt. */
const order = { redriven: 0, died: 1, discarded: 2 } as const;

/** The steps of one dead letter: an attempt is redriven before it dies, whichever fact came first. At most 10,000. */
export async function historyOf(app: App, letter: DeadLetter): Promise<HistoryStep[]> {
  const { unit, topic, partition, record_offset: offset, org_id: org } = letter;
  const rows = await app.readModels.select({
    table: 'dead_letter_history',
    org,
    where: [
      { column: 'unit', op: 'eq', value: unit },
      { column: 'topic', op: 'eq', value: topic },
      { column: 'partition', op: 'eq', value: partition },
      { column: 'record_offset', op: 'eq', value: offset },
    ],
    limit: 10_000,
  });
  return (rows as HistoryStep[]).toSorted((a, b) => a.attempt - b.attempt || order[a.step] - order[b.step]);
}

/** One step on one line. */
export function stepText(step: HistoryStep): string {
  const { unit, attempt, at, code, message, died_record: died, asked_by: by, host, reason, edited } = step;
  const head = `${at}  ${unit}  ${step.step}`;
  if (step.step === 'died') return `${head}  ${died ?? ''}  ${code ?? ''}: ${cellText(message)}`;
  const why = reason === null || reason === '' ? '' : `: ${cellText(reason)}`;
  const what = step.step === 'discarded' ? '' : ` (attempt ${attempt}${edited ? ', edited copy' : ''})`;
  return `${head}${what}  by ${cellText(by)} on ${cellText(host)}${why}`;
}
