/** What is set now, and what is wrong with it. */
import type { Settings } from './advice.ts';
import type { Formats } from './document.ts';

/** The current settings of the newest row and the codes that absent or invalid ones raise. */
export interface Current {
  /** Null where nothing is shown: absent, or not above 0. */
  readonly settings: Settings;
  readonly codes: number[];
}

const rules = [
  { name: 'cpu_request', format: 'cpuRequest', base: 223000, unset: 523001 },
  { name: 'cpu_limit', format: 'cpuLimit', base: 223000, unset: 423001 },
  { name: 'memory_request', format: 'memoryRequest', base: 224000, unset: 524001 },
  { name: 'memory_limit', format: 'memoryLimit', base: 224000, unset: 524002 },
] as const;

/**
 * Judges the four current amounts (order: CPU request, CPU limit, memory request, memory limit; NaN = absent). Absent: "not
 * set" and "amount is missing"; not above 0: "invalid amount"; a blank format: "invalid format". Such a setting is not shown.
 */
export function readCurrent(amounts: ArrayLike<number>, formats: Formats): Current {
  const settings: Settings = { cpu_request: null, cpu_limit: null, memory_request: null, memory_limit: null };
  const codes: number[] = [];
  const raise = (code: number) => {
    if (!codes.includes(code)) codes.push(code);
  };
  rules.forEach((rule, i) => {
    const amount = amounts[i]!;
    if (Number.isNaN(amount)) {
      raise(rule.unset);
      raise(rule.base + 1);
    } else if (amount <= 0) raise(rule.base + 2);
    else if (formats[rule.format].trim() === '') raise(rule.base + 4);
    else settings[rule.name] = amount;
  });
  return { settings, codes };
}
