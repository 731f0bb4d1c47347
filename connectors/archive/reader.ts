import { Terminal } from '../../streams/runtime/errors.ts';
import type { Archives, Blobs, FileLocation } from '../../streams/runtime/ports.ts';
import { detectFormat } from './detect.ts';
import { inflate } from './inflate.ts';
import { defaultLimits, type ArchiveLimits } from './limits.ts';
import { regularMembers } from './members.ts';
import { damageCodes, refuse } from './refusal.ts';

/** Settings of {@link archiveReader}. */
export interface ArchiveReaderOptions {
  readonly blobs: Blobs;
  /** Overrides of {@link defaultLimits}. */
  readonly limits?: Partial<ArchiveLimits>;
}

/**
 * Port `Archives` over stored blobs: everything streams, nothing is unpacked to disk, no member is held in memory.
 * Refusals are Terminal with a code of `ArchiveCode`; failures of the store come through as they are.
 */
export function archiveReader(options: ArchiveReaderOptions): Archives {
  const { blobs } = options;
  const limits: ArchiveLimits = { ...defaultLimits, ...options.limits };

  /** Before the sender is blamed for damage, the store is asked whether the bytes are still the ones that came. */
  async function blame(error: unknown, org: string, blob: string): Promise<unknown> {
    if (!(error instanceof Terminal) || !damageCodes.has(error.code)) return error;
    try {
      for await (const part of blobs.get(org, blob)) void part;
      return error;
    } catch (damage) {
      return damage;
    }
  }

  async function* members(org: string, blob: string): ReturnType<typeof regularMembers> {
    try {
      yield* regularMembers(inflate(blobs.get(org, blob), limits), limits);
    } catch (error) {
      throw await blame(error, org, blob);
    }
  }

  async function* single(at: FileLocation): AsyncGenerator<Uint8Array> {
    try {
      yield* inflate(blobs.get(at.org, at.blob), { ...limits, totalBytes: limits.memberBytes });
    } catch (error) {
      throw await blame(error, at.org, at.blob);
    }
  }

  async function* member(at: FileLocation): AsyncGenerator<Uint8Array> {
    for await (const found of members(at.org, at.blob)) {
      if (found.position !== at.member) continue;
      yield* found.bytes;
      return;
    }
    throw refuse(
      'MEMBER_MISSING',
      `The archive has no file at position ${at.member}. Open the upload again.`,
      {
        ...(at.member === null ? {} : { position: at.member }),
      },
    );
  }

  return {
    async detect(org, blob) {
      try {
        return await detectFormat(() => blobs.get(org, blob), limits);
      } catch (error) {
        throw await blame(error, org, blob);
      }
    },
    members,
    file(at) {
      if (at.format === 'archive') return member(at);
      return at.format === 'gzip' ? single(at) : blobs.get(at.org, at.blob);
    },
  };
}
