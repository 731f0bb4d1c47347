/** The built command line on a data folder of a test's own, with the bundled Postgres. */
import { spawn } from 'node:child_process';

/** How a command ended, and what it printed. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a command gets besides its arguments. */
export interface CommandInput {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
}

/** Runs commands on this data folder. */
export function commandLine(dataDir: string) {
  return async (args: readonly string[], { env: more = {}, input = '' }: CommandInput = {}): Promise<Ran> => {
    const env: Record<string, string | undefined> = {
      ...process.env,
      RIGHTSTREAM_DATA_DIR: dataDir,
      ...more,
    };
    delete env['DATABASE_URL'];
    const child = spawn(process.execPath, ['dist/rightstream.js', ...args], { env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out, err };
  };
}
