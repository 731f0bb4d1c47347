/** Reading JSON from strangers: bounded in depth, own properties only. */

/** A JSON object as parsed; read it with {@link member} only. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What came of {@link parseJson}. */
export type ParsedJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/**
 * Parses JSON text whose arrays and objects nest at most `maxDepth` deep. Never throws.
 * `__proto__` and `constructor` become plain own members, as JSON.parse makes them.
 */
export function parseJson(text: string, maxDepth: number): ParsedJson {
  if (depthOf(text) > maxDepth) return { ok: false, reason: `it nests deeper than ${maxDepth}` };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    // The engine's own text quotes the input and differs between versions.
    return { ok: false, reason: 'it is not well-formed' };
  }
}

/** How deep the brackets outside of strings nest; right for well-formed JSON, an upper bound is enough for the rest. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

/** True for an object that is neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member, or undefined: nothing inherited can be taken for sent. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
