/** Defects of rebuilding. */
import type { App } from '../../../connectors/cli/app.ts';
import type { DeciderMeta, ProjectionDefinition } from '../../../projections/runtime/define.ts';
import type { PositionVector } from '../../../projections/runtime/ports.ts';
import type { EventName } from '../../../schemas/generated/events.ts';
import type { Defect } from './plant.ts';

const upgrades: Defect['faults'] = [
  { kind: 'upgrade', after: 6, projection: 'recommendations' },
  { kind: 'upgrade', after: 7, projection: 'uploads' },
];

/** Knows whether a rebuild is going on in this process. */
function watched(app: App, finishing: (positions: PositionVector) => PositionVector) {
  const state = { rebuilding: false };
  const { generations } = app;
  const changed: App = {
    ...app,
    generations: {
      live: (set) => generations.live(set),
      hashes: (...args) => generations.hashes(...args),
      create(set) {
        state.rebuilding = true;
        return generations.create(set);
      },
      async swap(set, generation, finish) {
        await generations.swap(set, generation, (positions) => finish(finishing(positions)));
        state.rebuilding = false;
      },
    },
  };
  return { state, app: changed };
}

/** Half of what there is, is enough. */
export const swapEarly: Defect = {
  name: 'swap-early',
  about: 'a rebuild goes live before it has caught up',
  faults: upgrades,
  plant({ app, units }) {
    const half = (positions: PositionVector): PositionVector =>
      new Map(
        [...positions].map(([partition, at]) => [
          partition,
          Object.fromEntries(Object.entries(at).map(([topic, offset]) => [topic, Math.floor(offset / 2)])),
        ]),
      );
    const { state, app: changed } = watched(app, half);
    const { store } = app.pipeline;
    return {
      units,
      app: {
        ...changed,
        pipeline: {
          ...app.pipeline,
          store: {
            claim: (...args) => store.claim(...args),
            transact: (...args) => store.transact(...args),
            async positions(unit) {
              const positions = await store.positions(unit);
              return state.rebuilding && !unit.includes('#') ? half(positions) : positions;
            },
          },
        },
      },
    };
  },
};

type Handler = (rows: never, event: never, meta: DeciderMeta) => void;
type Handlers = Readonly<Partial<Record<EventName, Handler>>>;

/** A rebuild decides by itself, and passes over what was decided. */
export const decidesAgain: Defect = {
  name: 'decides-again',
  about: 'a replay takes decisions again instead of folding those that were recorded',
  faults: upgrades,
  plant({ app, units }) {
    const { state, app: changed } = watched(app, (positions) => positions);
    const deciding = (projection: ProjectionDefinition): ProjectionDefinition => {
      const recorded = projection.fold as Handlers;
      const decide = projection.decide as Handlers;
      const fold = Object.fromEntries(
        Object.entries(recorded).map(([type, handler]) => [
          type,
          (rows: never, event: never, meta: DeciderMeta) => {
            const own = meta.headers['origin']?.startsWith(`${projection.id}/`) === true;
            if (state.rebuilding && own) return;
            handler(rows, event, meta);
            if (!state.rebuilding) return;
            const emit = (emission: { readonly type: EventName; readonly data: unknown }): void => {
              const now = { ...meta, timestamp: Date.now(), type: emission.type };
              recorded[emission.type]?.(rows, emission.data as never, now);
            };
            decide[type as EventName]?.(rows, event, { ...meta, emit });
          },
        ]),
      );
      return { ...projection, fold };
    };
    return {
      app: changed,
      units: { streams: units.streams, projections: units.projections.map(deciding) },
    };
  },
};
