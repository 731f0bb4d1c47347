import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../../connectors/postgres/embedded/process.ts';
import { type Child, run, startChild } from './process.ts';

/** A shell that runs this. */
function shell(script: string): Promise<Child> {
  return startChild({ file: 'sh', args: ['-c', script] });
}

describe('a child', () => {
  it('is waited for by what it says, before and after it says it', async () => {
    const child = await shell('echo one; echo two >&2; read -r never || exec sleep 60');
    expect(await child.untilLine(/^t/, 5_000)).toBe('two');
    expect(await child.untilLine(/^o/, 5_000)).toBe('one');
    await child.stop();
    expect(isAlive(child.pid)).toBe(false);
  });

  it('that ends too early, or says nothing, is reported with its last lines', async () => {
    const ended = await shell('echo no room left; exit 3');
    await expect(ended.untilLine(/ready/, 5_000)).rejects.toThrow(/ended before.*ready[^]*no room left[^]*3/);
    const silent = await shell('echo busy; exec sleep 60');
    await silent.untilLine(/busy/, 5_000);
    await expect(silent.until('be ready', () => Promise.resolve(false), 100)).rejects.toThrow(
      /100 ms.*be ready[^]*busy/,
    );
    await silent.kill();
  });

  it('that does not heed being asked is killed', async () => {
    const child = await shell("trap '' TERM; echo on; while :; do sleep 0.05; done");
    await child.untilLine(/on/, 5_000);
    await child.stop(100);
    expect(isAlive(child.pid)).toBe(false);
  });

  it('that cannot be started says so', async () => {
    await expect(startChild({ file: 'no-such-program', args: [] })).rejects.toThrow('no-such-program');
  });

  it('does not outlive us, not even when we are killed and it is paused', async () => {
    const script = `
      const { startChild } = await import(${JSON.stringify(join(import.meta.dirname, 'process.ts'))});
      const gone = await startChild({ file: 'true', args: [] });
      await gone.exited;
      const child = await startChild({ file: 'sleep', args: ['60'] });
      child.signal('SIGSTOP');
      console.log(child.pid);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe('a run', () => {
  it('gives both outputs and the code, whatever it is', async () => {
    const script = 'read -r a; echo "got $a"; echo bad >&2; exit 4';
    expect(await run({ file: 'sh', args: ['-c', script] }, { stdin: 'x\n' })).toEqual({
      stdout: 'got x\n',
      stderr: 'bad\n',
      code: 4,
    });
  });

  it('that takes too long is killed', async () => {
    const slow = run({ file: 'sh', args: ['-c', 'echo still; exec sleep 60'] }, { timeoutMs: 200 });
    await expect(slow).rejects.toThrow(/longer than 200 ms[^]*still/);
  });
});
