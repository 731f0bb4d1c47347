/** The system as the dashboard draws it, from the definitions. */
import { retryTopic } from '../../streams/runtime/run/inputs.ts';
import type { Topology } from '../http/deps.ts';
import type { App } from './app.ts';
import { units } from './units.ts';

/** What each topic is about. */
const about: Readonly<Record<string, string>> = {
  intake: 'Uploads and the reports in them, keyed by organisation.',
  rejections: 'Rows that were set aside, keyed by organisation.',
  usage: 'Usage of containers and namespaces, keyed by workload.',
  recommendations: 'Recommendations, keyed like usage.',
  'dead-letters': 'Records that units set aside, keyed by unit.',
};

/** Topics, units and tables; retry topics are left out. */
export async function topologyOf(app: App): Promise<Topology> {
  const retries = new Set([...units.streams, ...units.projections].map((unit) => retryTopic(unit.id)));
  const topics = (await app.log.topics()).filter((topic) => !retries.has(topic.name));
  const all: Topology['units'] = [
    ...units.streams.map((stream) => ({
      id: stream.id,
      kind: 'stream' as const,
      about: stream.about,
      from: stream.from,
      to: stream.to,
      tables: [],
    })),
    ...units.projections.map((projection) => ({
      id: projection.id,
      kind: 'projection' as const,
      about: projection.about,
      from: projection.from,
      to: projection.emits,
      tables: Object.keys(projection.tables),
    })),
  ];
  return {
    mermaid: mermaidOf(all),
    units: all,
    topics: topics.map(({ name, partitions }) => ({ name, partitions, about: about[name] ?? '' })),
  };
}

/** A Mermaid flowchart of topics, units and tables. */
export function mermaidOf(all: Topology['units']): string {
  const id = (name: string): string => name.replaceAll('-', '_');
  const lines = ['flowchart LR'];
  const topics = new Set(all.flatMap((unit) => [...unit.from, ...unit.to]));
  for (const topic of [...topics].sort()) lines.push(`  t_${id(topic)}([${topic}])`);
  for (const unit of all) {
    lines.push(
      unit.kind === 'stream' ? `  u_${id(unit.id)}[${unit.id}]` : `  u_${id(unit.id)}[[${unit.id}]]`,
    );
    for (const topic of unit.from) lines.push(`  t_${id(topic)} --> u_${id(unit.id)}`);
    for (const topic of unit.to) lines.push(`  u_${id(unit.id)} --> t_${id(topic)}`);
    for (const table of unit.tables) lines.push(`  u_${id(unit.id)} -.-> d_${id(table)}[(${table})]`);
  }
  return lines.join('\n');
}
