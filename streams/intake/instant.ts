const shape =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}(?: UTC)?))?$/;

/**
 * A moment as manifests write it (RFC 3339, Go's and Python's prints, with or without zone), in ms since 1970; null when it is none.
 * Without a zone it is UTC: `2119-02-05 16:18:40.706683` = `2119-02-05T16:18:40.706Z`.
 */
export function parseInstant(text: string): number | null {
  const found = shape.exec(text);
  if (found === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = found;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const offset = offsetMinutes(zone);
  if (offset === null) return null;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return date.getTime() + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000 + ms;
}

function offsetMinutes(zone: string): number | null {
  const found = /^([+-])(\d{2}):?(\d{2})/.exec(zone);
  if (found === null) return 0;
  const [, sign, hours, minutes] = found;
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
