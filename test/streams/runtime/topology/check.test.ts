import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTopology } from '../../../../streams/runtime/topology/check.ts';
import { didYouMean, editDistance, formatProblem } from '../../../../streams/runtime/topology/problems.ts';
import type { Code } from '../../../../streams/runtime/topology/code.ts';
import { careless, sales, schema } from './sales.ts';

const here = import.meta.dirname;
const sound = readFileSync(join(here, 'sound.yaml'), 'utf8');
const broken = readdirSync(join(here, 'broken')).filter((file) => file.endsWith('.yaml'));

function messages(text: string, code = sales, file?: string): string {
  return checkTopology(text, code, file).map(formatProblem).join('\n');
}

/** Codes that are not of a broken file but of broken code, and those of files. */
const source = readFileSync(join(here, '../../../../streams/runtime/topology/problems.ts'), 'utf8');
const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map((match) => match[1]!);

describe('check', () => {
  it('finds nothing in a sound topology', () => {
    expect(messages(sound)).toBe('');
  });

  it.each(broken)('broken/%s: says where, what and what was meant', async (file) => {
    const text = readFileSync(join(here, 'broken', file), 'utf8');
    const shown = messages(text, sales, file);
    expect(shown).not.toBe('');
    await expect(`${shown}\n`).toMatchFileSnapshot(join(here, 'broken', file.replace('.yaml', '.txt')));
  });

  it('finds slips in the code', async () => {
    await expect(`${messages(sound, careless)}\n`).toMatchFileSnapshot(join(here, 'broken', 'code.txt'));
  });

  it('has an example of every problem', () => {
    const shown = readdirSync(join(here, 'broken'))
      .filter((file) => file.endsWith('.txt'))
      .map((file) => readFileSync(join(here, 'broken', file), 'utf8'))
      .join('');
    expect(codes.length).toBeGreaterThan(25);
    expect(codes.filter((code) => !shown.includes(` ${code} `))).toEqual([]);
  });

  it('answers any text with problems, never with an exception', () => {
    const lines = sound.split('\n');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(lines.length - 1), fc.string()), { minLength: 1, maxLength: 4 }),
        (edits) => {
          const text = [...lines];
          for (const [at, line] of edits) text[at] = line;
          checkTopology(text.join('\n'), sales);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes well under a second', () => {
    const started = performance.now();
    messages(sound);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('a topic for every partition', () => {
  const prices = (partitions: number): string =>
    `  prices:\n    about: Prices.\n    key: every partition\n    partitions: ${partitions}\n    retention: forever\n    events: [PriceSet]\n`;
  const listed = (partitions: number, writer: 'http' | 'customers'): string =>
    sound
      .replace('\nstreams:', `${prices(partitions)}\nstreams:`)
      .replace('from: [orders, refusals]\n    emits: []', 'from: [orders, refusals, prices]\n    emits: []')
      .replace('emits: []', writer === 'customers' ? 'emits: [prices]\n    cycle: It ends.' : 'emits: []')
      .replace('writes: [orders]', writer === 'http' ? 'writes: [orders, prices]' : 'writes: [orders]');
  const code = (emits: readonly string[]): Code => ({
    ...sales,
    projections: [{ ...sales.projections[0]!, from: ['orders', 'refusals', 'prices'], emits }],
    eventSchemas: { ...sales.eventSchemas, PriceSet: schema('PriceSet') },
    topics: [...sales.topics, 'prices'],
  });

  it('may be an input beside topics of any key', () => {
    expect(messages(listed(2, 'http'), code([]))).toBe('');
    expect(messages(listed(2, 'customers'), code(['prices']))).toBe('');
  });

  it('has as many partitions as the others, read or written', () => {
    expect(messages(listed(3, 'http'), code([]))).toMatch(
      /NOT_COPARTITIONED customers reads orders with 2 partitions and prices with 3$/,
    );
    expect(messages(listed(3, 'customers'), code(['prices']))).toMatch(
      /NOT_COPARTITIONED customers reads orders with 2 partitions and writes to every partition of prices with 3$/,
    );
  });
});

describe('did you mean', () => {
  it('counts a swap of neighbours as one slip', () => {
    expect(editDistance('intkae', 'intake')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('names the nearest, and nothing far away', () => {
    expect(didYouMean('recomendations', ['usage', 'recommendations'])).toBe(
      ' (did you mean recommendations?)',
    );
    expect(didYouMean('energy', ['usage', 'intake'])).toBe('');
    expect(didYouMean('x', ['ab', 'cd'])).toBe('');
  });
});
