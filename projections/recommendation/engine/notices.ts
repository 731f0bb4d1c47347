/** The notification codes of the Kruize API: what stands on the wire for each. */

/** How a notification is sent. */
export interface Notification {
  readonly type: 'info' | 'error' | 'notice' | 'warning' | 'critical';
  readonly message: string;
  readonly code: number;
}

/** Notifications by their code as text. */
export type Notifications = Record<string, Notification>;

const messages: readonly (readonly [number, string])[] = [
  [111000, 'Recommendations Are Available'],
  [111101, 'Short Term Recommendations Available'],
  [111102, 'Medium Term Recommendations Available'],
  [111103, 'Long Term Recommendations Available'],
  [112101, 'Cost Recommendations Available'],
  [112102, 'Performance Recommendations Available'],
  [120001, 'There is not enough data available to generate a recommendation.'],
  [128001, 'Accelerator Recommendations are available'],
  [221001, 'Number of pods cannot be zero'],
  [221002, 'Number of pods cannot be negative'],
  [221003, 'Duration hours cannot be zero'],
  [221004, 'Duration hours cannot be negative'],
  [223001, 'Amount field is missing in the CPU Section'],
  [223002, 'Invalid Amount in CPU Section'],
  [223003, 'Format field is missing in CPU Section'],
  [223004, 'Invalid Format in CPU Section'],
  [224001, 'Amount field is missing in the Memory Section'],
  [224002, 'Invalid Amount in Memory Section'],
  [224003, 'Format field is missing in Memory Section'],
  [224004, 'Invalid Format in Memory Section'],
  [323001, 'CPU Usage is less than a millicore, No CPU Recommendations can be generated'],
  [323002, 'CPU usage is zero, No CPU Recommendations can be generated'],
  [323004, 'Workload is optimised wrt CPU REQUESTS, no changes needed'],
  [323005, 'Workload is optimised wrt CPU LIMITS, no changes needed'],
  [324001, 'Memory Usage is zero, No Memory Recommendations can be generated'],
  [324003, 'Workload is optimised wrt MEMORY REQUESTS, no changes needed'],
  [324004, 'Workload is optimised wrt MEMORY LIMITS, no changes needed'],
  [328001, 'Accelerator is not supported by kruize'],
  [423001, 'CPU Limit Not Set'],
  [523001, 'CPU Request Not Set'],
  [524001, 'Memory Request Not Set'],
  [524002, 'Memory Limit Not Set'],
];

const types = ['info', 'error', 'notice', 'warning', 'critical'] as const;

const table: ReadonlyMap<number, Notification> = new Map(
  messages.map(([code, message]) => [
    code,
    Object.freeze({ type: types[Math.floor(code / 100_000) - 1] ?? 'info', message, code }),
  ]),
);

/** The notification of a code; a code that is not in the table throws RangeError. */
export function notification(code: number): Notification {
  const found = table.get(code);
  if (found === undefined) throw new RangeError(`no notification has the code ${code}`);
  return found;
}

/** Codes as they are sent: a map from code to notification. The notifications are shared and frozen. */
export function notifications(codes: readonly number[]): Notifications {
  const map: Notifications = {};
  for (const code of codes) map[code] = notification(code);
  return map;
}
