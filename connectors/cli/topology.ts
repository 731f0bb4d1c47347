/** The system as the dashboard draws it, from topology.yaml. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventSchemas } from '../../schemas/generated/events.ts';
import type { EventName } from '../../schemas/generated/events.ts';
import { drawTopology } from '../../streams/runtime/topology/draw.ts';
import { loadTopology } from '../../streams/runtime/topology/load.ts';
import { packageRoot } from '../define.ts';
import type { Topology } from '../http/deps.ts';

/** The topic of each event in Kafka, by the full name of its schema. */
export async function topicsOfEvents(topicPrefix = ''): Promise<ReadonlyMap<string, string>> {
  const { topology } = loadTopology(await readFile(join(packageRoot(), 'topology.yaml'), 'utf8'));
  return new Map(
    topology.topics.flatMap(({ id, events }) =>
      events.refs.map(
        ({ name }) => [eventSchemas[name as EventName].fullName, topicPrefix + id.name] as const,
      ),
    ),
  );
}

/** Topics, units and tables, with what each is about. */
export async function readTopology(): Promise<Topology> {
  const { topology } = loadTopology(await readFile(join(packageRoot(), 'topology.yaml'), 'utf8'));
  return {
    mermaid: drawTopology(topology),
    units: topology.units.map((unit) => ({
      id: unit.id.name,
      kind: unit.kind,
      about: unit.about,
      from: unit.from.refs.map(({ name }) => name),
      to: unit.to.refs.map(({ name }) => name),
      tables: unit.tables.refs.map(({ name }) => name),
    })),
    topics: topology.topics.map(({ id, about, partitions }) => ({
      name: id.name,
      about,
      partitions: partitions.value,
    })),
  };
}
