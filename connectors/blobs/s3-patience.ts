import { StoreFault, faultOf } from './s3-errors.ts';

/** Bounds of trying again. */
export interface RetryBounds {
  readonly attempts: number;
  readonly totalMs: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

/** Counts failures in a row; gives up after so many, or after so much time. */
export interface Patience {
  /** There was progress: counting starts again. */
  reset(): void;
  /** Waits before the next try; throws the fault when it is no passing one, or when patience is at its end. */
  failed(error: unknown): Promise<void>;
}

/** {@link Patience} with exponential back-off and full jitter (any time from 0 to the current bound). */
export function patience(bounds: RetryBounds, stop: AbortSignal): Patience {
  let count = 0;
  let began = Date.now();
  return {
    reset() {
      count = 0;
      began = Date.now();
    },
    async failed(error) {
      const fault = faultOf(error);
      count++;
      fault.attempts = count;
      const delay = Math.random() * Math.min(bounds.maxBackoffMs, bounds.backoffMs * 2 ** (count - 1));
      const tired = count >= bounds.attempts || Date.now() - began + delay >= bounds.totalMs;
      if (fault.kind !== 'passing' || tired || stop.aborted) throw fault;
      await pause(delay, stop);
    },
  };
}

/** Waits; ends early when stopped. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener('abort', end);
  });
}

/** Runs one try with a signal that fires after `ms`, or when stopped. No answer in time is a passing fault. */
export async function inTime<T>(
  ms: number,
  stop: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const end = (): void => abort.abort();
  const timer = setTimeout(end, ms);
  stop.addEventListener('abort', end);
  try {
    if (stop.aborted) end();
    return await call(abort.signal);
  } catch (error) {
    if (stop.aborted) throw new StoreFault('stopped', 'Stopped');
    throw abort.signal.aborted ? new StoreFault('passing', 'TimedOut') : error;
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
  }
}
