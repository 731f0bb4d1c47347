/** Amounts as Kubernetes writes them. */

const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const DECIMAL: Readonly<Record<string, number>> = {
  ...{ n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 },
};
/** Digits after the point that count: a billionth, the smallest that Kubernetes knows. */
const SCALE = 9;
const written = /^([+-]?)(\d{1,20})(?:\.(\d{0,20}))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,2})?$/;

/** Millicores, as the API server writes them back: `250m`, `2`. */
export function cpuQuantity(millicores: number): string {
  return millicores % 1_000 === 0 ? String(millicores / 1_000) : `${millicores}m`;
}

/** MiB, as the API server writes them back: `300Mi`, `2Gi`. */
export function memoryQuantity(mebibytes: number): string {
  let amount = mebibytes;
  let unit = 1;
  while (amount > 0 && amount % 1_024 === 0 && unit < BINARY.length - 1) {
    amount /= 1_024;
    unit++;
  }
  return `${amount}${BINARY[unit]!}`;
}

/** A quantity in billionths; undefined when it is none. `1` and `1000m` are 1 000 000 000n both. */
export function billionths(quantity: string): bigint | undefined {
  const found = written.exec(quantity);
  if (found === null) return undefined;
  const [, sign, whole, fraction = '', suffix = ''] = found;
  const digits = BigInt(`${whole!}${fraction}`);
  const binary = BINARY.findIndex((unit) => unit === suffix);
  const amount =
    binary >= 0
      ? scaled(digits * 1_024n ** BigInt(binary + 1), SCALE - fraction.length)
      : scaled(digits, SCALE - fraction.length + exponentOf(suffix));
  return sign === '-' ? -amount : amount;
}

/** Whether both are the same amount, however written; false when one is none. */
export function sameQuantity(a: string, b: string): boolean {
  const amount = billionths(a);
  return amount !== undefined && amount === billionths(b);
}

function exponentOf(suffix: string): number {
  return DECIMAL[suffix] ?? Number(suffix.slice(1));
}

/** Times a power of ten; what is smaller than a billionth rounds up, as Kubernetes rounds. */
function scaled(digits: bigint, power: number): bigint {
  if (power >= 0) return digits * 10n ** BigInt(power);
  const by = 10n ** BigInt(-power);
  return (digits + by - 1n) / by;
}
