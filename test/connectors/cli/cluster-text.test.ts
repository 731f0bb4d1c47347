import { describe, expect, it } from 'vitest';
import { useBar } from '../../../connectors/cli/cluster-text.ts';
import { inParts } from '../../../connectors/cli/cluster-wishes.ts';

describe('bars', () => {
  it.each([
    [0, 100, '░░░░░░░░░░'],
    [1, 100, '█░░░░░░░░░'],
    [59, 100, '█████░░░░░'],
    [99, 100, '█████████░'],
    [100, 100, '██████████'],
    [150, 100, '██████████'],
    [0, 0, '░░░░░░░░░░'],
    [1, 0, '██████████'],
  ])('%i of %i is %s', (used, capacity, bar) => {
    expect(useBar(used, capacity)).toBe(bar);
  });
});

describe('parts of a wish', () => {
  it('hold as much as fits, in order, and never nothing', () => {
    const things = ['a', 'b', 'cccccccccccccccccccccc', 'd'];
    expect(inParts(things, 9)).toEqual([['a', 'b'], ['cccccccccccccccccccccc'], ['d']]);
    expect(inParts([], 9)).toEqual([]);
  });
});
