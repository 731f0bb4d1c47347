/** Checks topology.yaml against itself and against the code: offline, all problems at once. */
import { checkEvents } from './check-events.ts';
import { checkTopics } from './check-topics.ts';
import { checkUnits } from './check-units.ts';
import type { Code } from './code.ts';
import { loadTopology } from './load.ts';
import type { Topology } from './model.ts';
import { type Problem, type Report, didYouMean, inOrder } from './problems.ts';

/** Everything that is wrong, in the order of the file; empty: the topology and the code say the same. */
export function checkTopology(text: string, code: Code, file = 'topology.yaml'): Problem[] {
  const { topology, problems: found } = loadTopology(text, file);
  const problems = [...found];
  // what is not seen behind a slip in the syntax would be reported as missing
  const syntax = problems.filter((problem) => problem.code === 'TOPOLOGY_SYNTAX');
  if (syntax.length > 0) return inOrder(syntax);
  const report: Report = (problem, { line, column }, message) => {
    problems.push({ code: problem, file, line, column, message });
  };
  checkTopics(topology, code, report);
  checkEvents(topology, code, report, (schema, message) => {
    problems.push({ code: 'SCHEMA_WITHOUT_DOC', file: schema, line: 1, column: 1, message });
  });
  checkUnits(topology, code, report);
  checkConnectors(topology, code, report);
  return inOrder(problems);
}

function checkConnectors(topology: Topology, code: Code, report: Report): void {
  const names = topology.connectors.map((connector) => connector.id.name);
  for (const { id } of topology.connectors) {
    if (code.files.some((path) => path.startsWith(`connectors/${id.name}/`))) continue;
    report('CONNECTOR_WITHOUT_FOLDER', id, `there is no connectors/${id.name}/`);
  }
  const prefixes = new Map<string, string>();
  for (const { id, connector, prefix } of topology.mounts) {
    if (connector.name !== '' && !names.includes(connector.name)) {
      const hint = didYouMean(connector.name, names);
      report('UNKNOWN_CONNECTOR', connector, `there is no connector ${connector.name}${hint}`);
    }
    const other = prefixes.get(prefix.value);
    if (other !== undefined) {
      report(
        'MOUNT_COLLIDES',
        prefix,
        `${id.name} has the prefix of ${other}, ${prefix.value}: they would answer for each other`,
      );
    }
    prefixes.set(prefix.value, id.name);
  }
}
