/** Record keys: plain text that console tools can print, segments percent-encoded and joined by `/`. */

const plain = /^[A-Za-z0-9._~-]*$/;

/** Joins segments to a key, e.g. `recordKey('12345', 'c1', 'shop', 'deployment', 'web')` = `12345/c1/shop/deployment/web`. */
export function recordKey(...segments: readonly string[]): string {
  return segments.map((segment) => (plain.test(segment) ? segment : encodeURIComponent(segment))).join('/');
}

/** The segments of a key; the inverse of {@link recordKey}. */
export function keySegments(key: string): string[] {
  return key.split('/').map(decodeURIComponent);
}
