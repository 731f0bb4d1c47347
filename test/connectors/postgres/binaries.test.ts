import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { completeLibraries } from '../../../connectors/postgres/embedded/binaries.ts';
import { boundLog, folderAt, logTail } from '../../../connectors/postgres/embedded/folder.ts';
import { codeOf } from '../../../streams/runtime/errors.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rightstream-native-'));
  mkdirSync(join(root, 'native', 'bin'), { recursive: true });
  mkdirSync(join(root, 'native', 'lib'));
  for (const program of ['postgres', 'initdb']) {
    writeFileSync(join(root, 'native', 'bin', program), '', { mode: 0o755 });
  }
  writeFileSync(join(root, 'native', 'lib', 'libpq.so.5.18'), '');
  writeFileSync(
    join(root, 'native', 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
  );
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

it('adds the library names that an install without scripts lacks, as often as it is asked', () => {
  completeLibraries(join(root, 'native'));
  completeLibraries(join(root, 'native'));
  expect(readlinkSync(join(root, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
});

it('says what is missing when it cannot be added', () => {
  rmSync(join(root, 'native', 'lib'), { recursive: true });
  let code = '';
  try {
    completeLibraries(join(root, 'native'));
  } catch (error) {
    code = codeOf(error);
  }
  expect(code).toBe('POSTGRES_INCOMPLETE');
});

it('makes programs of an archive that lost its modes runnable', () => {
  const program = join(root, 'native', 'bin', 'initdb');
  chmodSync(program, 0o644);
  completeLibraries(join(root, 'native'));
  expect(statSync(program).mode & 0o777).toBe(0o755);
});

it('keeps the end of a log that grew too long, in whole lines', () => {
  const folder = folderAt(root);
  writeFileSync(folder.log, `${'x'.repeat(99)}\n`.repeat(30_000));
  boundLog(folder);
  expect(statSync(folder.log).size).toBeLessThanOrEqual(256 * 1024);
  expect(logTail(folder, 150)).toBe(`${'x'.repeat(99)}\n`);
  truncateSync(folder.log, 0);
  expect(logTail(folder, 150)).toBe('');
});
