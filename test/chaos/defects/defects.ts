/** All planted defects. */
import type { App } from '../../../connectors/cli/app.ts';
import type { Units } from '../../../projections/runtime/pipeline.ts';
import { scheduleOf } from '../schedule.ts';
import type { Schedule } from '../schedule.ts';
import { dedupeOff, fencingOff, redriveDropped } from './owners.ts';
import type { Defect, Planted } from './plant.ts';
import { highWaterMark, wrongSchemaId } from './relaying.ts';
import { decidesAgain, swapEarly } from './replaying.ts';
import {
  commitBeforeApply,
  markNotStored,
  publishedBeforeCommit,
  tailLost,
  twoWriters,
} from './transactions.ts';

/** Each must be found, and its schedule must be clean without it. */
export const defects: readonly Defect[] = [
  commitBeforeApply,
  dedupeOff,
  fencingOff,
  twoWriters,
  publishedBeforeCommit,
  highWaterMark,
  markNotStored,
  tailLost,
  wrongSchemaId,
  swapEarly,
  decidesAgain,
  redriveDropped,
];

/** The uploads of a seed that has repeated, rejected and superseded rows, with the faults of a defect. */
export function scheduleFor(defect: Defect): Schedule {
  return { ...scheduleOf(SEED), faults: defect.faults };
}

/** Any seed with enough uploads would do. */
const SEED = 4;

/** Plants a defect by name; without a name nothing is changed. */
export function planted(name: string | undefined, app: App, units: Units): Planted {
  if (name === undefined) return { app, units };
  const defect = defects.find((one) => one.name === name);
  if (defect === undefined) throw new Error(`there is no defect ${name}`);
  return defect.plant({ app, units });
}
