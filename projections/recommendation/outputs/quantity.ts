/** Amounts as Kubernetes writes them, rounded up so that nothing gets less than was advised. */

const MIB = 2 ** 20;
/** So much above a whole number is an artefact of binary fractions: 0.07 cores are 70m, not 71m. */
const SLACK = 1e-9;

/** Cores as millicores or whole cores: 0.25 → 250m, 2 → 2, 0.0001 → 1m. */
export function cpuQuantity(cores: number): string {
  const milli = milliOf(cores);
  return milli % 1_000 === 0 ? String(milli / 1_000) : `${milli}m`;
}

/** Cores as millicores, whole cores too: 2 → 2000m. */
export function milliQuantity(cores: number): string {
  return `${milliOf(cores)}m`;
}

function milliOf(cores: number): number {
  return Math.max(1, Math.ceil(cores * 1_000 - SLACK * 1_000));
}

/** Bytes in Mi: 1 → 1Mi, 536870912 → 512Mi, 1073741825 → 1025Mi. */
export function memoryQuantity(bytes: number): string {
  return `${Math.max(1, Math.ceil(bytes / MIB - SLACK))}Mi`;
}

/** Either of them. */
export function quantity(resource: 'cpu' | 'memory', amount: number): string {
  return resource === 'cpu' ? cpuQuantity(amount) : memoryQuantity(amount);
}
