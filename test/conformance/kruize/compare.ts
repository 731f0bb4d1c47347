/** Compares parsed JSON exactly: numbers as doubles, the order of keys ignored. */

/** What a comparison found. */
export interface Comparison {
  /** Leaves (numbers, texts, empty objects) that were compared. */
  readonly values: number;
  /** One line per difference: path, expected, found. */
  readonly differences: string[];
}

/** Compares `found` with `expected`; paths for which `skip` is true are left out on both sides. */
export function compare(
  expected: unknown,
  found: unknown,
  skip: (path: string) => boolean = () => false,
): Comparison {
  const differences: string[] = [];
  let values = 0;
  const visit = (e: unknown, f: unknown, path: string): void => {
    if (skip(path)) return;
    if (isObject(e) && isObject(f)) {
      const keys = new Set([...Object.keys(e), ...Object.keys(f)]);
      if (keys.size === 0) values++;
      for (const key of keys) visit(e[key], f[key], `${path}/${key}`);
      return;
    }
    values++;
    if (e !== f && !(e === undefined && f === undefined))
      differences.push(`${path}: expected ${JSON.stringify(e)}, found ${JSON.stringify(f)}`);
  };
  visit(expected, found, '');
  return { values, differences };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
