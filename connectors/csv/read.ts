/** Reads the bytes of one report: the header first, then batches of rows. */
import { isUtf8 } from 'node:buffer';
import { Terminal } from '../../streams/runtime/errors.ts';
import type { OpenReport, ReportBatch } from '../../streams/runtime/ports.ts';
import { Blocks } from './blocks.ts';
import { lineEnd } from './cells.ts';
import { readHeader, type Header } from './header.ts';
import type { CsvLimits } from './limits.ts';
import { addParsed, isWellQuoted, parseLines } from './quoted.ts';
import { RowTable } from './row-table.ts';
import { scanLines } from './scan.ts';
import { LF, QUOTE } from './text.ts';

/** fast: plain lines by {@link scanLines}. reference: every line by csv-parse and strings; the same rows, far slower. */
export type ReadMode = 'fast' | 'reference';

/**
 * Opens a report. Throws Terminal EMPTY_REPORT (no header, or no data line) or what {@link readHeader} throws; what the
 * source throws passes through. The source is closed when `batches` ends or its iterator is returned.
 */
export async function readReport(
  source: AsyncIterable<Uint8Array>,
  limits: CsvLimits,
  mode: ReadMode = 'fast',
): Promise<OpenReport> {
  const blocks = new Blocks(source, limits);
  try {
    const first = await firstLine(blocks, limits);
    const header = readHeader(first.line, limits.maxColumns);
    const rest = await firstData(blocks, first);
    return { kind: header.kind, batches: closing(blocks, batches(blocks, rest, header, limits, mode)) };
  } catch (error) {
    await blocks.close();
    throw error;
  }
}

interface Place {
  readonly from: number;
  readonly end: number;
  readonly excerpt?: string;
}

async function firstLine(blocks: Blocks, limits: CsvLimits): Promise<Place & { line: Buffer }> {
  for (let block = await blocks.next(); block !== undefined; block = await blocks.next()) {
    if (block.excerpt !== undefined) throw headerTooLong(limits);
    for (let from = 0; from < block.end;) {
      const feed = blocks.bytes.indexOf(LF, from);
      const end = lineEnd(blocks.bytes, from, feed);
      if (end - from > limits.maxLineBytes) throw headerTooLong(limits);
      if (end > from) return { line: blocks.bytes.subarray(from, end), from: feed + 1, end: block.end };
      from = feed + 1;
    }
  }
  throw new Terminal({
    code: 'EMPTY_REPORT',
    message: 'The file is empty. Send the report again.',
    coordinates: { row: 0 },
  });
}

/** Where the first data line is; empty lines are no rows. */
async function firstData(blocks: Blocks, header: Place): Promise<Place> {
  let place: Place | undefined = header;
  while (place !== undefined) {
    if (place.excerpt !== undefined) return place;
    for (let from = place.from; from < place.end;) {
      const feed = blocks.bytes.indexOf(LF, from);
      if (lineEnd(blocks.bytes, from, feed) > from) return { from, end: place.end };
      from = feed + 1;
    }
    const block = await blocks.next();
    place = block && { from: 0, ...block };
  }
  throw new Terminal({
    code: 'EMPTY_REPORT',
    message:
      'The file has a header and no rows. Nothing was measured, or the file was cut off: send it again.',
    coordinates: { row: 0 },
  });
}

async function* batches(
  blocks: Blocks,
  first: Place,
  header: Header,
  limits: CsvLimits,
  mode: ReadMode,
): AsyncGenerator<ReportBatch, void, undefined> {
  const table = new RowTable(header, limits);
  let place: Place | undefined = first;
  while (place !== undefined) {
    table.bytes = blocks.bytes;
    if (place.excerpt !== undefined) table.rejectText('LINE_TOO_LONG', place.excerpt);
    const read = place.excerpt === undefined ? blockReader(table, place, mode) : undefined;
    let more: boolean;
    do {
      more = read?.() ?? false;
      if (table.hasRows) yield table;
      table.restart();
    } while (more);
    const block = await blocks.next();
    place = block && { from: 0, ...block };
  }
}

/** A function that fills the table from a block and says whether to call it again. */
function blockReader(table: RowTable, { from, end }: Place, mode: ReadMode): () => boolean {
  const { bytes } = table;
  const block = bytes.subarray(0, end);
  const valid = isUtf8(block.subarray(from));
  const special = (byte: number) => {
    // There is none of this byte from `since` up to `next`.
    let since = 1;
    let next = 0;
    return (at: number) => {
      if (at < since || at > next) {
        since = at;
        next = block.indexOf(byte, at);
        if (next === -1) next = end;
      }
      return next;
    };
  };
  const nextQuote = special(QUOTE);
  const nextNul = special(0);
  let at = from;
  return () => {
    while (at < end && table.hasRoom) {
      const odd = mode === 'reference' || !valid ? at : Math.min(nextQuote(at), nextNul(at));
      const plainEnd = odd === end ? end : odd === at ? at : Math.max(at, bytes.lastIndexOf(LF, odd - 1) + 1);
      at = plainEnd > at ? scanLines(table, at, plainEnd) : oddLines(at);
    }
    return at < end;
  };

  function oddLines(start: number): number {
    const feed = bytes.indexOf(LF, start);
    const stop = lineEnd(bytes, start, feed);
    if (stop === start) return feed + 1;
    if (stop - start > table.maxLineBytes) table.reject('LINE_TOO_LONG', start, stop);
    else if (nextNul(start) < stop) table.reject('NUL_BYTE', start, stop);
    else if (!valid && !isUtf8(bytes.subarray(start, stop))) table.reject('INVALID_UTF8', start, stop);
    else if (mode === 'reference') return parsed(start, feed + 1);
    else if (nextQuote(start) < stop) {
      if (isWellQuoted(bytes, start, stop)) return parsed(start, quotedRun(feed + 1));
      table.reject('STRAY_QUOTE', start, stop);
    } else return scanLines(table, start, feed + 1);
    return feed + 1;
  }

  /** The end of the run of quoted lines that goes on at `next`; stays short, for the batch may end in it. */
  function quotedRun(next: number): number {
    let stop = next;
    for (let lines = 1; valid && lines < 64 && stop < end; lines++) {
      const feed = bytes.indexOf(LF, stop);
      if (nextQuote(stop) >= feed || nextNul(stop) <= feed || feed - stop > table.maxLineBytes) break;
      if (!isWellQuoted(bytes, stop, lineEnd(bytes, stop, feed))) break;
      stop = feed + 1;
    }
    return stop;
  }

  function parsed(start: number, stop: number): number {
    let line = start;
    for (const cells of parseLines(bytes, start, stop)) {
      const feed = bytes.indexOf(LF, line);
      if (!table.hasRoom || !addParsed(table, cells, line, lineEnd(bytes, line, feed))) return line;
      line = feed + 1;
    }
    return line;
  }
}

/** Batches whose iterator closes the source even when it is returned before the first batch. */
function closing(
  blocks: Blocks,
  rows: AsyncGenerator<ReportBatch, void, undefined>,
): AsyncIterable<ReportBatch> {
  const close = async () => {
    await rows.return();
    await blocks.close();
    return { done: true, value: undefined } as const;
  };
  const next = async () => {
    try {
      const result = await rows.next();
      if (result.done === true) await blocks.close();
      return result;
    } catch (error) {
      await blocks.close();
      throw error;
    }
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: close }) };
}

function headerTooLong(limits: CsvLimits): Terminal {
  return new Terminal({
    code: 'BAD_HEADER',
    message: `The first line is longer than ${limits.maxLineBytes} bytes, so it is no header. Send a CSV file with column names in its first line.`,
    coordinates: { row: 0 },
  });
}
