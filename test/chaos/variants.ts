/** Other versions of our code, for rolling upgrades and for redriving: `newer:<projection>` and `buggy:<unit>`. */
import { units } from '../../connectors/cli/units.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';

/** The units of a variant; absent: as they are. */
export function codeVariant(variant: string | undefined): Units {
  const [kind, id] = (variant ?? '').split(':');
  if (kind === 'newer') return newer(id!);
  if (kind === 'buggy') return buggy(id!);
  return units;
}

/** A projection one version on: same tables, so that both can be compared with one clean replay. */
function newer(id: string): Units {
  return {
    streams: units.streams,
    projections: units.projections.map((projection) =>
      projection.id === id ? { ...projection, version: projection.version + 1 } : projection,
    ),
  };
}

/** A unit that throws on whatever it reads. */
function buggy(id: string): Units {
  const fail = (): never => {
    throw new Error('a defect of this version');
  };
  const failing = (handlers: object): Record<string, () => never> =>
    Object.fromEntries(Object.keys(handlers).map((type) => [type, fail]));
  return {
    streams: units.streams.map((stream) =>
      stream.id === id ? { ...stream, on: failing(stream.on) } : stream,
    ),
    projections: units.projections.map((projection) =>
      projection.id === id
        ? { ...projection, fold: { ...projection.fold, ContainerUsageReported: fail } }
        : projection,
    ),
  };
}
