/** Crash points for tests: `NAME:N` kills the process, as kill -9 does, the Nth time the point is passed. */
import { BadInput } from '../../streams/runtime/errors.ts';
import { crashPoints, noFaults } from '../../streams/runtime/faults.ts';
import type { Faults } from '../../streams/runtime/faults.ts';

/** The hook for a setting; absent: nothing ever happens. */
export function faultsFrom(setting: string | undefined): Faults {
  if (setting === undefined || setting === '') return noFaults;
  const [name, count] = setting.split(':');
  if (!crashPoints.some((point) => point === name)) {
    throw new BadInput({
      code: 'UNKNOWN_CRASH_POINT',
      message: `there is no crash point ${name ?? ''}; there are: ${crashPoints.join(', ')}`,
    });
  }
  let left = Number(count ?? 1);
  return (point) => {
    if (point !== name) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
