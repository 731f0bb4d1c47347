/** A further process of the kafka profile: works on the units until it is told to stop. */
import { openApp } from '../../connectors/cli/app.ts';
import { profileFrom } from '../../connectors/cli/profile.ts';
import { tryRun } from '../../connectors/cli/running.ts';

const app = await openApp({
  dataDir: process.env['RIGHTSTREAM_DATA_DIR']!,
  profile: await profileFrom(process.env),
});
const running = await tryRun(app);
process.once('message', () => {
  void (async () => {
    await running?.stop();
    await app.close();
    process.exit(0);
  })();
});
