/** Finds units whose output comes back to them. */
import type { Topology, UnitEntry } from './model.ts';

/** Units that lie on a cycle, with the first of their output topics that leads back. */
export function unitsOnCycles(topology: Topology): Map<UnitEntry, string> {
  const cycles = new Map<UnitEntry, string>();
  for (const unit of topology.units) {
    const inputs = unit.from.refs.map((ref) => ref.name);
    const back = unit.to.refs.find((ref) => {
      const reached = reachable(topology, ref.name);
      return inputs.some((input) => reached.has(input));
    });
    if (back !== undefined) cycles.set(unit, back.name);
  }
  return cycles;
}

/** The topic and all that units make of it. */
function reachable(topology: Topology, topic: string): Set<string> {
  const reached = new Set([topic]);
  // a set grows while it is walked: what is added is visited, too
  for (const next of reached) {
    for (const unit of topology.units) {
      if (!unit.from.refs.some((ref) => ref.name === next)) continue;
      for (const ref of unit.to.refs) reached.add(ref.name);
    }
  }
  return reached;
}
