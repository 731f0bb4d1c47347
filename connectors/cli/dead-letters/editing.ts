/** Dead records as lines that people mend, and what they have mended, checked. */
import { codeOf, BadInput, messageOf } from '../../../streams/runtime/errors.ts';
import { CodecError } from '../../../schemas/codec/errors.ts';
import type { Codec } from '../../../schemas/codec/codec.ts';
import { EDITED_FROM, placeText, REDRIVE_ATTEMPT, REDRIVE_OF } from '../../../schemas/redriven.ts';
import type { LogRecord } from '../../../streams/runtime/ports.ts';
import { decodedRecord, whole } from '../decoded.ts';
import { eventRecord } from '../producing.ts';
import { PLATFORM } from '../../platform/source.ts';
import { JSON_INTAKE } from '../json-intake.ts';
import { units } from '../units.ts';
import type { EditedCopy } from './records.ts';

/** What a copy gets anew. */
const notCopied = new Set([
  'event-id',
  'event-type',
  'caused-by',
  'origin',
  'seq',
  REDRIVE_OF,
  REDRIVE_ATTEMPT,
  EDITED_FROM,
]);

/** A record as a line of `produce`. */
export interface Editable {
  readonly key: string | null;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  /** null when nothing of it can be read. */
  readonly data: Readonly<Record<string, unknown>> | null;
}

/** Units whose records are texts that others write, not events. */
export const ofTexts: ReadonlySet<string> = new Set([JSON_INTAKE, PLATFORM]);

/** What `dead-letters edit` prints: a line of `produce`, or the text of a record that is none of our events. */
export function editableText(
  codec: Codec,
  unit: string,
  record: LogRecord,
): { text: string; error?: string } {
  if (ofTexts.has(unit)) return { text: record.value?.toString('utf8') ?? '' };
  const { line, ...error } = editable(codec, record);
  return { text: JSON.stringify(line, null, 2), ...error };
}

/** The line of a dead record, packed columns spelled out; `error` says why a part or all of it cannot be read. */
export function editable(codec: Codec, record: LogRecord): { line: Editable; error?: string } {
  const { key, type, headers, data, error } = decodedRecord(codec, record, whole);
  const line = { key, type, headers: copied(headers), data: data ?? null };
  const columns = data?.['columns'] as { unreadable?: string } | undefined;
  const why = error === undefined ? columns?.unreadable : `${error.code}: ${error.message}`;
  return why === undefined ? { line } : { line, error: why };
}

/** The copy of a record that a file holds. What does not fit the schema, the unit or the place of the record: BadInput. */
export function editedCopy(codec: Codec, unit: string, record: LogRecord, text: string): EditedCopy {
  const given = parse(text);
  if (ofTexts.has(unit)) return { headers: copied(record.headers), value: Buffer.from(text.trim()) };
  const place = placeText(record);
  const org = record.headers['org'];
  if ((given.key ?? null) !== record.key) {
    throw moved(
      `${place} has the key ${JSON.stringify(record.key)}; the copy has ${JSON.stringify(given.key ?? null)}`,
    );
  }
  // A key is not looked at here, it stays; null is no key that a person may produce.
  const line = JSON.stringify({ ...given, key: 'k' });
  const made = encoded(() => eventRecord({ codec, topic: record.topic, now: 0, newId: () => '' }, line));
  if (org !== undefined && made.headers['org'] !== org) {
    throw moved(
      `${place} is of organisation ${JSON.stringify(org)}; the copy is of ${JSON.stringify(made.headers['org'] ?? '')}`,
    );
  }
  const type = made.headers['event-type']!;
  const handled = handledBy(unit);
  if (handled !== undefined && !handled.includes(type)) {
    throw new BadInput({
      code: 'EVENT_NOT_HANDLED',
      message: `${unit} does not handle ${type}; it handles ${handled.join(', ')}`,
    });
  }
  const headers = { ...copied(made.headers), 'event-type': type };
  return { headers, value: made.value! };
}

function copied(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notCopied.has(name)));
}

function parse(text: string): Readonly<Record<string, unknown>> & { readonly key?: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadInput({ code: 'BAD_JSON', message: messageOf(error) });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new BadInput({
    code: 'BAD_JSON',
    message: 'the file must hold one object {"key":…,"type":…,"data":{…}}, as `dead-letters edit` prints it',
  });
}

function encoded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new BadInput({ code: codeOf(error), message: messageOf(error) }, { cause: error });
  }
}

/** Types of events that a unit takes; undefined for a unit that is none of this code. */
function handledBy(id: string): string[] | undefined {
  const stream = units.streams.find((unit) => unit.id === id);
  if (stream !== undefined) return Object.keys(stream.on);
  const projection = units.projections.find((unit) => unit.id === id);
  return projection === undefined
    ? undefined
    : [...new Set([...Object.keys(projection.fold), ...Object.keys(projection.decide)])];
}

function moved(why: string): BadInput {
  return new BadInput({
    code: 'EDIT_MOVES_RECORD',
    message: `${why}: key and organisation stay as they are; produce it anew and \`dead-letters discard\` this one`,
  });
}
