/** Topics: each is known, written, read, and kept. */
import type { Code } from './code.ts';
import { durationMs } from './live.ts';
import type { Names, Topology } from './model.ts';
import { type Report, didYouMean } from './problems.ts';

/** Reports unknown topics, topics without a reader or writer or constant, and retention that cuts history. */
export function checkTopics(topology: Topology, code: Code, report: Report): void {
  const names = topology.topics.map((topic) => topic.id.name);
  const lists: [string, Names][] = [
    ...topology.units.flatMap((unit): [string, Names][] => [
      [unit.id.name, unit.from],
      [unit.id.name, unit.to],
    ]),
    ...topology.connectors.map((connector): [string, Names] => [connector.id.name, connector.writes]),
  ];
  for (const [owner, { refs }] of lists) {
    for (const ref of refs) {
      if (names.includes(ref.name)) continue;
      report(
        'UNKNOWN_TOPIC',
        ref,
        `${owner} names the topic ${ref.name}, which is not declared${didYouMean(ref.name, names)}`,
      );
    }
  }

  const read = namesIn(topology.units.map((unit) => unit.from));
  const written = namesIn([
    ...topology.units.map((unit) => unit.to),
    ...topology.connectors.map((connector) => connector.writes),
  ]);
  for (const { id, retention, fromRuntime, json } of topology.topics) {
    if (json !== undefined && durationMs(json.value) === undefined) {
      report('WRONG_TYPE', json, `${id.name}.json must be a time like 7d or 12h`);
    }
    if (!read.has(id.name)) report('TOPIC_UNREAD', id, `no stream or projection reads ${id.name}`);
    if (!written.has(id.name) && !fromRuntime) {
      report('TOPIC_UNWRITTEN', id, `no stream, projection or connector writes ${id.name}`);
    }
    if (retention.value !== 'forever' && retention.value !== '') {
      report(
        'HISTORY_CUT',
        retention,
        `${id.name} must be kept forever: a rebuild of what reads it needs all of it`,
      );
    }
    if (!code.topics.includes(id.name)) {
      const hint = didYouMean(id.name, code.topics);
      report('TOPIC_WITHOUT_CONSTANT', id, `${id.name} is not in schemas/topics.ts${hint}`);
    }
  }
  for (const constant of code.topics) {
    if (names.includes(constant)) continue;
    const hint = didYouMean(constant, names);
    report(
      'CONSTANT_WITHOUT_TOPIC',
      topology.sections.topics,
      `schemas/topics.ts has ${constant}, which is not declared here${hint}`,
    );
  }
}

function namesIn(lists: readonly Names[]): Set<string> {
  return new Set(lists.flatMap(({ refs }) => refs.map((ref) => ref.name)));
}
