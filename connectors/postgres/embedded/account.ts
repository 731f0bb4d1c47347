/**
 * Who runs Postgres. It refuses to run as root, so root hands it to the owner of the folder, or to an account that
 * every system has; no account is ever created.
 */
import { chownSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { BadInput } from '../../../streams/runtime/errors.ts';

/** The account of the Postgres processes; undefined: the same as ours. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

/** How to start a program under an account. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** Chooses the account for a data folder: the owner of the cluster or folder, `postgres`, or `nobody`. */
export function accountFor(dataDir: string, clusterDir: string): Account {
  if (process.getuid?.() !== 0) return undefined;
  for (const folder of [clusterDir, dataDir]) {
    const owner = existsSync(folder) ? statSync(folder) : undefined;
    if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = accounts.find((fields) => fields[0] === name);
    if (entry !== undefined) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new BadInput({
    code: 'POSTGRES_NEEDS_A_USER',
    message:
      'Postgres does not run as root, and there is neither a user postgres nor nobody. Run as another user.',
  });
}

/** Gives a file or folder to the account. */
export function give(path: string, account: Account): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}

/**
 * How to run a program under an account that must get at `paths`. Where a folder above them is closed to it (a
 * checkout in /root), setpriv lets it pass with the capability to read files; without setpriv: BadInput
 * DATA_DIR_NOT_REACHABLE.
 */
export function launch(
  program: string,
  args: readonly string[],
  account: Account,
  paths: readonly string[],
): Launch {
  if (account === undefined) return { command: program, args };
  const closed = [program, ...paths].map((path) => closedFolder(path, account)).find((path) => path !== '');
  if (closed === undefined) return { command: program, args, ...account };
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  if (setpriv === undefined) {
    throw new BadInput({
      code: 'DATA_DIR_NOT_REACHABLE',
      message: `Postgres runs as user ${account.uid}, who may not enter ${closed}. Install and keep data elsewhere (for example /opt and /var/lib), or do not run as root.`,
      coordinates: { folder: closed },
    });
  }
  const ids = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  // access(2) takes capabilities from whoever is not root unless this bit is set; initdb asks it for its programs
  const pass = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { command: setpriv, args: [...ids, ...pass, '--', program, ...args] };
}

/** The first folder above a path that the account may not enter, or ''. Access lists are not looked at. */
function closedFolder(path: string, account: { uid: number; gid: number }): string {
  for (let folder = dirname(realpathSync(path)); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return folder;
    if (folder === dirname(folder)) return '';
  }
}
