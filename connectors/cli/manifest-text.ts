/** Manifests as YAML. */
import { parse, stringify } from 'yaml';
import type { ManifestFormat } from '../kubernetes/folder.ts';

/** Kubernetes reads YAML 1.1, where a bare `Off` or `on` is a boolean; and no anchors, which nobody expects in a manifest. */
export function manifestText(manifest: object): string {
  return stringify(manifest, { version: '1.1', aliasDuplicateObjects: false });
}

/** Several as one stream of documents. */
export function manifestStream(manifests: readonly object[]): string {
  return manifests.map((manifest) => `---\n${manifestText(manifest)}`).join('');
}

/** Manifests in files: what Kubernetes reads as YAML 1.1 is read so; aliases, which can make much of little, are refused. */
export const manifestFormat: ManifestFormat = {
  write: manifestText,
  read: (text) => parse(text, { version: '1.1', maxAliasCount: 0, logLevel: 'error' }) as unknown,
};
