/**
 * A process of the product under chaos: it runs the units and takes uploads, told over the channel to its parent. Faults and
 * planted defects come by environment. It ends with its parent.
 */
import { openApp } from '../../connectors/cli/app.ts';
import type { App } from '../../connectors/cli/app.ts';
import { profileFrom } from '../../connectors/cli/profile.ts';
import { tryRun } from '../../connectors/cli/running.ts';
import type { Running } from '../../connectors/cli/running.ts';
import { codeOf, messageOf } from '../../streams/runtime/errors.ts';
import { planted } from './defects/defects.ts';
import { codeVariant } from './variants.ts';
import type { FromChild, ToChild } from './messages.ts';

const { env } = process;
const state: { running?: Running; stopping: boolean } = { stopping: false };
process.on('disconnect', () => process.exit(9));
process.on('unhandledRejection', (error) => void end(error));

const { app, units } = await open().catch(end);
process.on('message', (message: ToChild) => void accept(message));
process.on('SIGTERM', () => void stop());
tell({ kind: 'open' });
app.signals.on((signal) => {
  if (signal.kind === 'retry') tell({ kind: 'retry', code: signal.code });
});
const running = await tryRun(app, units).catch(end);
if (running !== undefined) state.running = running;
running?.failed.catch(end);
tell({ kind: 'running' });

async function open(): Promise<{ app: App; units: ReturnType<typeof codeVariant> }> {
  const crashAt = env['RIGHTSTREAM_CRASH_AT'];
  const opened = await openApp({
    dataDir: env['RIGHTSTREAM_DATA_DIR']!,
    profile: await profileFrom(env),
    ...(crashAt === undefined ? {} : { crashAt }),
  });
  return planted(env['CHAOS_DEFECT'], opened, codeVariant(env['CHAOS_VARIANT']));
}

async function accept({ id, upload }: ToChild): Promise<void> {
  const { requestId, org, filename, bytes } = upload;
  try {
    const answer = await app.uploads.accept({
      ...{ org, requestId, filename, account: null, channel: 'http', maxBytes: 1e8 },
      mediaType: 'application/vnd.redhat.hccm.tar+tgz',
      bytes: (async function* () {
        await Promise.resolve();
        yield bytes;
      })(),
    });
    tell({ kind: 'accepted', id, uploadId: answer.uploadId });
  } catch (error) {
    tell({ kind: 'refused', id, error: `${codeOf(error)}: ${messageOf(error)}` });
  }
}

async function stop(): Promise<void> {
  if (state.stopping) return;
  state.stopping = true;
  await state.running?.stop();
  await app.close();
  process.exit(0);
}

function tell(message: FromChild): void {
  if (process.connected) process.send!(message);
}

/** Says why and ends; never resolves. */
function end(error: unknown): Promise<never> {
  console.error(error);
  const code = state.stopping ? 0 : 1;
  const exit = (): never => process.exit(code);
  if (state.stopping || !process.connected) exit();
  const message: FromChild = { kind: 'failed', code: codeOf(error), message: messageOf(error) };
  process.send!(message, exit);
  return new Promise<never>(() => undefined);
}
