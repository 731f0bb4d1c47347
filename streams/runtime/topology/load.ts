/** Reads topology.yaml: syntax, keys and types; what the names mean is checked by check.ts. */
import { LineCounter, type Node, parseDocument } from 'yaml';
import { Entry, type Field, type Shape, type Source, pairsOf } from './fields.ts';
import { type Ref, type Section, type Topology, type UnitEntry, sections } from './model.ts';
import { type At, type Problem, type Report, didYouMean } from './problems.ts';

/** What was read, as far as it could be, and everything that is wrong with it. */
export interface Loaded {
  readonly topology: Topology;
  readonly problems: readonly Problem[];
}

const shapes: Readonly<Record<Section, Shape>> = {
  topics: {
    ...{ about: 'text', key: 'text', partitions: 'count', retention: 'text', events: 'names' },
    json: 'text?',
    'from-runtime': 'flag?',
  },
  streams: { context: 'text', about: 'text', from: 'names', to: 'names', cycle: 'text?' },
  projections: {
    ...{ context: 'text', about: 'text', from: 'names', emits: 'names', tables: 'names' },
    cycle: 'text?',
  },
  connectors: { about: 'text', writes: 'names?', units: 'names?' },
  mounts: { about: 'text', connector: 'text', prefix: 'text' },
};

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const start: At = { line: 1, column: 1 };

/** Reads the text of a topology; `file` is shown in problems. */
export function loadTopology(text: string, file = 'topology.yaml'): Loaded {
  const problems: Problem[] = [];
  const report: Report = (code, { line, column }, message) => {
    problems.push({ code, file, line, column, message });
  };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const source: Source = { document, lines, report };
  for (const error of [...document.errors, ...document.warnings]) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    report(
      'TOPOLOGY_SYNTAX',
      { line, column: col },
      error.message.split('\n', 1)[0]!.replace(/ at line .*$/, ''),
    );
  }
  const top = pairsOf(source, document.contents as Node | null, start, 'the topology');
  for (const [key, { at }] of top) {
    if (sections.some((section) => section === key)) continue;
    report(
      'UNKNOWN_KEY',
      at,
      `${key} is no section${didYouMean(key, sections)}; sections: ${sections.join(', ')}`,
    );
  }
  for (const section of sections) {
    if (!top.has(section)) report('MISSING_KEY', start, `there is no section ${section}`);
  }

  function read<T>(section: Section, make: (id: Ref, entry: Entry) => T): T[] {
    const field: Field = top.get(section) ?? { at: start, node: null };
    return [...pairsOf(source, field.node, field.at, section)].map(([name, inner]) => {
      const id: Ref = { name, ...inner.at };
      if (!kebab.test(name)) report('BAD_ID', id, `${name} is not kebab-case (lower case, digits, -)`);
      return make(id, new Entry(source, id, inner, shapes[section]));
    });
  }
  function unit(kind: UnitEntry['kind'], output: string) {
    return (id: Ref, entry: Entry): UnitEntry => ({
      kind,
      id,
      context: entry.text('context').value,
      about: entry.text('about').value,
      from: entry.names('from'),
      to: entry.names(output),
      tables: entry.names('tables'),
      ...(entry.has('cycle') && { cycle: entry.text('cycle') }),
    });
  }

  const topology: Topology = {
    topics: read('topics', (id, entry) => ({
      id,
      about: entry.text('about').value,
      key: entry.text('key'),
      partitions: entry.count('partitions'),
      retention: entry.text('retention'),
      events: entry.names('events'),
      ...(entry.has('json') && { json: entry.text('json') }),
      fromRuntime: entry.flag('from-runtime'),
    })),
    units: [...read('streams', unit('stream', 'to')), ...read('projections', unit('projection', 'emits'))],
    connectors: read('connectors', (id, entry) => ({
      id,
      about: entry.text('about').value,
      writes: entry.names('writes'),
      units: entry.names('units'),
    })),
    mounts: read('mounts', (id, entry) => {
      const { value: name, line, column } = entry.text('connector');
      return {
        id,
        about: entry.text('about').value,
        connector: { name, line, column },
        prefix: entry.text('prefix'),
      };
    }),
    sections: Object.fromEntries(sections.map((name) => [name, top.get(name)?.at ?? start])) as Record<
      Section,
      At
    >,
  };
  return { topology, problems };
}
