/** A real server with everything behind it, asked as clients of Kruize ask; and the count of what was compared. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../connectors/define.ts';

/** An answer: the status, and the JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A server, and how to ask it for one organisation. */
export interface KruizeServer {
  readonly url: string;
  readonly pid: number;
  /** Its data folder. */
  readonly dir: string;
  /** `body` as JSON unless it is text. */
  ask(
    org: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Rebuilds a projection from the log beside the live tables; what the command prints. */
  replay(projection: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts the built program on an empty place, with more arguments where there are some. */
export async function startKruize(more: readonly string[] = []): Promise<KruizeServer> {
  const dir = await mkdtemp(join(tmpdir(), 'rightstream-kruize-'));
  const program = join(packageRoot(), 'dist', 'rightstream.js');
  const child = spawn(
    process.execPath,
    [program, 'up', '--port', '0', '--json', '--data-dir', dir, ...more],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      try {
        resolve((JSON.parse(text) as { url: string }).url);
      } catch {
        // more to come
      }
    });
    void ended.then(() => {
      reject(new Error(`the server ended: ${text}`));
    });
  });
  return {
    url,
    pid: child.pid!,
    dir,
    async ask(org, method, path, body, headers = {}) {
      const identity = Buffer.from(JSON.stringify({ identity: { org_id: org } })).toString('base64');
      const answer = await fetch(url + path, {
        method,
        headers: { 'x-rh-identity': identity, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    },
    async replay(projection) {
      const args = [program, 'replay', projection, '--verify', '--json', '--data-dir', dir];
      return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as unknown;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The message of an envelope; `(array)` for a list. */
export function messageOf({ body }: Answer): string {
  return Array.isArray(body) ? '(array)' : String((body as { message?: unknown }).message);
}

/** Status and message of each error of each record of an answer, as `400 text`. */
export function recordErrors({ body }: Answer): string[][] {
  const { data = [] } = body as { data?: { errors: { httpcode: number; message: string }[] }[] };
  return data.map(({ errors }) => errors.map(({ httpcode, message }) => `${httpcode} ${message}`));
}

/** How many cases were compared, passed, and differ on purpose. */
export class Tally {
  readonly #name: string;
  cases = 0;
  passed = 0;
  readonly divergences: string[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  print(): void {
    const { cases, passed, divergences } = this;
    console.log(
      `${this.#name}: ${cases} cases, ${passed} passed, ${divergences.length} documented divergences`,
    );
  }
}
