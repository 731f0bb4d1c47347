/** Headers that tie a redriven record to the one that died. */

/** `topic/partition/offset` of the record that died. */
export const REDRIVE_OF = 'redrive-of';
/** Number of the redrive, from 1. */
export const REDRIVE_ATTEMPT = 'redrive-attempt';
/** Of an edited copy: `topic/partition/offset` of the record that was edited. */
export const EDITED_FROM = 'edited-from';

/** A record by its place. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** `topic/partition/offset`. */
export function placeText({ topic, partition, offset }: RecordPlace): string {
  return `${topic}/${partition}/${offset}`;
}

/** The place in a text; undefined when there is none. */
export function parsePlace(text: string): RecordPlace | undefined {
  const match = /^(.+)\/(\d{1,9})\/(\d{1,15})$/.exec(text);
  if (match === null) return undefined;
  return { topic: match[1]!, partition: Number(match[2]), offset: Number(match[3]) };
}

/**
 * Which record a redriven one stands for, and the number of its redrive; undefined for a record that was not redriven. Only what
 * stands on the retry topic of the unit is believed: on topics of others anybody may write such headers.
 */
export function redriveOf(
  unit: string,
  topic: string,
  headers: Readonly<Record<string, string>>,
): { readonly place: RecordPlace; readonly attempt: number } | undefined {
  if (topic !== `${unit}.retry`) return undefined;
  const place = parsePlace(headers[REDRIVE_OF] ?? '');
  const attempt = headers[REDRIVE_ATTEMPT] ?? '';
  return place === undefined || !/^[1-9]\d{0,8}$/.test(attempt)
    ? undefined
    : { place, attempt: Number(attempt) };
}
