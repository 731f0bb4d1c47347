/**
 * Interval times as reports write them: `2006-01-02 15:04:05 +0000 UTC` (Go's layout), with fractional seconds, and ISO-8601.
 *
 * The offset is what counts; a zone name after it is not looked at. A time without a zone is refused rather than taken
 * for UTC: a guess would shift usage by hours without anyone noticing. Fractions are cut to milliseconds.
 */

const layout =
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|GMT)| ?([+-])(\d\d):?(\d\d)(?: (?:[A-Za-z]{1,8}|[+-]\d\d(?:\d\d)?))?)$/;

const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Milliseconds since 1970 of a time text; NaN when it is not one. E.g. `2025-08-10 05:45:00 +0530 IST` is 00:15 UTC. */
export function parseTime(text: string): number {
  const match = layout.exec(text);
  if (match === null) return NaN;
  const part = (index: number) => Number(match[index] ?? '0');
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const [aheadHours, aheadMinutes] = [part(10), part(11)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return NaN;
  if (hour > 23 || minute > 59 || second > 59 || aheadHours > 14 || aheadMinutes > 59) return NaN;
  const fraction = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const ahead = (aheadHours * 60 + aheadMinutes) * (match[9] === '-' ? -1 : 1);
  const days = dayNumber(year, month, day);
  return (((days * 24 + hour) * 60 + minute - ahead) * 60 + second) * 1000 + fraction;
}

function leap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return leap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days since 1970-01-01 in the Gregorian calendar. */
function dayNumber(year: number, month: number, day: number): number {
  const past = year - 1;
  const leaps = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  const leapDay = month > 2 && leap(year) ? 1 : 0;
  return past * 365 + leaps + daysBefore[month - 1]! + leapDay + day - 1 - 719_162;
}
