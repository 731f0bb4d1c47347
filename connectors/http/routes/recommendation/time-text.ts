/** Times as the ROS API writes them. */

/** RFC 3339 without trailing zeros of the second: 2025-08-10T00:45:00.000Z becomes 2025-08-10T00:45:00Z. */
export function timeText(iso: string): string {
  return iso.replace(/\.(\d*?)0+Z$/, (_, digits: string) => (digits === '' ? 'Z' : `.${digits}Z`));
}

/** As the CSV export writes them: 2025-08-10 00:45:00 +0000 UTC; empty for no time. */
export function csvTime(iso: string | undefined): string {
  if (iso === undefined) return '';
  return `${timeText(iso).replace('T', ' ').replace('Z', '')} +0000 UTC`;
}
