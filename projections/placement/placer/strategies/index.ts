/** The strategies there are. */
import { BadInput } from '../../../../streams/runtime/errors.ts';
import type { Strategy } from '../strategy.ts';
import { denseStrategy } from './dense.ts';
import { firstStrategy, packStrategy, spreadStrategy } from './one-by-one.ts';

/** By name. */
export const strategies: ReadonlyMap<string, Strategy> = new Map(
  [denseStrategy, firstStrategy, spreadStrategy, packStrategy].map((strategy) => [strategy.name, strategy]),
);

/** The strategy of this name; BadInput UNKNOWN_STRATEGY names those that are known. */
export function strategyNamed(name: string, known: ReadonlyMap<string, Strategy> = strategies): Strategy {
  const found = known.get(name);
  if (found !== undefined) return found;
  throw new BadInput({
    code: 'UNKNOWN_STRATEGY',
    message: `there is no strategy "${name}"; use one of ${[...known.keys()].join(', ')}`,
  });
}
