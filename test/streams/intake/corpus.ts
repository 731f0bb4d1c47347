import { gzipSync } from 'node:zlib';
import type { ArchiveLimits } from '../../../connectors/archive/limits.ts';
import {
  gnuLongName,
  pax,
  tar,
  tarEnd,
  tarGz,
  tarHeader,
  tarMember,
  type TarMember,
} from '../../support/tar.ts';
import { goodArchive, manifest, report } from './upload.ts';

/** A hostile or broken upload, how it is called, and the code that it must be refused with. */
export interface HostileUpload {
  readonly title: string;
  readonly code: string;
  readonly bytes: () => Buffer;
  readonly limits?: Partial<ArchiveLimits>;
}

const evil =
  (member: TarMember): (() => Buffer) =>
  () =>
    tarGz(report, member, manifest());
const named = (name: string | Buffer): (() => Buffer) => evil({ name, body: 'x' });
const typed = (type: string): (() => Buffer) => evil({ name: 'thing', type, linkname: '/etc/passwd' });
const said =
  (changes: Readonly<Record<string, unknown>>): (() => Buffer) =>
  () =>
    tarGz(report, manifest(changes));
const written =
  (body: string | Buffer): (() => Buffer) =>
  () =>
    tarGz(report, { name: 'manifest.json', body });
const binarySize = (...bytes: number[]): Buffer => Buffer.concat([Buffer.from(bytes), Buffer.alloc(12)], 12);

function flipped(bytes: Buffer, index: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length + index]! ^= 1;
  return copy;
}

/** 1,000 gzip members of 10 MiB of zeros: about 10 MB that unpack to 10 GB. */
export function bomb(): Buffer {
  const one = gzipSync(Buffer.alloc(10 * 1024 * 1024), { level: 9 });
  return Buffer.concat(Array<Buffer>(1_000).fill(one));
}

function manyMembers(count: number): Buffer {
  const headers = Array.from({ length: count }, (_, index) => tarHeader({ name: `m${index}` }));
  return gzipSync(Buffer.concat([...headers, tarEnd]), { level: 1 });
}

const unsafeNames: HostileUpload[] = (
  [
    ['climbs out', '../evil.csv'],
    ['climbs out in the middle', 'a/../../evil.csv'],
    ['ends with ..', 'a/..'],
    ['is ..', '..'],
    ['climbs out behind ./', './../evil.csv'],
    ['absolute', '/etc/passwd'],
    ['absolute on Windows', 'C:/evil.csv'],
    ['backslash', '..\\evil.csv'],
    ['empty', ''],
    ['double slash', 'a//b.csv'],
    ['dot component', 'a/./b.csv'],
    ['newline', 'a\nb.csv'],
    ['escape sequence', '\u001b[31mred.csv'],
    ['right-to-left override', 'a\u202evsc.exe'],
    ['zero width', 'ros\u200b.csv'],
  ] as const
).map(([title, name]) => ({ title: `name: ${title}`, code: 'UNSAFE_MEMBER_NAME', bytes: named(name) }));

const links: HostileUpload[] = (
  [
    ['hard link', '1'],
    ['symbolic link', '2'],
    ['character device', '3'],
    ['block device', '4'],
    ['named pipe', '6'],
    ['sparse file (old GNU)', 'S'],
    ['volume label', 'V'],
    ['multi-volume continuation', 'M'],
    ['unknown type', 'Z'],
  ] as const
).map(([title, type]) => ({ title: `type: ${title}`, code: 'UNSUPPORTED_MEMBER', bytes: typed(type) }));

const manifests: HostileUpload[] = (
  [
    ['not JSON', 'MANIFEST_NOT_JSON', written('{"uuid":')],
    ['empty', 'MANIFEST_NOT_JSON', written('')],
    ['an array', 'MANIFEST_NOT_JSON', written('[]')],
    ['not UTF-8', 'MANIFEST_NOT_JSON', written(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['100,000 brackets deep', 'MANIFEST_NOT_JSON', written('['.repeat(100_000))],
    ['deep and closed', 'MANIFEST_NOT_JSON', written(`{"a":${'['.repeat(65)}${']'.repeat(65)}}`)],
    [
      'members only in __proto__',
      'MANIFEST_INVALID',
      written('{"__proto__":{"uuid":"795eb333-370a-4653-aa40-0f7fd911b61b"}}'),
    ],
    ['no uuid', 'MANIFEST_INVALID', said({ uuid: undefined })],
    ['uuid of version 1', 'MANIFEST_INVALID', said({ uuid: '795eb333-370a-1653-aa40-0f7fd911b61b' })],
    ['uuid a number', 'MANIFEST_INVALID', said({ uuid: 1 })],
    ['no date', 'MANIFEST_INVALID', said({ date: null })],
    ['30 February', 'MANIFEST_INVALID', said({ date: '2023-02-30T00:00:00Z' })],
    ['start a word', 'MANIFEST_INVALID', said({ start: 'yesterday' })],
    ['version of 1 MB', 'MANIFEST_INVALID', said({ version: 'v'.repeat(1e6) })],
    ['cluster climbs out', 'MANIFEST_INVALID', said({ cluster_id: '../../evil-cluster' })],
    ['cluster empty', 'MANIFEST_INVALID', said({ cluster_id: '' })],
    ['cluster no UUID', 'INVALID_CLUSTER_ID', said({ cluster_id: 'my-ocp-cluster-1' })],
    ['files an object', 'MANIFEST_INVALID', said({ files: {} })],
    [
      'a listed name climbs out',
      'MANIFEST_INVALID',
      said({ resource_optimization_files: ['ok.csv', '../x'] }),
    ],
    ['a listed name is a number', 'MANIFEST_INVALID', said({ resource_optimization_files: [7] })],
    ['a listed name has a NUL', 'MANIFEST_INVALID', said({ files: ['a\0b'] })],
    ['nothing that is listed came', 'LISTED_FILE_ABSENT', () => tarGz(manifest({ files: ['cost.csv'] }))],
  ] as const
).map(([title, code, bytes]) => ({ title: `manifest: ${title}`, code, bytes }));

/** Every way we know to send something that must not be read. */
export const hostileUploads: readonly HostileUpload[] = [
  ...unsafeNames,
  {
    title: 'name: NUL by pax',
    code: 'UNSAFE_MEMBER_NAME',
    bytes: () => tarGz(pax({ path: 'a\0b' }), report, manifest()),
  },
  {
    title: 'name: climbs out by pax',
    code: 'UNSAFE_MEMBER_NAME',
    bytes: () => tarGz(pax({ path: '../../etc/cron.d/x' }), report, manifest()),
  },
  {
    title: 'name: climbs out by GNU long name',
    code: 'UNSAFE_MEMBER_NAME',
    bytes: () => tarGz(gnuLongName(`${'a/'.repeat(60)}../../../x`), report, manifest()),
  },
  {
    title: 'name: 1 MB by pax',
    code: 'UNSAFE_MEMBER_NAME',
    bytes: () => tarGz(pax({ path: 'x'.repeat(1e6) }), report, manifest()),
  },
  {
    title: 'name: climbs out by ustar prefix',
    code: 'UNSAFE_MEMBER_NAME',
    bytes: evil({ name: 'x.csv', prefix: '../..' }),
  },
  {
    title: 'name: folder climbs out',
    code: 'UNSAFE_MEMBER_NAME',
    bytes: evil({ name: '../up/', type: '5' }),
  },
  ...links,
  {
    title: 'type: sparse by pax',
    code: 'UNSUPPORTED_MEMBER',
    bytes: () =>
      tarGz(pax({ 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '99999999999' }), report, manifest()),
  },
  {
    title: 'type: folder with contents',
    code: 'UNSUPPORTED_MEMBER',
    bytes: evil({ name: 'd/', type: '5', body: 'x' }),
  },
  ...manifests,
  { title: 'manifest: none', code: 'NO_MANIFEST', bytes: () => tarGz(report) },
  { title: 'manifest: empty archive', code: 'NO_MANIFEST', bytes: () => tarGz() },
  {
    title: 'manifest: in a folder',
    code: 'NO_MANIFEST',
    bytes: () => tarGz(report, { ...manifest(), name: 'sub/manifest.json' }),
  },
  {
    title: 'manifest: another case',
    code: 'NO_MANIFEST',
    bytes: () => tarGz(report, { ...manifest(), name: 'Manifest.json' }),
  },
  {
    title: 'manifest: two',
    code: 'TWO_MANIFESTS',
    bytes: () => tarGz(manifest(), report, manifest({ files: ['other.csv'] })),
  },
  {
    title: 'manifest: two, one behind ./',
    code: 'TWO_MANIFESTS',
    bytes: () => tarGz(manifest(), report, { ...manifest(), name: './manifest.json' }),
  },
  {
    title: 'manifest: 10 MiB and one byte',
    code: 'MANIFEST_TOO_LARGE',
    bytes: () => tarGz(report, { name: 'manifest.json', body: Buffer.alloc(10 * 1024 * 1024 + 1, ' ') }),
  },
  { title: 'member: twice', code: 'DUPLICATE_MEMBER', bytes: () => tarGz(report, report, manifest()) },
  {
    title: 'member: twice by pax',
    code: 'DUPLICATE_MEMBER',
    bytes: () => tarGz(report, pax({ path: 'ros.csv' }), { ...report, name: 'innocent.csv' }, manifest()),
  },
  { title: 'member: 100,000 of them', code: 'TOO_MANY_FILES', bytes: () => manyMembers(100_000) },
  {
    title: 'member: more than the limit',
    code: 'TOO_MANY_MEMBERS',
    bytes: () => manyMembers(101),
    limits: { members: 100 },
  },
  {
    title: 'member: 10,001 folders',
    code: 'TOO_MANY_MEMBERS',
    bytes: () => gzipSync(Buffer.concat(Array<Buffer>(10_001).fill(tarHeader({ name: 'd/', type: '5' })))),
  },
  {
    title: 'size: 8 GiB said',
    code: 'MEMBER_TOO_LARGE',
    bytes: evil({ name: 'big.csv', size: 0o77777777777 }),
  },
  {
    title: 'size: 2^70 said, in binary',
    code: 'MEMBER_TOO_LARGE',
    bytes: evil({ name: 'big.csv', rawSize: binarySize(0x80, 0, 0x40) }),
  },
  {
    title: 'size: negative, in binary',
    code: 'CORRUPT_TAR',
    bytes: evil({ name: 'neg.csv', rawSize: Buffer.from([...Array<number>(11).fill(0xff), 0xf0]) }),
  },
  {
    title: 'size: infinite by pax',
    code: 'MEMBER_TOO_LARGE',
    bytes: () => tarGz(pax({ size: '9'.repeat(400) }), report, manifest()),
  },
  {
    title: 'size: negative by pax',
    code: 'CORRUPT_TAR',
    bytes: () => tarGz(pax({ size: '-1' }), report, manifest()),
  },
  {
    title: 'size: not a number',
    code: 'CORRUPT_TAR',
    bytes: evil({ name: 'nan.csv', rawSize: Buffer.from('abcdefghijkl') }),
  },
  {
    title: 'size: larger than what follows',
    code: 'TRUNCATED_TAR',
    bytes: () => tarGz(manifest(), { ...report, size: 1_000_000 }),
  },
  {
    title: 'size: archive over the limit',
    code: 'ARCHIVE_TOO_LARGE',
    bytes: () => tarGz({ name: 'ros.csv', body: Buffer.alloc(300_000, 'abc') }, manifest()),
    limits: { totalBytes: 100_000 },
  },
  {
    title: 'size: member over the limit',
    code: 'MEMBER_TOO_LARGE',
    bytes: () => tarGz({ name: 'ros.csv', body: Buffer.alloc(2_000) }, manifest()),
    limits: { memberBytes: 1_999 },
  },
  {
    title: 'size: one file over the limit',
    code: 'ARCHIVE_TOO_LARGE',
    bytes: () => gzipSync('x'.repeat(2_000)),
    limits: { memberBytes: 1_999 },
  },
  { title: 'size: 10 MB that unpack to 10 GB', code: 'SUSPICIOUS_RATIO', bytes: bomb },
  {
    title: 'size: 10 GB behind a tar header',
    code: 'SUSPICIOUS_RATIO',
    bytes: () => Buffer.concat([gzipSync(tarHeader({ name: 'ros.csv', size: 1024 ** 3 })), bomb()]),
  },
  {
    title: 'size: 10 GB in pax headers',
    code: 'SUSPICIOUS_RATIO',
    bytes: () =>
      Buffer.concat(Array<Buffer>(30).fill(gzipSync(tarMember(pax({ comment: '0'.repeat(3e6) }))))),
  },
  { title: 'tar: wrong checksum', code: 'CORRUPT_TAR', bytes: evil({ name: 'x', checksumError: 1 }) },
  {
    title: 'tar: wrong checksum at once',
    code: 'CORRUPT_TAR',
    bytes: () => tarGz({ ...report, checksumError: 1 }, manifest()),
  },
  {
    title: 'tar: text between members',
    code: 'CORRUPT_TAR',
    bytes: () => gzipSync(Buffer.concat([tarMember(report), Buffer.alloc(512, 'x'), tar(manifest())])),
  },
  {
    title: 'tar: text behind the end',
    code: 'CORRUPT_TAR',
    bytes: () => gzipSync(Buffer.concat([tar(report, manifest()), Buffer.alloc(512, 'x')])),
  },
  {
    title: 'tar: pax header of 5 MB',
    code: 'CORRUPT_TAR',
    bytes: () => tarGz(pax({ comment: '0'.repeat(5e6) }), report, manifest()),
  },
  {
    title: 'tar: no end mark',
    code: 'TRUNCATED_TAR',
    bytes: () => gzipSync(Buffer.concat([tarMember(report), tarMember(manifest())])),
  },
  {
    title: 'tar: half a header at the end',
    code: 'TRUNCATED_TAR',
    bytes: () => gzipSync(Buffer.concat([tarMember(report), tarHeader(manifest()).subarray(0, 200)])),
  },
  { title: 'tar: not compressed', code: 'NOT_GZIP', bytes: () => tar(report, manifest()) },
  { title: 'gzip: a zip archive', code: 'NOT_GZIP', bytes: () => Buffer.from('PK\x03\x04whatever follows') },
  { title: 'gzip: xz', code: 'NOT_GZIP', bytes: () => Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { title: 'gzip: Zstandard', code: 'NOT_GZIP', bytes: () => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00]) },
  { title: 'gzip: bzip2', code: 'NOT_GZIP', bytes: () => Buffer.from('BZh91AY&SY') },
  { title: 'gzip: binary', code: 'NOT_GZIP', bytes: () => Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x00, 0x00]) },
  {
    title: 'gzip: cut off in the middle',
    code: 'TRUNCATED_GZIP',
    bytes: () => goodArchive().subarray(0, -20),
  },
  { title: 'gzip: only the magic', code: 'TRUNCATED_GZIP', bytes: () => Buffer.from([0x1f, 0x8b]) },
  { title: 'gzip: wrong check sum', code: 'CORRUPT_GZIP', bytes: () => flipped(goodArchive(), -6) },
  { title: 'gzip: wrong length at the end', code: 'CORRUPT_GZIP', bytes: () => flipped(goodArchive(), -2) },
  {
    title: 'gzip: unknown method',
    code: 'CORRUPT_GZIP',
    bytes: () => Buffer.from([0x1f, 0x8b, 0xff, 0xff, 0, 0, 0, 0, 0, 0]),
  },
  {
    title: 'gzip: text behind the end',
    code: 'CORRUPT_GZIP',
    bytes: () => Buffer.concat([goodArchive(), Buffer.from('garbage')]),
  },
  {
    title: 'gzip: zeros and text behind the end',
    code: 'CORRUPT_GZIP',
    bytes: () => Buffer.concat([goodArchive(), Buffer.alloc(100), Buffer.from('garbage')]),
  },
  { title: 'empty', code: 'EMPTY_UPLOAD', bytes: () => Buffer.alloc(0) },
  { title: 'empty, compressed', code: 'EMPTY_UPLOAD', bytes: () => gzipSync('') },
];
