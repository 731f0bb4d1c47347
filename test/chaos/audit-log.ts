/** What must be true of the log itself: keys stay on their partition, and no event comes behind a later one of its origin. */
import type { App } from '../../connectors/cli/app.ts';
import { allTopics } from '../../connectors/cli/backbone.ts';
import type { LogRecord } from '../../streams/runtime/ports.ts';
import { compareSeq, parseSeq } from '../../streams/runtime/seq.ts';
import type { Seq } from '../../streams/runtime/seq.ts';
import type { Audited, Report } from './findings.ts';
import { isPoison } from './poison.ts';

/** All records of a topic. */
export async function* recordsOf(app: App, topic: string): AsyncGenerator<LogRecord> {
  const ends = await app.log.ends(topic);
  for (let partition = 0; partition < ends.length; partition++) {
    for (let from = 0; from < ends[partition]!;) {
      const page = await app.log.read({ topic, partition }, from, { maxRecords: 1_000, maxBytes: 1 << 23 });
      if (page.next === from) break;
      from = page.next;
      yield* page.records;
    }
  }
}

/** Looks through every topic. */
export async function auditLog({ app }: Audited, report: Report): Promise<void> {
  const made = new Map<string, string>();
  for (const topic of allTopics()) {
    const homes = new Map<string, number>();
    const origins = new Map<string, { highest: Seq; readonly seen: Set<string> }>();
    for await (const record of recordsOf(app, topic)) {
      if (isPoison(record)) continue;
      const { partition, key, headers } = record;
      // A redriven record stays on the partition on which it died, whatever its key.
      const home = homes.get(key ?? '') ?? partition;
      homes.set(key ?? '', home);
      if (home !== partition && !topic.endsWith('.retry'))
        report('a key on two partitions', `${topic}: ${key} on ${home} and ${partition}`);
      const seq = parseSeq(headers['seq']);
      if (seq === undefined) continue;
      const effect = effectOf(record, seq);
      const id = headers['event-id']!;
      if (effect !== undefined && (made.get(effect) ?? id) !== id)
        report(
          'an event had its effect twice',
          `${topic}: ${id} and ${made.get(effect)} follow from one event`,
        );
      if (effect !== undefined) made.set(effect, id);
      const name = `${partition} ${headers['origin']}`;
      const known = origins.get(name) ?? { highest: [-1, 0, 0], seen: new Set<string>() };
      origins.set(name, known);
      if (!known.seen.has(headers['seq']!) && compareSeq(seq, known.highest) < 0)
        report(
          'an event behind a later one of its origin',
          `${topic}/${partition}/${record.offset}: ${headers['origin']} ${headers['seq']} after ${known.highest.join('.')}`,
        );
      known.seen.add(headers['seq']!);
      if (compareSeq(seq, known.highest) > 0) known.highest = seq;
    }
  }
}

/**
 * What a derived event stands for: the index-th event that a unit makes of another one, wherever copies of that one lie.
 * undefined for what clients and operators cause, and for what follows from a redrive: the record may have had a part of its
 * effect before it died.
 */
function effectOf({ headers }: LogRecord, seq: Seq): string | undefined {
  const [unit, from] = (headers['origin'] ?? '').split('/');
  const cause = headers['caused-by'] ?? '';
  if (cause === '' || from === undefined || unit === 'redrive' || from.endsWith('.retry')) return undefined;
  return [unit, cause, headers['event-type'], seq[2]].join(' ');
}
