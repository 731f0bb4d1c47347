/** What must change in a live system so that it is as topology.yaml and the schemas say. Pure: nothing is asked or done here. */
import type { LiveState, Wanted } from './live.ts';
import { planSchemas } from './plan-schemas.ts';
import { planTopics } from './plan-topics.ts';
import type { Note, Step } from './steps.ts';

/** The steps: refusals first, then the changes in the order in which they are made, then notes. */
export function planChanges(wanted: Wanted, live: LiveState): Step[] {
  const steps: Step[] = [...planBucket(live), ...planTopics(wanted, live), ...planSchemas(wanted, live)];
  steps.push(...groupNotes(wanted, live));
  const rank = (step: Step): number => (step.kind === 'refuse' ? 0 : step.kind === 'note' ? 2 : 1);
  return steps.toSorted((a, b) => rank(a) - rank(b));
}

function planBucket({ bucket }: LiveState): Step[] {
  if (bucket === undefined || bucket.present) return [];
  return [
    {
      kind: 'create-bucket',
      target: bucket.name,
      from: null,
      to: 'an empty bucket',
      why: 'uploads are kept in it',
    },
  ];
}

function groupNotes({ groupPrefix, units }: Wanted, { groups }: LiveState): Note[] {
  const known = new Set(units.map((unit) => `${groupPrefix}.${unit}`));
  return groups
    .filter((group) => group.startsWith(`${groupPrefix}.`) && !known.has(group))
    .toSorted()
    .map((group) => ({
      kind: 'note',
      code: 'GROUP_WITHOUT_UNIT',
      target: group,
      from: group,
      to: null,
      why: `no unit has this name; once no older version runs: kafka-consumer-groups --delete --group ${group}`,
    }));
}
