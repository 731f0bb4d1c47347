import { gzipSync } from 'node:zlib';

/** One member as it is to be written, right or wrong. */
export interface TarMember {
  readonly name: string | Buffer;
  readonly body?: string | Buffer;
  /** Type flag: 0 file (default), 1 hard link, 2 symlink, 3/4 devices, 5 folder, 6 fifo, x/g pax, L/K GNU long name, S sparse. */
  readonly type?: string;
  /** What the header says instead of the body's length. */
  readonly size?: number;
  /** The 12 bytes of the size field as they are. */
  readonly rawSize?: Buffer;
  readonly linkname?: string;
  /** Format of the header (default ustar). */
  readonly format?: 'ustar' | 'gnu' | 'v7';
  readonly prefix?: string;
  /** Added to the right checksum. */
  readonly checksumError?: number;
}

/** One header block of 512 bytes. */
export function tarHeader(member: TarMember): Buffer {
  const block = Buffer.alloc(512);
  const name = Buffer.isBuffer(member.name) ? member.name : Buffer.from(member.name);
  name.copy(block, 0, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  if (member.rawSize) member.rawSize.copy(block, 124, 0, 12);
  else block.write(`${(member.size ?? bodyOf(member).length).toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write(member.type ?? '0', 156);
  block.write(member.linkname ?? '', 157, 100);
  if (member.format === 'gnu') block.write('ustar  \0', 257);
  else if (member.format !== 'v7') block.write('ustar\0' + '00', 257);
  if (member.prefix !== undefined) block.write(member.prefix, 345, 155);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0) + (member.checksumError ?? 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function bodyOf(member: TarMember): Buffer {
  return Buffer.from(member.body ?? '');
}

/** Header, body and padding of one member. */
export function tarMember(member: TarMember): Buffer {
  const body = bodyOf(member);
  return Buffer.concat([tarHeader(member), body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** The two zero blocks that end an archive. */
export const tarEnd = Buffer.alloc(1024);

/** A whole archive, uncompressed. */
export function tar(...members: readonly TarMember[]): Buffer {
  return Buffer.concat([...members.map(tarMember), tarEnd]);
}

/** A whole archive, compressed. */
export function tarGz(...members: readonly TarMember[]): Buffer {
  return gzipSync(tar(...members));
}

/** A pax header for the next member (or, with type g, for all that follow). */
export function pax(records: Readonly<Record<string, string>>, type: 'x' | 'g' = 'x'): TarMember {
  const body = Object.entries(records).map(([key, value]) => paxRecord(key, value));
  return { name: 'PaxHeaders/x', type, body: Buffer.concat(body) };
}

function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

/** A GNU long name for the next member. */
export function gnuLongName(name: string): TarMember {
  return { name: '././@LongLink', type: 'L', body: `${name}\0`, format: 'gnu' };
}
