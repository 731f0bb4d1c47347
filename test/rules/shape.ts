/** Sizes, places and names of files. */
import type { Breach, Files } from './repository.ts';

const contexts = [
  ...['intake', 'usage', 'recommendation', 'placement', 'observation', 'media', 'energy', 'hosts'],
  'operations',
];
const folders: Readonly<Record<string, readonly string[] | undefined>> = {
  schemas: [...contexts, 'codec', 'generated', 'history'],
  streams: [...contexts, 'runtime'],
  projections: [...contexts, 'runtime'],
  connectors: [
    ...[
      'kafka',
      'registry',
      'platform',
      'postgres',
      'blobs',
      'archive',
      'csv',
      'kubernetes',
      'eventstoredb',
      'prometheus',
      'rbac',
    ],
    ...['transfer', 'http', 'cli'],
  ],
  test: [
    ...['schemas', 'streams', 'projections', 'connectors'],
    ...['rules', 'support', 'fixtures', 'conformance', 'e2e', 'bench', 'chaos'],
  ],
  '.ci': [],
};

/** Folders that the house does not have. */
export function strangeFolders(files: Files): Breach[] {
  return [...files.keys()].flatMap((file) => {
    const [top, second, ...rest] = file.split('/') as [string, ...string[]];
    if (second === undefined) return [];
    const known = folders[top];
    if (known === undefined) return [{ file, message: `${top}/ is no folder of the house` }];
    if (rest.length === 0 || known.includes(second)) return [];
    return [
      { file, message: `${top}/${second}/ is no folder of the house: contexts are ${contexts.join(', ')}` },
    ];
  });
}

const SOURCE_LINES = 400;
const TEST_LINES = 500;
/** Half of the files are no longer than this. */
export const MEDIAN_LINES = 120;

function isSource(file: string): boolean {
  return /\.(ts|mjs|js|css|html)$/.test(file) && !file.startsWith('schemas/generated/');
}

function linesOf(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** Files that are too long to be one idea. */
export function longFiles(files: Files): Breach[] {
  return [...files].flatMap(([file, text]) => {
    const most = file.startsWith('test/') ? TEST_LINES : SOURCE_LINES;
    const lines = linesOf(text);
    if (!isSource(file) || lines <= most) return [];
    return [{ file, message: `has ${lines} lines, more than ${most}: it holds more than one idea` }];
  });
}

/** The median length of source files, tests left out. */
export function medianLength(files: Files): number {
  const lengths = [...files]
    .filter(([file]) => isSource(file) && !file.startsWith('test/'))
    .map(([, text]) => linesOf(text))
    .sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

/** Somebody's own folders: what names them works on one machine. */
const machinePath =
  /(?<![\w.)*-])(?:\/(?:work|home|Users|mnt|media|private)\/[\w.-]+\/|[A-Z]:\\Users\\)[\w./\\-]*/;

/** Files that name a path of one machine, and a lock file that names where packages came from. */
export function machinePaths(files: Files): Breach[] {
  return [...files].flatMap(([file, text]) => {
    if (file === 'package-lock.json') {
      const host = /"resolved": "https?:[^"]*"/.exec(text)?.[0];
      return host === undefined ? [] : [{ file, message: `names a host: ${host}` }];
    }
    const found = machinePath.exec(text)?.[0];
    return found === undefined ? [] : [{ file, message: `names a path of one machine: ${found}` }];
  });
}
