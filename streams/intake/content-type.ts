/** What a part of an upload is for, by its content type. */
export interface PartClass {
  /** hccm for usage payloads; advisor for the legacy types. */
  readonly service: string;
  /** tar, upload, csv …: free text of the sender. */
  readonly category: string;
}

const vendor = /application\/vnd\.redhat\.([a-z0-9-]+)\.([a-z0-9-]+).*/;

const legacy = new Set([
  'application/x-gzip; charset=binary',
  'application/gzip',
  'application/gzip; charset=binary',
]);

/** Types that tools send when nobody tells them what a file is. */
const unspecific = new Set(['', 'application/octet-stream', 'application/x-gzip', 'application/x-tar']);

/** How {@link classifyPart} judges. */
export interface PartOptions {
  /** true: exactly as upstream. false: plain uploads by hand work as well (`curl -F file=@…`). */
  readonly strict: boolean;
  /** Whether the part begins with the gzip magic (1f 8b). */
  readonly gzip: boolean;
}

/**
 * Service and category of a part, or null when the type is not supported (HTTP 415).
 * `application/vnd.redhat.hccm.tar+tgz` = hccm, tar; the three legacy gzip types = advisor, upload.
 * Not strict: unspecific types whose bytes are gzip = hccm, tar; `text/csv` = hccm, csv.
 */
export function classifyPart(contentType: string | undefined, options: PartOptions): PartClass | null {
  const type = contentType ?? '';
  const found = vendor.exec(type);
  if (found !== null) return { service: found[1]!, category: found[2]! };
  if (legacy.has(type)) return { service: 'advisor', category: 'upload' };
  if (options.strict) return null;
  const bare = (type.split(';')[0] ?? '').trim().toLowerCase();
  if (bare === 'text/csv') return { service: 'hccm', category: 'csv' };
  return options.gzip && unspecific.has(bare) ? { service: 'hccm', category: 'tar' } : null;
}
