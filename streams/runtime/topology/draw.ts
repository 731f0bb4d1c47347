/** Draws the topology as a Mermaid flowchart and keeps the drawing in README.md fresh. */
import { BadInput } from '../errors.ts';
import type { Topology } from './model.ts';

const begin = '<!-- topology:begin -->';
const end = '<!-- topology:end -->';

/**
 * A Mermaid flowchart: topics as stadiums, streams as boxes, projections as double boxes, the tables of a projection
 * as one cylinder, connectors that write as hexagons.
 */
export function drawTopology(topology: Topology): string {
  const lines = ['flowchart LR'];
  for (const { id, writes } of topology.connectors) {
    if (writes.refs.length > 0) lines.push(`  ${node('c', id.name)}{{${id.name}}}`);
  }
  for (const { id } of topology.topics) lines.push(`  ${node('t', id.name)}([${id.name}])`);
  for (const { kind, id, tables } of topology.units) {
    lines.push(`  ${node('u', id.name)}${kind === 'stream' ? `[${id.name}]` : `[[${id.name}]]`}`);
    if (tables.refs.length > 0) {
      lines.push(`  ${node('d', id.name)}[(${tables.refs.map((ref) => ref.name).join('<br/>')})]`);
    }
  }
  for (const { id, writes } of topology.connectors) {
    for (const ref of writes.refs) lines.push(`  ${node('c', id.name)} --> ${node('t', ref.name)}`);
  }
  for (const { id, from, to, tables } of topology.units) {
    for (const ref of from.refs) lines.push(`  ${node('t', ref.name)} --> ${node('u', id.name)}`);
    for (const ref of to.refs) lines.push(`  ${node('u', id.name)} --> ${node('t', ref.name)}`);
    if (tables.refs.length > 0) lines.push(`  ${node('u', id.name)} -.-> ${node('d', id.name)}`);
  }
  return lines.join('\n');
}

/** Letters in front keep a topic, a unit and a connector of one name apart. */
function node(kind: 'c' | 't' | 'u' | 'd', name: string): string {
  return `${kind}_${name.replaceAll('-', '_')}`;
}

/** A README with the drawing between its markers, and whether it was fresh already. No markers: BadInput README_WITHOUT_MARKERS. */
export function drawInto(
  readme: string,
  topology: Topology,
): { readonly text: string; readonly fresh: boolean } {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) {
    throw new BadInput({
      code: 'README_WITHOUT_MARKERS',
      message: `README.md has no ${begin} followed by ${end}: add the two lines where the drawing belongs.`,
    });
  }
  const drawing = `${begin}\n\n\`\`\`mermaid\n${drawTopology(topology)}\n\`\`\`\n\n`;
  const text = readme.slice(0, from) + drawing + readme.slice(to);
  return { text, fresh: text === readme };
}
