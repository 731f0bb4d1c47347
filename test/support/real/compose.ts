/** The reference reader of Compose files, compose-go: the one that `docker compose` reads with. It needs Go, and no Docker. */
import { join } from 'node:path';
import type { ComposeFile } from '../compose-file.ts';
import { type Report, installStep, once } from './cache.ts';
import { run } from './process.ts';

/** Its version. */
export const COMPOSE_GO = '2.9.1';
const NEEDS_GO = 'Go 1.23 or newer is needed, and a module proxy that it can reach.';

/** Reads a Compose file as `docker compose config` does, with no variable set; rejects with what is wrong with it. */
export async function composeConfig(file: string, report: Report = () => undefined): Promise<ComposeFile> {
  const home = await once(
    `compose-go-${COMPOSE_GO}`,
    async (folder) => {
      const module = `github.com/compose-spec/compose-go/v2/cmd@v${COMPOSE_GO}`;
      await installStep('env', [`GOBIN=${folder}`, 'go', 'install', module], { needs: NEEDS_GO });
    },
    report,
  );
  const { code, stdout, stderr } = await run({
    file: join(home, 'cmd'),
    args: ['-format', 'json', file],
  });
  if (code !== 0) throw new Error(`${file}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as ComposeFile;
}
