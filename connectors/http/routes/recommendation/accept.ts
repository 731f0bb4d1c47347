/** What a client takes, from the header Accept. */
import { BadInput } from '../../../../streams/runtime/errors.ts';

const types = { json: 'application/json', csv: 'text/csv' } as const;
/** More ranges than these are not read. */
const MAX_RANGES = 50;

/**
 * True for CSV. The header wins over `format` when it is exactly one of the two types; else `format` counts, and without it the
 * type that the header likes better, JSON of equals. A header that rules out both: BadInput NOT_ACCEPTABLE.
 */
export function prefersCsv(accept: string | undefined, format: string | undefined): boolean {
  if (accept === types.csv) return true;
  if (accept === types.json) return false;
  const [json, csv] = [liking(accept, types.json), liking(accept, types.csv)];
  if (json === 0 && csv === 0) throw notAcceptable('application/json or text/csv');
  return format === undefined ? csv > json : format === 'csv';
}

/** Throws BadInput NOT_ACCEPTABLE when the client rules JSON out. */
export function checkTakesJson(accept: string | undefined): void {
  if (liking(accept, types.json) === 0) throw notAcceptable(types.json);
}

function notAcceptable(offered: string): BadInput {
  return new BadInput({
    code: 'NOT_ACCEPTABLE',
    message: `only ${offered} is sent here; the header Accept rules it out`,
  });
}

/** The weight that the most specific range gives a type, 0 when none has it; 1 without a header. */
function liking(accept: string | undefined, type: string): number {
  if (accept === undefined || accept.trim() === '') return 1;
  const wanted = [type, `${type.split('/')[0]}/*`, '*/*'];
  const ranges = accept.split(',', MAX_RANGES).map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { rank: wanted.indexOf(name), weight: weight === undefined ? 1 : Number(weight) || 0 };
  });
  const found = ranges.filter(({ rank }) => rank >= 0).sort((a, b) => a.rank - b.rank)[0];
  return found?.weight ?? 0;
}
