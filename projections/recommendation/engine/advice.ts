/** From two advised amounts and the current settings to config, variation and notifications of one engine. */
import type { Amount } from './formula.ts';

/** Requests and limits of both resources; null = none. */
export interface Settings {
  cpu_request: number | null;
  cpu_limit: number | null;
  memory_request: number | null;
  memory_limit: number | null;
}

/** What one engine advises for one term. Amounts in the reported unit. */
export interface EngineAdvice {
  readonly config: Settings;
  /** Config minus current; current counts as 0 where it is not set. */
  readonly variation: Settings;
  readonly pods: number;
  /** Notification codes, in the order they were raised. */
  readonly codes: number[];
}

const none = (): Settings => ({
  cpu_request: null,
  cpu_limit: null,
  memory_request: null,
  memory_limit: null,
});

/**
 * Judges the amounts against the current settings. Within `threshold` per cent (0.1 is a thousandth) a setting is "optimised":
 * config := current, variation := 0 and a notice.
 *
 * Alias quirk: request and limit of a resource are one object in Kruize. When one of them is optimised the config of both
 * becomes its current value; limits come after requests and win; the other's variation keeps what it was.
 */
export function engineAdvice(
  cpu: Amount,
  memory: Amount,
  pods: number,
  hours: number,
  current: Readonly<Settings>,
  threshold: number,
): EngineAdvice {
  const codes: number[] = [];
  if (pods === 0) codes.push(221001);
  else if (pods < 0) codes.push(221002);
  if (hours === 0) codes.push(221003);
  else if (hours < 0) codes.push(221004);
  if (cpu.code !== null) codes.push(cpu.code);
  if (memory.code !== null) codes.push(memory.code);
  const config = none();
  const variation = none();
  settle('cpu_request', 'cpu_limit', cpu.value, 323004, 323005);
  settle('memory_request', 'memory_limit', memory.value, 324003, 324004);
  return { config, variation, pods, codes };

  function settle(
    request: keyof Settings,
    limit: keyof Settings,
    advised: number | null,
    requestCode: number,
    limitCode: number,
  ): void {
    if (advised === null) return;
    let shared = advised;
    variation[request] = advised - (current[request] ?? 0);
    variation[limit] = advised - (current[limit] ?? 0);
    if (withinThreshold(variation[request], current[request], threshold)) {
      shared = current[request]!;
      variation[request] = 0;
      codes.push(requestCode);
    }
    if (withinThreshold(variation[limit], current[limit], threshold)) {
      shared = current[limit]!;
      variation[limit] = 0;
      codes.push(limitCode);
    }
    config[request] = shared;
    config[limit] = shared;
  }
}

/** True when |variation| is at most `threshold` per cent of current; never without a current value. */
export function withinThreshold(variation: number, current: number | null, threshold: number): boolean {
  if (current === null || current === 0) return false;
  return (Math.abs(variation) / current) * 100 <= threshold;
}
