/** Numbers, amounts and times for people. */

const number = new Intl.NumberFormat('en');
const dash = '–';

/** @param {unknown} value */
export function count(value) {
  return typeof value === 'number' ? number.format(value) : dash;
}

/** Cores: below one as millicores, as Kubernetes writes them. @param {number | null | undefined} cores */
export function cores(cores) {
  if (typeof cores !== 'number') return 'not set';
  if (Math.abs(cores) < 1) return `${Math.round(cores * 1000)}m`;
  return number.format(Number(cores.toFixed(cores < 10 ? 2 : 1)));
}

/** Bytes with the suffixes of Kubernetes. @param {number | null | undefined} bytes */
export function memory(bytes) {
  if (typeof bytes !== 'number') return 'not set';
  const sign = bytes < 0 ? -1 : 1;
  for (const [unit, size] of [
    ['Ti', 2 ** 40],
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ]) {
    const amount = Math.abs(bytes) / size;
    if (amount >= 1)
      return `${number.format(sign * Number(amount.toFixed(amount < 10 ? 2 : amount < 100 ? 1 : 0)))}${unit}`;
  }
  return `${number.format(bytes)} B`;
}

/** A change in per cent. @param {number | null | undefined} value */
export function percent(value) {
  if (typeof value !== 'number') return dash;
  const rounded = Math.round(value);
  return rounded === 0 ? '±0 %' : `${rounded > 0 ? '+' : '−'}${number.format(Math.abs(rounded))} %`;
}

/** 20 Nov 2026, 12:00, in UTC like the reports. @param {string | number | null | undefined} time */
export function time(time) {
  if (time === null || time === undefined) return dash;
  const text = new Date(time).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return `${text} UTC`;
}

/** 20 Nov, or with the hour for buckets below a day. @param {string} iso @param {boolean} hours */
export function tick(iso, hours) {
  const options = {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    ...(hours ? { hour: '2-digit', minute: '2-digit' } : {}),
  };
  return new Date(iso).toLocaleString('en-GB', options);
}

/** Size of a file. @param {number} bytes */
export function size(bytes) {
  return bytes < 1e6
    ? `${number.format(Math.ceil(bytes / 1000))} kB`
    : `${number.format(Number((bytes / 1e6).toFixed(1)))} MB`;
}
