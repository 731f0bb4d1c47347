/** The application type of cost management, as the Sources API numbers it. */
import { z } from 'zod';
import { codeOf, messageOf, Retryable } from '../../streams/runtime/errors.ts';
import { fetchFile } from './fetching.ts';
import type { Resolve } from './fetching.ts';
import { allowedHosts } from './hosts.ts';
import type { PlatformSettings } from './settings.ts';

const NAME = '/insights/platform/cost-management';
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_MS = 30_000;

const answer = z.object({
  data: z.array(z.object({ id: z.union([z.int().transform(String), z.string().min(1)]) })).min(1),
});

/** Asks once, and knows it from then on. An API that is away, or answers anything else: Retryable SOURCES_API_AWAY, asked again. */
export function applicationType(settings: PlatformSettings, resolve?: Resolve): () => Promise<string> {
  let known: Promise<string> | undefined;
  return async () => {
    known ??= ask(settings, resolve);
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
}

async function ask(settings: PlatformSettings, resolve?: Resolve): Promise<string> {
  const base = `${settings.sourcesApiUrl ?? ''}${settings.sourcesApiPrefix}`;
  const url = `${base}/application_types?filter[name][eq]=${encodeURIComponent(NAME)}`;
  try {
    const limits = { ...settings, maxFileBytes: MAX_ANSWER_BYTES, totalMs: MAX_MS };
    const { bytes } = await fetchFile(url, allowedHosts([new URL(url).host.toLowerCase()]), limits, resolve);
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return answer.parse(JSON.parse(Buffer.concat(chunks).toString())).data[0]!.id;
  } catch (error) {
    const why =
      error instanceof z.ZodError ? 'the answer has no data[0].id' : `${codeOf(error)} ${messageOf(error)}`;
    throw new Retryable(
      {
        code: 'SOURCES_API_AWAY',
        message: `the Sources API does not say which application type ${NAME} is (SOURCES_API_BASE_URL): ${why}`,
      },
      { cause: error },
    );
  }
}
