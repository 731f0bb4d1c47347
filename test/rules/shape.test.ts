import { describe, expect, it } from 'vitest';
import { eventSchemas } from '../../schemas/generated/events.ts';
import { withoutDoc } from '../../streams/runtime/topology/check-events.ts';
import { readRepository, shown } from './repository.ts';
import { MEDIAN_LINES, longFiles, machinePaths, medianLength, strangeFolders } from './shape.ts';

const repository = readRepository();

describe('folders', () => {
  it('are those of the house', () => {
    expect(shown(strangeFolders(repository))).toEqual([]);
  });

  it.each([
    'lib/x.ts',
    'streams/utils/x.ts',
    'connectors/mysql/x.ts',
    'schemas/common/X.avsc',
    'test/misc/x.ts',
  ])('a planted %s is found', (file) => {
    expect(strangeFolders(new Map([[file, '']]))).toHaveLength(1);
  });

  it('files may stand in a known folder', () => {
    expect(
      strangeFolders(
        new Map([
          ['schemas/keys.ts', ''],
          ['README.md', ''],
        ]),
      ),
    ).toEqual([]);
  });
});

describe('lengths', () => {
  it('are those of one idea', () => {
    expect(shown(longFiles(repository))).toEqual([]);
    expect(medianLength(repository)).toBeLessThanOrEqual(MEDIAN_LINES);
  });

  it('planted long files are found', () => {
    const long = new Map([
      ['streams/usage/a.ts', 'x\n'.repeat(401)],
      ['streams/usage/b.ts', 'x\n'.repeat(400)],
      ['test/streams/c.test.ts', 'x\n'.repeat(500)],
      ['test/streams/d.test.ts', 'x\n'.repeat(501)],
      ['schemas/generated/events.ts', 'x\n'.repeat(2_000)],
    ]);
    expect(longFiles(long).map(({ file }) => file)).toEqual(['streams/usage/a.ts', 'test/streams/d.test.ts']);
  });
});

describe('paths of one machine', () => {
  it('are named nowhere', () => {
    expect(shown(machinePaths(repository))).toEqual([]);
  });

  // put together here, so that this file is clean itself
  it.each([
    ['', 'work', 'main', 'x.ts'],
    ['', 'home', 'ada', 'x'],
    ['see ', 'Users', 'ada', 'x'],
  ])('a planted one is found: %s %s %s', (...parts) => {
    expect(machinePaths(new Map([['a.md', `see ${parts.join('/')} for more`]]))).toHaveLength(1);
  });

  it('addresses and relative paths are none', () => {
    const fine =
      'https://example.org/home/ada/x ./work/main/x run/worker.ts key/home/a/b /api/ros/v1/workloads';
    expect(machinePaths(new Map([['a.md', fine]]))).toEqual([]);
  });

  it('a lock file with a host is found', () => {
    const lock = '{ "resolved": "https://packages.example.org/x.tgz" }';
    expect(machinePaths(new Map([['package-lock.json', lock]]))).toHaveLength(1);
  });
});

describe('schemas', () => {
  it('have a doc on every record and field', () => {
    const silent = Object.values(eventSchemas).flatMap(({ avro }) => withoutDoc(JSON.parse(avro)));
    expect(silent).toEqual([]);
  });

  it('a planted field without doc is found, also deep inside', () => {
    const inner = { type: 'record', name: 'B', doc: 'b', fields: [{ name: 'c', type: 'int' }] };
    const fields = [{ name: 'b', doc: 'b', type: ['null', { type: 'array', items: inner }] }];
    expect(withoutDoc({ type: 'record', name: 'A', doc: 'a', fields })).toEqual(['B.c']);
  });
});
