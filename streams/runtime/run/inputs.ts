/** Reads a unit's inputs of one partition, bounded, from where it stands. */
import type { EventLog, LogRecord, ReadLimits } from '../ports.ts';

/** Name of the topic on which redriven records come back to a unit. */
export function retryTopic(unit: string): string {
  return `${unit}.retry`;
}

/** Records of all inputs for one partition and the positions behind them. */
export interface InputBatch {
  readonly records: readonly LogRecord[];
  /** Where it was read from. */
  readonly from: Readonly<Record<string, number>>;
  /** Next offset per input topic once these records took effect. */
  readonly next: Readonly<Record<string, number>>;
}

/** Reads each input in turn from `positions`; inputs share the limits evenly. */
export async function readInputs(
  log: EventLog,
  inputs: readonly string[],
  partition: number,
  positions: Readonly<Record<string, number>>,
  limits: ReadLimits,
): Promise<InputBatch> {
  const records: LogRecord[] = [];
  const next: Record<string, number> = { ...positions };
  for (const topic of inputs) {
    const from = positions[topic] ?? 0;
    const page = await log.read({ topic, partition }, from, limits);
    for (const record of page.records) records.push(record);
    if (page.next > from) next[topic] = page.next;
  }
  return { records, from: positions, next };
}
