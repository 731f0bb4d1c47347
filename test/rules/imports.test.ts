import { describe, expect, it } from 'vitest';
import { circles, strayPackages, wrongDirections } from './imports.ts';
import { readRepository, shown } from './repository.ts';

const repository = readRepository();

/** A file set with one file that imports each of these. */
function planted(file: string, ...targets: string[]): Map<string, string> {
  return new Map([[file, targets.map((target) => `import x from '${target}';`).join('\n')]]);
}

describe('import directions', () => {
  it('are kept', () => {
    expect(repository.size).toBeGreaterThan(100);
    expect(shown(wrongDirections(repository))).toEqual([]);
  });

  it.each([
    ['schemas/keys.ts', '../streams/runtime/errors.ts'],
    ['streams/usage/pack.ts', '../intake/identity.ts'],
    ['streams/usage/read.stream.ts', '../intake/open-uploads.stream.ts'],
    ['streams/usage/read.stream.ts', './other.stream.ts'],
    ['streams/usage/pack.ts', '../runtime/run/worker.ts'],
    ['streams/usage/pack.ts', '../../connectors/csv/read.ts'],
    ['streams/runtime/define.ts', '../../projections/runtime/define.ts'],
    ['streams/runtime/define.ts', '../usage/pack.ts'],
    ['projections/usage/fold.ts', '../intake/tables.ts'],
    ['projections/usage/fold.ts', '../runtime/rebuild.ts'],
    ['projections/usage/x.projection.ts', '../../streams/usage/read.stream.ts'],
    ['projections/runtime/apply.ts', '../../connectors/postgres/rows.ts'],
    ['connectors/csv/read.ts', '../archive/reader.ts'],
    ['connectors/csv/read.ts', '../../streams/runtime/run/worker.ts'],
    ['connectors/csv/read.ts', '../../projections/usage/tables.ts'],
    ['connectors/http/routes/usage/x.ts', '../../../../projections/usage/x.projection.ts'],
    ['connectors/http/server.ts', '../cli/main.ts'],
    ['connectors/define.ts', './cli/main.ts'],
    ['connectors/csv/read.ts', '../../test/support/tar.ts'],
  ])('%s must not import %s', (file, target) => {
    expect(wrongDirections(planted(file, target))).toHaveLength(1);
  });

  it('let through what the architecture has', () => {
    expect(
      wrongDirections(planted('streams/usage/x.stream.ts', '../runtime/define.ts', './pack.ts')),
    ).toEqual([]);
    expect(
      wrongDirections(planted('projections/runtime/apply.ts', '../../streams/runtime/units.ts')),
    ).toEqual([]);
    expect(
      wrongDirections(planted('connectors/http/routes/usage/x.ts', '../../../../projections/usage/y.ts')),
    ).toEqual([]);
    expect(wrongDirections(planted('connectors/cli/units.ts', '../../streams/usage/x.stream.ts'))).toEqual(
      [],
    );
  });

  it('sees exports, dynamic imports and types, and not what stands in a comment', () => {
    const hidden = new Map([
      ['schemas/a.ts', "export { x } from '../streams/a.ts';"],
      ['schemas/b.ts', "const x = await import('../streams/a.ts');"],
      ['schemas/c.ts', "import type {\n  X,\n} from '../streams/a.ts';"],
      ['schemas/d.ts', "// import x from '../streams/a.ts';"],
    ]);
    expect(wrongDirections(hidden).map(({ file }) => file)).toEqual([
      'schemas/a.ts',
      'schemas/b.ts',
      'schemas/c.ts',
    ]);
  });
});

describe('circles', () => {
  it('there are none', () => {
    expect(shown(circles(repository))).toEqual([]);
  });

  it('a planted one is found', () => {
    const files = new Map([
      ['a.ts', "import './b.ts';"],
      ['b.ts', "import './c.ts';"],
      ['c.ts', "import './b.ts';"],
    ]);
    expect(shown(circles(files))).toEqual(['b.ts: b.ts → c.ts → b.ts']);
  });
});

describe('packages', () => {
  it('stay in their folder', () => {
    expect(shown(strayPackages(repository))).toEqual([]);
  });

  it.each([
    'pg',
    'pg-copy-streams',
    'kafkajs',
    '@aws-sdk/client-s3',
    'csv-parse/sync',
    'avsc',
    'fastify',
    'yaml',
  ])('a planted %s is found', (name) => {
    expect(strayPackages(planted('connectors/define.ts', name))).toHaveLength(1);
  });
});
