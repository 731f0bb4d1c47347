/** Planted defects by name; each is a small patch around the real parts, never in them. */
import type { App } from '../../../connectors/cli/app.ts';
import type { Units } from '../../../projections/runtime/pipeline.ts';

/** An app and its units, perhaps with a defect. */
export interface Planted {
  readonly app: App;
  readonly units: Units;
}

/** Plants a defect; without a name nothing is changed. */
export function planted(name: string | undefined, app: App, units: Units): Planted {
  if (name === undefined) return { app, units };
  throw new Error(`there is no defect ${name}`);
}
