/** Dead letters: each poison record once per unit that must set it aside, and nothing else that was not redriven. */
import type { Audited, Report } from './findings.ts';
import { recordsOf } from './audit-log.ts';
import { isPoison, mustBury } from './poison.ts';

interface Letter {
  unit: string;
  topic: string;
  partition: number;
  record_offset: number;
  record_key: string | null;
  code: string;
  message: string;
  status: string;
}

/** Compares the table with the poison that lies in the log. */
export async function auditDeadLetters({ app, units }: Audited, report: Report): Promise<void> {
  const { rows: letters } = await app.pool.query<Letter>(
    'SELECT unit, topic, partition, record_offset, record_key, code, message, status FROM public.dead_letters',
  );
  const due = new Set<string>();
  for (const topic of ['intake', 'usage', 'rejections']) {
    for await (const record of recordsOf(app, topic)) {
      if (!isPoison(record)) continue;
      for (const unit of mustBury(units, topic, record))
        due.add(`${unit} ${topic}/${record.partition}/${record.offset}`);
    }
  }
  for (const letter of letters) {
    const { unit, topic, partition, record_offset: offset, code, message, status } = letter;
    const name = `${unit} ${topic}/${partition}/${offset}`;
    if (due.delete(name)) continue;
    if (isPoison({ key: letter.record_key }))
      report('a poison record dead where it need not be', `${name}: ${code}`);
    else if (status !== 'redriven') report('a sound record is dead', `${name}: ${code}: ${message}`);
  }
  if (due.size > 0) report('poison without a dead letter', [...due].join(', '));
}
