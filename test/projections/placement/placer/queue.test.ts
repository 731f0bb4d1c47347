import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queued } from '../../../../projections/placement/placer/queue.ts';
import { service } from '../../../support/clusters.ts';

const sensitive = Array.from({ length: 5 }, (_, i) => service(`s${i}`, { sensitivity: 1 }));
const normal = Array.from({ length: 5 }, (_, i) => service(`n${i}`));

describe('the queue', () => {
  it('serves three with priority, then one without, and nobody waits for ever', () => {
    const order = queued([...normal, ...sensitive], { priority: 1, balance: 3 });
    expect(order.map(({ id }) => id.slice(0, 1)).join('')).toBe('sssnssnnnn');
  });

  it('serves the larger first, of equal ones the one that came first', () => {
    const services = [service('b', { cpu: 1 }), service('a', { cpu: 1 }), service('c', { cpu: 2 })];
    const ids = (priority: 0 | 1 | 2) => queued(services, { priority, balance: 3 }).map(({ id }) => id);
    expect(ids(0)).toEqual(['c', 'b', 'a']);
    const memory = [
      service('x', { cpu: 9, memory: 1, sensitivity: 2 }),
      service('y', { cpu: 1, memory: 9, sensitivity: 3 }),
    ];
    expect(queued(memory, { priority: 2, balance: 1 }).map(({ id }) => id)).toEqual(['y', 'x']);
    expect(queued(memory, { priority: 1, balance: 1 }).map(({ id }) => id)).toEqual(['y', 'x']);
  });

  it('has every service once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 2, 3), { maxLength: 30 }),
        fc.constantFrom(0, 1, 2),
        fc.integer({ min: 1, max: 5 }),
        (kinds, priority, balance) => {
          const services = kinds.map((sensitivity, i) =>
            service(`s${i}`, { sensitivity: sensitivity as 0 | 1 | 2 | 3 }),
          );
          const order = queued(services, { priority: priority as 0 | 1 | 2, balance });
          expect(new Set(order.map(({ id }) => id)).size).toBe(services.length);
          expect(order).toHaveLength(services.length);
        },
      ),
    );
  });
});
