/** Wishes from the command line: appended, decided here or by the process that runs the units, answered. */
import { BadInput, Fatal } from '../../streams/runtime/errors.ts';
import type { Emission } from '../../streams/runtime/ports.ts';
import { answered, NotYetDecided } from '../http/ask.ts';
import type { AnswerRow } from '../http/ask.ts';
import type { App } from './app.ts';
import { caughtUp, tryRun } from './running.ts';

/**
 * Runs the units in this process, unless another one runs them, while something is asked for. What is not decided in time: Fatal
 * NOT_DECIDED; `look` says which command shows it. `whole`: what follows from it is waited for too, for when the units run here
 * nobody else would go on with it.
 */
export async function deciding<T>(
  app: App,
  look: string,
  work: () => Promise<T>,
  { whole = false } = {},
): Promise<T> {
  const running = await tryRun(app, app.units, { alone: true });
  try {
    const result = await work();
    if (whole && running !== undefined)
      await Promise.race([caughtUp(app, new AbortController().signal), running.failed]);
    return result;
  } catch (error) {
    if (!(error instanceof NotYetDecided)) throw error;
    throw new Fatal({
      code: 'NOT_DECIDED',
      message: `the wish ${error.ids[0] ?? ''} was accepted and is not in force yet: \`${look}\` shows when it is; \`rightstream doctor\` says who is behind`,
    });
  } finally {
    await running?.stop();
  }
}

/** Appends wishes and returns their answers, in order; the first refusal: BadInput with its code. Call it within {@link deciding}. */
export async function wished(
  app: App,
  org: string,
  answers: string,
  events: readonly Emission[],
): Promise<AnswerRow[]> {
  const ids = await app.wishes.accept({ org, requestId: null, digest: '', events });
  const rows = await answered(app, org, answers, ids);
  const refused = rows.find((row) => row['code'] !== null);
  if (refused === undefined) return rows;
  const { code, message } = refused as { code: string; message: string | null };
  throw new BadInput({ code, message: message ?? code });
}
