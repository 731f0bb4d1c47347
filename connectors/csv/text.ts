/** Bytes that the scanner looks for. */
export const LF = 10;
export const CR = 13;
export const QUOTE = 34;
export const COMMA = 44;

/** Characters of a row that a rejection shows. */
export const EXCERPT_CHARACTERS = 200;
/** Bytes that are enough for that many characters (UTF-8: at most 4 each), with one more to cut. */
export const EXCERPT_BYTES = 4 * EXCERPT_CHARACTERS + 4;

// Control characters must not get into messages and text columns.
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f]/g;

/** The start of a line as printable text: at most 200 characters, control and undecodable bytes as U+FFFD. */
export function excerptOf(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString('utf8', from, Math.min(to, from + EXCERPT_BYTES));
  const cut = text.length > EXCERPT_CHARACTERS ? text.slice(0, EXCERPT_CHARACTERS) : text;
  const last = cut.charCodeAt(cut.length - 1);
  const whole = last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
  return whole.replace(unprintable, '\ufffd');
}
