/** Amounts of CPU and memory for people. */
import { bytesText } from './progress.ts';

/** Cores with at most 3 decimals, bytes in binary units; null is "not set". */
export function amountText(resource: 'cpu' | 'memory', amount: number | null): string {
  if (amount === null) return 'not set';
  return resource === 'cpu' ? `${Number(amount.toFixed(3))} cores` : bytesText(amount);
}
