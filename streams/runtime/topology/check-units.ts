/** Streams and projections: files, definitions and the file agree; inputs fit together; cycles and tables are meant. */
import { type Code, type UnitCode, unitCodes } from './code.ts';
import { unitsOnCycles } from './cycles.ts';
import { EVERY_PARTITION } from '../partitioner.ts';
import type { Names, Ref, Topology, TopicEntry, UnitEntry } from './model.ts';
import { type ProblemCode, type Report, didYouMean } from './problems.ts';

const unitFile = /^(streams|projections)\/([^/]+)\/([^/]+)\.(stream|projection)\.ts$/;

/** Reports everything about units. */
export function checkUnits(topology: Topology, code: Code, report: Report): void {
  const codes = unitCodes(code);
  checkIds(topology, code, report);
  for (const unit of topology.units) {
    const definition = codes.get(`${unit.kind} ${unit.id.name}`);
    if (definition === undefined) {
      const hint = didYouMean(unit.id.name, idsOf(codes, unit.kind));
      report(
        'ID_WITHOUT_CODE',
        unit.id,
        `no ${unit.kind} with the id ${unit.id.name} is in the program${hint}`,
      );
    } else {
      compare(unit, definition, topology, report);
    }
    checkCopartitioned(unit, topology, report);
  }
  checkTables(topology, codes, report);
  checkCycles(topology, report);
}

function checkIds(topology: Topology, code: Code, report: Report): void {
  const seen = new Map<string, UnitEntry>();
  const paths = new Set<string>();
  for (const unit of topology.units) {
    const { kind, id, context } = unit;
    // the id names the consumer group and the metrics of either kind
    if (seen.has(id.name))
      report('ID_DECLARED_TWICE', id, `${id.name} is a ${seen.get(id.name)!.kind} and a ${kind}`);
    seen.set(id.name, unit);
    const path = `${kind}s/${context}/${id.name}.${kind}.ts`;
    paths.add(path);
    if (code.files.includes(path)) continue;
    report('ID_WITHOUT_FILE', id, `there is no ${path}${hintFor(unit, code.files)}`);
  }
  for (const file of code.files) {
    const [, folder, context, id] = unitFile.exec(file) ?? [];
    if (folder === undefined || context === 'runtime' || paths.has(file)) continue;
    // an entry with another context was reported as an id without a file
    if (`${seen.get(id!)?.kind ?? ''}s` === folder) continue;
    const hint = didYouMean(id!, seen.keys());
    const at = topology.sections[folder as 'streams' | 'projections'];
    report('FILE_WITHOUT_ID', at, `${file} has no entry ${id!} here${hint}`);
  }
}

/** The context that has a file for the unit's id, or the nearest id of its kind. */
function hintFor({ kind, id }: UnitEntry, files: readonly string[]): string {
  const found = files.flatMap((file) => {
    const [, folder, context = '', other = ''] = unitFile.exec(file) ?? [];
    return folder === `${kind}s` ? [{ context, other }] : [];
  });
  const elsewhere = found.find(({ other }) => other === id.name);
  if (elsewhere !== undefined) return ` (did you mean context: ${elsewhere.context}?)`;
  return didYouMean(
    id.name,
    found.map(({ other }) => other),
  );
}

function compare(unit: UnitEntry, definition: UnitCode, topology: Topology, report: Report): void {
  const what = `the definition of ${unit.id.name}`;
  differ('FROM_DIFFERS', unit.from, definition.from, `${what} reads`, report);
  differ('TO_DIFFERS', unit.to, definition.to, `${what} writes`, report);
  if (unit.kind === 'projection') {
    differ('TABLES_DIFFER', unit.tables, Object.keys(definition.tables), `${what} has the tables`, report);
  }
  const carried = topology.topics
    .filter((topic) => definition.from.includes(topic.id.name))
    .flatMap((topic) => topic.events.refs.map((ref) => ref.name));
  for (const event of definition.handles) {
    if (carried.includes(event)) continue;
    report(
      'HANDLER_NEVER_CALLED',
      unit.from.at,
      `${what} handles ${event}, which none of its topics carries`,
    );
  }
}

function differ(
  code: ProblemCode,
  names: Names,
  actual: readonly string[],
  what: string,
  report: Report,
): void {
  const declared = names.refs.map((ref) => ref.name);
  let missing = actual.filter((name) => !declared.includes(name));
  for (const ref of names.refs.filter((name) => !actual.includes(name.name))) {
    const hint = didYouMean(ref.name, missing);
    // a name that was meant by another is not missing as well
    missing = missing.filter((name) => hint !== ` (did you mean ${name}?)`);
    report(code, ref, `the list here has ${ref.name}, but ${what} ${actual.join(', ') || 'none'}${hint}`);
  }
  if (missing.length > 0) report(code, names.at, `${what} ${missing.join(', ')}, which the list here lacks`);
}

function checkCopartitioned(unit: UnitEntry, topology: Topology, report: Report): void {
  const entryOf = (ref: Ref): { ref: Ref; topic: TopicEntry }[] =>
    topology.topics.filter((topic) => topic.id.name === ref.name).map((topic) => ({ ref, topic }));
  const inputs = unit.from.refs.flatMap(entryOf);
  const keyed = inputs.filter(({ topic }) => topic.key.value !== EVERY_PARTITION);
  for (const { ref, topic } of keyed.slice(1)) {
    const first = keyed[0]!.topic;
    // a key or count that could not be read was reported where it stands
    const keys = [first.key.value, topic.key.value];
    if (keys[0] === keys[1] || keys.includes('')) continue;
    report(
      'NOT_COPARTITIONED',
      ref,
      `${unit.id.name} reads ${first.id.name} by ${first.key.value} and ${topic.id.name} by ${topic.key.value}; a stream must re-key one of them`,
    );
  }
  // what is emitted for every partition is emitted for as many as the unit has
  const fannedOut = unit.to.refs.flatMap(entryOf).filter(({ topic }) => topic.key.value === EVERY_PARTITION);
  const others = [
    ...inputs.slice(1).map((input) => ({ ...input, verb: 'and' })),
    ...fannedOut.map((output) => ({ ...output, verb: 'and writes to every partition of' })),
  ];
  for (const { ref, topic, verb } of others) {
    const first = inputs[0]?.topic;
    const counts = [first?.partitions.value ?? 0, topic.partitions.value];
    if (counts[0] === counts[1] || counts.includes(0)) continue;
    report(
      'NOT_COPARTITIONED',
      ref,
      `${unit.id.name} reads ${first!.id.name} with ${counts[0]} partitions ${verb} ${topic.id.name} with ${counts[1]}`,
    );
  }
}

function checkTables(topology: Topology, codes: ReadonlyMap<string, UnitCode>, report: Report): void {
  const owners = new Map<string, string>();
  for (const unit of topology.units) {
    const tables = codes.get(`${unit.kind} ${unit.id.name}`)?.tables ?? {};
    for (const ref of unit.tables.refs) {
      const owner = owners.get(ref.name);
      if (owner !== undefined)
        report('TABLE_OWNED_TWICE', ref, `${ref.name} belongs to ${owner} and to ${unit.id.name}`);
      owners.set(ref.name, unit.id.name);
      const table = tables[ref.name];
      if (table === undefined) continue;
      const silent = Object.keys(table.columns).filter(
        (column) => table.columns[column]!.comment.trim() === '',
      );
      if (table.comment.trim() === '') silent.unshift('');
      for (const column of silent) {
        const name = column === '' ? ref.name : `${ref.name}.${column}`;
        report('TABLE_WITHOUT_COMMENT', ref, `${name} has no comment: say what one row or value is`);
      }
    }
  }
}

function checkCycles(topology: Topology, report: Report): void {
  const cycles = unitsOnCycles(topology);
  for (const unit of topology.units) {
    const back = cycles.get(unit);
    if (back !== undefined && unit.cycle === undefined) {
      report(
        'CYCLE_UNDECLARED',
        unit.to.at,
        `what ${unit.id.name} writes to ${back} comes back to it: add cycle: with the reason why this ends`,
      );
    }
    if (back === undefined && unit.cycle !== undefined) {
      report(
        'CYCLE_ABSENT',
        unit.cycle,
        `nothing that ${unit.id.name} writes comes back to it: remove cycle`,
      );
    }
  }
}

function idsOf(codes: ReadonlyMap<string, UnitCode>, kind: string): string[] {
  return [...codes.keys()]
    .filter((key) => key.startsWith(`${kind} `))
    .map((key) => key.slice(kind.length + 1));
}
