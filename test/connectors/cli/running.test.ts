import { afterEach, beforeEach, expect, it } from 'vitest';
import type { App } from '../../../connectors/cli/app.ts';
import { tryRun } from '../../../connectors/cli/running.ts';
import { systemClock } from '../../../streams/runtime/clock.ts';
import { tally } from '../../projections/runtime/tally.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => process.on('unhandledRejection', note));
afterEach(() => process.off('unhandledRejection', note));

it('a rebuild that fails at the start is told by `failed` alone, also where nobody waits until it is ready', async () => {
  const away = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const app = {
    profile: { kind: 'kafka', kafka: { foreignTopics: [] } },
    pool: { connect: () => Promise.reject(away) },
    hold: () => Promise.resolve(),
    pipeline: { clock: systemClock },
  } as unknown as App;
  const running = await tryRun(app, { streams: [], projections: [tally] });
  await expect(running!.failed).rejects.toMatchObject({ code: 'POSTGRES_AWAY' });
  await running!.stop();
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(unhandled).toEqual([]);
});
