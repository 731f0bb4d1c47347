/** Reading a multipart upload as it arrives: one file, its first bytes looked at, nothing held in memory. */
import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { BadInput } from '../../../../streams/runtime/errors.ts';

/** The form cannot be read: no file part, or not well-formed. */
export class BadForm extends BadInput {
  constructor(cause?: unknown) {
    super({ code: 'BAD_FORM', message: 'File or upload field not found' }, { cause });
  }
}

/** The file of a form, on its way in. */
export interface IncomingFile {
  readonly filename: string;
  /** Type of the part, lower case, without parameters. */
  readonly mediaType: string;
  /** Begins with the gzip magic. */
  readonly gzip: boolean;
  /** Fields that came before the file. */
  readonly fields: ReadonlyMap<string, string>;
  /** A part `metadata` was there; known only after `bytes` were read. */
  readonly metadata: () => boolean;
  /**
   * The bytes. The rest of the form is read before it ends, so that whoever stores them has the whole request: what is cut off or
   * broken anywhere throws {@link BadForm}.
   */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Bytes seen so far. */
  readonly seen: () => number;
  /** Reads on without keeping anything, up to `allowance` bytes more; for telling the size of what was too large. */
  readonly skip: (allowance: number) => Promise<void>;
}

/** Fields that a client may send to say what a bare report belongs to. */
export const knownFields = ['cluster_id', 'cluster_alias', 'source_id'] as const;
const limits = { fields: 32, fieldNameSize: 200, fieldSize: 65_536, parts: 40, headerPairs: 64 };

/** Waits for the part `file` (or `upload`) and hands it over; throws {@link BadForm} when there is none. */
export async function receive(request: FastifyRequest): Promise<IncomingFile> {
  const parts = request.parts({
    limits: { ...limits, fileSize: Number.MAX_SAFE_INTEGER },
    throwFileSizeLimit: false,
    isPartAFile: (name: string | undefined, type: string | undefined, filename: string | undefined) =>
      filename !== undefined ||
      isFileName(name) ||
      type === 'application/octet-stream' ||
      type === 'application/json',
  } as Parameters<FastifyRequest['parts']>[0]);
  const fields = new Map<string, string>();
  const names = new Set<string>();
  for (;;) {
    const part = await nextPart(parts);
    if (part === null) throw new BadForm();
    names.add(part.fieldname);
    if (part.type === 'field') fields.set(part.fieldname, String(part.value));
    else if (isFileName(part.fieldname)) return incoming(part, parts, fields, names);
    else await drain(part);
  }
}

/** Lets the rest of a refused request run off, so that the client gets to read the answer; cuts it off beyond `allowance`. */
export function discard(request: FastifyRequest, allowance: number): void {
  const { raw } = request;
  if (raw.readableEnded || raw.destroyed) return;
  let left = allowance;
  raw.unpipe();
  raw.on('data', (chunk: Uint8Array) => {
    left -= chunk.length;
    if (left < 0) raw.destroy();
  });
  raw.resume();
}

async function incoming(
  part: MultipartFile,
  parts: AsyncIterator<Multipart>,
  fields: ReadonlyMap<string, string>,
  names: Set<string>,
): Promise<IncomingFile> {
  let seen = 0;
  const chunks = part.file.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  const read = async (): Promise<Uint8Array | null> => {
    const { done, value } = await orBadForm(chunks.next());
    if (done === true) return null;
    seen += value.length;
    return value;
  };
  let head: Uint8Array | null = await read();
  while (head !== null && head.length < 2) {
    const more = await read();
    if (more === null) break;
    head = Buffer.concat([head, more]);
  }
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let chunk = head; chunk !== null; chunk = await read()) yield chunk;
    for (let rest = await nextPart(parts); rest !== null; rest = await nextPart(parts)) {
      refuseLate(rest);
      names.add(rest.fieldname);
      if (rest.type === 'file') await drain(rest);
    }
  }
  return {
    filename: plainName(part.filename),
    mediaType: part.mimetype,
    gzip: head !== null && head[0] === 0x1f && head[1] === 0x8b,
    fields,
    metadata: () => names.has('metadata'),
    bytes: bytes(),
    seen: () => seen,
    skip: async (allowance) => {
      const end = seen + allowance;
      while (seen <= end && (await read()) !== null);
    },
  };
}

/** What comes after the file cannot change what the file is for: saying so beats ignoring it. */
function refuseLate(part: Multipart): void {
  if (part.type === 'file' && isFileName(part.fieldname)) {
    throw new BadInput({ code: 'SECOND_FILE', message: 'send one file per upload' });
  }
  if ((knownFields as readonly string[]).includes(part.fieldname)) {
    throw new BadInput({
      code: 'FIELD_AFTER_FILE',
      message: `put the field ${part.fieldname} before the file`,
    });
  }
}

async function nextPart(parts: AsyncIterator<Multipart>): Promise<Multipart | null> {
  const { done, value } = await orBadForm(parts.next());
  return done === true ? null : (value as Multipart);
}

async function orBadForm<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new BadForm(error);
  }
}

async function drain(part: MultipartFile): Promise<void> {
  let size = 0;
  const chunks = part.file.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  for (;;) {
    const { done, value } = await orBadForm(chunks.next());
    if (done === true) return;
    size += value.length;
    if (size > limits.fieldSize) {
      throw new BadInput({
        code: 'PART_TOO_LARGE',
        message: `the part ${part.fieldname} has more than ${limits.fieldSize} bytes; only the file may be large`,
      });
    }
  }
}

function isFileName(name: string | undefined): boolean {
  return name === 'file' || name === 'upload';
}

/** A name to show: no control characters, at most 255 characters. */
function plainName(name: string | undefined): string {
  const clean = (name ?? '').replace(/\p{C}/gu, '').slice(0, 255);
  return clean === '' ? 'upload' : clean;
}
