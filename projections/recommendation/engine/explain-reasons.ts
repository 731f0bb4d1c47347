/** What raises each notification code, in words. */
import { MILLICORE } from './formula.ts';
import type { Reason } from './explanation.ts';
import { notification } from './notices.ts';
import type { Question } from './question.ts';

const missing = 'a request or limit of this resource was not reported in the newest interval';
const invalid = 'a request or limit of this resource is not above 0';
const blank = 'the unit of a request or limit of this resource is blank';
const near = (setting: string) => (asked: Question) =>
  `the advised value differs from the current ${setting} by at most ${asked.threshold} per cent of it`;
const unset = (setting: string) => () => `the newest interval carries no ${setting}`;

const causes: Readonly<Record<number, (asked: Question) => string>> = {
  111000: () => 'at least one term has enough data',
  111101: () => 'the last day has enough data',
  111102: () => 'the last 7 days have enough data',
  111103: () => 'the last 15 days have enough data',
  120001: () => 'no term has enough data',
  221001: () => 'no interval in the window has a usage sum and average from which pods follow',
  221002: () => 'the number of pods came out below 0',
  221003: () => 'the intervals have no length',
  221004: () => 'the intervals end before they start',
  223001: () => missing,
  223002: () => invalid,
  223003: () => blank,
  223004: () => blank,
  224001: () => missing,
  224002: () => invalid,
  224003: () => blank,
  224004: () => blank,
  323001: () => `the CPU value is above 0 and at most ${MILLICORE} cores: idle, so no CPU value is given`,
  323002: () => 'the CPU value is 0, so none is given',
  323004: near('CPU request'),
  323005: near('CPU limit'),
  324001: () => 'the memory value is 0, so none is given',
  324003: near('memory request'),
  324004: near('memory limit'),
  423001: unset('CPU limit'),
  523001: unset('CPU request'),
  524001: unset('memory request'),
  524002: unset('memory limit'),
};

/** The notification of a code and what raises it. */
export function reasonFor(code: number, asked: Question): Reason {
  return { code, message: notification(code).message, why: causes[code]?.(asked) ?? 'always' };
}
